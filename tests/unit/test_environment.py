"""Settings from the environment and `.env`: all faults at once, slips and strangers."""

from pathlib import Path

import pytest

from gateway.core.errors import GatewayError, SettingsError
from gateway.environment import known_names, read_settings
from gateway.settings import Settings

SECRET = "4453b6ac1s345678-e02c5f12174805f9"
Environment = pytest.MonkeyPatch


class Place:
    """An environment with what has no default, and a `.env` file."""

    def __init__(self, folder: Path) -> None:
        self.environ = {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}
        self._file = folder / ".env"

    def read(self, dotenv: str = "") -> tuple[Settings, list[str]]:
        """Read the settings."""
        self._file.write_text(dotenv, encoding="utf-8")
        return read_settings(self.environ, self._file)

    def faults(self, dotenv: str = "") -> list[str]:
        """Return what is wrong with them."""
        with pytest.raises(SettingsError) as caught:
            self.read(dotenv)
        return caught.value.faults


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return one to be changed."""
    return Place(tmp_path)


def test_one_setting_is_enough(place: Place) -> None:
    """Everything else has a default; whether there is a bot is asked elsewhere."""
    settings, warnings = place.read()

    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.http.port == 8080
    assert warnings == []


def test_a_missing_setting_says_what_it_is(place: Place) -> None:
    """Its description is the help."""
    del place.environ["KAFKA_BOOTSTRAP_SERVERS"]

    (fault,) = place.faults()

    assert fault.startswith("KAFKA_BOOTSTRAP_SERVERS: is required: Addresses to begin ")


def test_the_environment_goes_before_the_file(place: Place) -> None:
    """The file is for development, the platform has the last word."""
    place.environ["HTTP_PORT"] = "1234"

    settings, _ = place.read("HTTP_PORT=1\nMANAGEMENT_PORT=5678\n")

    assert (settings.http.port, settings.management.port) == (1234, 5678)


def test_an_empty_value_is_no_value(place: Place) -> None:
    """Compose files and charts set unused names to nothing."""
    place.environ["HTTP_PORT"] = ""
    place.environ["VIBER_AUTH_TOKEN_FILE"] = ""

    settings, _ = place.read("HTTP_PORT\nMANAGEMENT_PORT=\n")

    assert (settings.http.port, settings.management.port) == (8080, 9090)
    assert settings.viber.auth_token_file is None


def test_an_empty_topic_is_a_value(place: Place) -> None:
    """No results are written then; other topics cannot be left out."""
    place.environ["TOPIC_RESULTS"] = ""
    assert place.read()[0].topic.results == ""

    place.environ["TOPIC_INBOUND"] = ""

    assert [fault.split(":")[0] for fault in place.faults()] == ["TOPIC_INBOUND"]


WRONG = {
    "HTTP_PORT": ("99999", "must be at most 65535 (is '99999')"),
    "HTTP_MAX_BODY_BYTES": ("ten", "must be a whole number"),
    "HTTP_DRAIN_SECONDS": (
        "-1",
        "must be at least 0 (is '-1')",
    ),
    "HTTP_DEADLINE_SECONDS": ("inf", "must be a number (is 'inf')"),
    "LOG_LEVEL": ("LOUD", "must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR' (is "),
    "LOG_USER_IDS": ("maybe", "must be true or false"),
    "TOPIC_INBOUND": ("a b", "a topic's name has 1 to 249 of a-z A-Z 0-9 . _ - (and "),
    "VIBER_BOT": (
        "Shop",
        "a bot's name has 1 to 40 of a-z 0-9 - (is 'Shop')",
    ),
    "VIBER_API_URL": ("http://a", "VIBER_API_URL is http://: the token would travel "),
    "SENDER_CIRCUIT_FAILURES": ("8", "SENDER_CIRCUIT_FAILURES (8) must be below "),
    "KAFKA_COMPRESSION": (
        "brotli",
        "must be 'none', 'gzip', 'snappy', 'lz4' or 'zstd'",
    ),
    "VIBER_SENDER_NAME": ("x" * 29, "must have at most 28 characters"),
    "SENDER_RATE_LIMIT_PER_SECOND": ("0", "must be more than 0 (is '0')"),
    "KAFKA_SECURITY_PROTOCOL": ("SASL_SSL", "KAFKA_SECURITY_PROTOCOL is SASL_*: "),
}


# Two settings must fit together: looked at once each of the group is right by itself.
TOGETHER = {"VIBER_API_URL", "SENDER_CIRCUIT_FAILURES", "KAFKA_SECURITY_PROTOCOL"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_one_line(name: str, place: Place) -> None:
    """Which setting, what is allowed, and what was found."""
    value, complaint = WRONG[name]
    place.environ[name] = value

    (fault,) = place.faults()

    assert fault.startswith(name)
    assert complaint in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    "text",
    [
        "kafka:port",
        "kafka:9092:9093",
        "kafka:0",
        "http://kafka:9092",
        "kafka/9092",
        "kafka:9092,",
        " , ",
        ":9092",
    ],
)
def test_addresses_that_are_none_are_told(text: str, place: Place) -> None:
    """Before anybody tries to connect there."""
    place.environ["KAFKA_BOOTSTRAP_SERVERS"] = text

    (fault,) = place.faults()

    what = "must be host:port, several with commas"
    assert fault == f"KAFKA_BOOTSTRAP_SERVERS: {what} (is {text!r})"


@pytest.mark.parametrize(
    "text", ["kafka", "kafka:9092", "10.0.0.1:9092, kafka-2:19092", "[::1]:9092"]
)
def test_addresses_are_taken(text: str, place: Place) -> None:
    """A name or a number, with a port or Kafka's own, one or several."""
    place.environ["KAFKA_BOOTSTRAP_SERVERS"] = text

    assert place.read()[0].kafka.bootstrap_servers == text


@pytest.mark.parametrize("name", ["VIBER_WEBHOOK_URL", "KAFKA_BOOTSTRAP_SERVERS"])
def test_a_password_in_a_wrong_address_is_not_shown(name: str, place: Place) -> None:
    """The fault goes into logs."""
    place.environ[name] = f"htps://ops:{SECRET}@gw.example"

    (fault,) = place.faults()

    assert fault.startswith(f"{name}: must be ")
    assert SECRET not in fault


@pytest.mark.parametrize("text", ["gw.example", "ftp://gw.example", "https://"])
def test_a_public_base_that_is_no_url_is_told(text: str, place: Place) -> None:
    """Before Viber is given a webhook that it cannot call."""
    place.environ["VIBER_WEBHOOK_URL"] = text

    (fault,) = place.faults()

    assert fault.startswith("VIBER_WEBHOOK_URL: must be a URL, such as https://")


def test_all_faults_are_told_at_once(place: Place) -> None:
    """Of all groups, from either place, slips included; one line each."""
    for name, (value, _) in WRONG.items():
        place.environ[name] = value
    place.environ["HTTP_PROT"] = "1"
    del place.environ["KAFKA_BOOTSTRAP_SERVERS"]

    with pytest.raises(SettingsError) as caught:
        place.read("SENDER_MAX_ATTEMPTS=0")

    told = {line.split(":")[0] for line in str(caught.value).splitlines()}
    missing = {"KAFKA_BOOTSTRAP_SERVERS", "SENDER_MAX_ATTEMPTS", "HTTP_PROT"}
    assert told == WRONG.keys() - TOGETHER | missing
    assert isinstance(caught.value, GatewayError)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("HTTP_PROT", "HTTP_PORT"),
        ("http_prot", "HTTP_PORT"),
        ("VIBER_AUTH_TOKEN_FIEL", "VIBER_AUTH_TOKEN_FILE"),
        ("KAFKA_BOOTSTRAP_SERVER", "KAFKA_BOOTSTRAP_SERVERS"),
        ("SENDER_MAX_ATTEMPT", "SENDER_MAX_ATTEMPTS"),
        ("TOPIC_DEAD_LETTER", "TOPIC_DEAD_LETTERS"),
        ("LOG_LEVELS", "LOG_LEVEL"),
    ],
)
def test_a_slip_is_a_fault(slip: str, meant: str, place: Place) -> None:
    """A setting that does nothing is found at once, not after a week."""
    place.environ[slip] = "7"

    assert place.faults() == [f"{slip.upper()}: no such setting; did you mean {meant}?"]


def test_a_slip_in_the_file_is_a_fault_too(place: Place) -> None:
    """It does as little there."""
    assert place.faults("HTTP_PROT=1") == [
        "HTTP_PROT: no such setting; did you mean HTTP_PORT?"
    ]


@pytest.mark.parametrize(
    "name",
    ["KAFKA_PORT_9092_TCP", "KAFKA_SERVICE_HOST", "VIBER_GATEWAY_PORT_8080_TCP_ADDR"],
)
def test_a_stranger_is_only_reported(name: str, place: Place) -> None:
    """Kubernetes sets such names for every service."""
    place.environ[name] = "tcp://10.0.0.1:9092"

    _, warnings = place.read()

    assert warnings == [f"{name}: no such setting; it is ignored"]


@pytest.mark.parametrize(
    "name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "KAFKA_HEAP_OPTS", "LOG_DIR"]
)
def test_names_of_others_are_not_even_reported(name: str, place: Place) -> None:
    """They are known, and close to names of ours by accident."""
    place.environ[name] = "x"

    assert place.read()[1] == []


@pytest.mark.parametrize("name", known_names())
def test_no_known_name_is_taken_for_a_slip(name: str, place: Place) -> None:
    """Whatever is wrong with the value, the name is right."""
    place.environ[name] = "?"
    try:
        _, warnings = place.read()
    except SettingsError as error:
        warnings = error.faults

    assert "no such setting" not in str(warnings)


@pytest.mark.parametrize("name", ["VIBER_AUTH_TOKEN", "KAFKA_SASL_PASSWORD"])
def test_a_secret_is_never_shown(name: str, place: Place) -> None:
    """Neither by the settings nor by what is wrong with others."""
    place.environ[name] = SECRET
    shown = repr(place.read()[0]) + str(place.read()[0])
    place.environ[f"{name}S"] = SECRET
    place.environ["KAFKA_SECURITY_PROTOCOL"] = "SASL_SSL"

    shown += "\n".join(place.faults())

    assert SECRET not in shown
    assert f"{name}S: no such setting" in shown


def test_a_secret_is_read(place: Place) -> None:
    """It can be had by who asks for it by name."""
    place.environ["VIBER_AUTH_TOKEN"] = SECRET

    token = place.read()[0].viber.auth_token

    assert token is not None
    assert token.get_secret_value() == SECRET


def test_without_a_file_the_environment_is_all(place: Place, tmp_path: Path) -> None:
    """In production there is no `.env`."""
    settings, warnings = read_settings(place.environ, tmp_path / "nowhere")

    assert (settings.http.port, warnings) == (8080, [])


def test_only_what_is_given_is_read(place: Place, monkeypatch: Environment) -> None:
    """The environment is an argument: this process may have quite another one."""
    monkeypatch.setenv("HTTP_PORT", "1")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    settings, warnings = place.read()

    assert (settings.http.port, settings.log.level, warnings) == (8080, "INFO", [])
