"""Every setting: its default, what is allowed, and what goes only together."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from gateway.environment import groups, known_names
from gateway.settings import (
    HttpSettings,
    KafkaSettings,
    LogSettings,
    SenderSettings,
    SettingsGroup,
    TopicSettings,
    ViberSettings,
)

NAMES = known_names()
NEEDED: dict[type[SettingsGroup], dict[str, Any]] = {
    KafkaSettings: {"bootstrap_servers": "k:9092"}
}


def test_every_setting_has_a_name_of_its_own() -> None:
    """Prefix and name make up what stands in the environment."""
    assert len(NAMES) == sum(len(kind.model_fields) for kind in groups().values())
    assert NAMES["HTTP_PORT"] == (HttpSettings, "port")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_described_in_one_sentence(name: str) -> None:
    """The description is the documentation: README, chart and `settings` show it."""
    kind, field = NAMES[name]

    description = kind.model_fields[field].description or ""

    assert description[:1].isupper()
    assert description.endswith(".")
    assert "\n" not in description


DEFAULTS = {
    "HTTP_PORT": 8080,
    "HTTP_MAX_BODY_BYTES": 262_144,
    "HTTP_BODY_TIMEOUT_SECONDS": 5,
    "HTTP_PUBLISH_TIMEOUT_SECONDS": 4,
    "HTTP_DEADLINE_SECONDS": 4.5,
    "HTTP_DRAIN_SECONDS": 5,
    "MANAGEMENT_PORT": 9090,
    "TOPIC_INBOUND": "viber.inbound",
    "TOPIC_OUTBOUND": "viber.outbound",
    "TOPIC_RESULTS": "viber.results",
    "TOPIC_DEAD_LETTERS": "viber.dlq",
    "TOPIC_REPLIES": "viber.replies",
    "TOPIC_PROGRESS": "viber.progress",
    "KAFKA_AUTO_OFFSET_RESET": "earliest",
    "VIBER_BOT": "main",
    "VIBER_ALLOW_HTTP": False,
    "SENDER_MAX_IN_FLIGHT": 64,
    "SENDER_MAX_ATTEMPTS": 8,
    "SENDER_MAX_AGE_SECONDS": 86_400,
    "SENDER_CIRCUIT_FAILURES": 5,
    "SENDER_DLQ_MAX_RATIO": 0.5,
    "SENDER_DLQ_MAX_CONSECUTIVE": 100,
    "SENDER_RATE_LIMIT_PER_SECOND": 50,
    "SENDER_COMMIT_INTERVAL_SECONDS": 1,
    "SENDER_COMMIT_EVERY": 100,
    "LOG_USER_IDS": False,
}


@pytest.mark.parametrize(("name", "default"), DEFAULTS.items(), ids=DEFAULTS)
def test_a_default_is_what_the_contract_says(name: str, default: Any) -> None:
    """Changing one is a change of the public interface."""
    kind, field = NAMES[name]

    assert kind.model_fields[field].default == default


REFUSED: list[tuple[type[SettingsGroup], str, Any]] = [
    (KafkaSettings, "bootstrap_servers", ""),
    (KafkaSettings, "security_protocol", "TLS"),
    (KafkaSettings, "compression", "brotli"),
    (KafkaSettings, "session_timeout_seconds", 0),
    (KafkaSettings, "auto_offset_reset", "none"),
    (HttpSettings, "port", 65_536),
    (HttpSettings, "port", -1),
    (HttpSettings, "max_body_bytes", 0),
    (HttpSettings, "body_timeout_seconds", 0),
    (HttpSettings, "deadline_seconds", float("inf")),
    (HttpSettings, "drain_seconds", -1),
    (ViberSettings, "bot", "Shop"),
    (ViberSettings, "bot", ""),
    (ViberSettings, "bot", "x" * 41),
    (ViberSettings, "bot", "a/b"),
    (ViberSettings, "bot", "shop\n"),
    (ViberSettings, "sender_name", "x" * 29),
    (SenderSettings, "max_in_flight", 0),
    (SenderSettings, "dlq_max_ratio", 0),
    (SenderSettings, "dlq_max_ratio", 1.1),
    (SenderSettings, "dlq_max_consecutive", -1),
    (SenderSettings, "rate_limit_per_second", 0),
    (SenderSettings, "rate_limit_per_second", float("nan")),
    (LogSettings, "level", "info"),
    (LogSettings, "format", "text"),
    (TopicSettings, "inbound", ""),
    (TopicSettings, "inbound", "a b"),
    (TopicSettings, "inbound", "\u00e9"),
    (TopicSettings, "inbound", "..."),
    (TopicSettings, "inbound", "x" * 250),
    (TopicSettings, "inbound", "{name}"),
    (TopicSettings, "dead_letters", ""),
    (TopicSettings, "results", "a b"),
]


@pytest.mark.parametrize(("kind", "field", "value"), REFUSED)
def test_a_value_that_cannot_work_is_refused(
    kind: type[SettingsGroup], field: str, value: Any
) -> None:
    """And it is that setting which the fault names."""
    with pytest.raises(ValidationError) as caught:
        kind(**NEEDED.get(kind, {}) | {field: value})

    assert [fault["loc"] for fault in caught.value.errors()] == [(field,)]


@given(
    st.from_regex(r"[a-zA-Z0-9._-]{0,99}\{bot\}[a-zA-Z0-9._-]{1,99}", fullmatch=True)
)
def test_a_topic_may_hold_the_bot_s_name(name: str) -> None:
    """Then every bot has its own."""
    assert TopicSettings(inbound=name).inbound == name


def test_results_can_be_switched_off() -> None:
    """An empty name writes none."""
    assert TopicSettings(results="").results == ""


@pytest.mark.parametrize(
    ("said", "is_enough"),
    [
        ({}, False),
        ({"sasl_username": "u"}, False),
        ({"sasl_password": SecretStr("p")}, False),
        ({"sasl_password_file": "p"}, False),
        ({"sasl_username": "u", "sasl_password": SecretStr("p")}, True),
        ({"sasl_username": "u", "sasl_password_file": "p"}, True),
    ],
)
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_who_logs_in_has_a_name_and_a_password(
    protocol: str, said: dict[str, Any], *, is_enough: bool
) -> None:
    """The text names all three settings, since any may be the one forgotten."""
    settings = {"bootstrap_servers": "k", "security_protocol": protocol} | said
    if is_enough:
        assert KafkaSettings(**settings).security_protocol == protocol
        return

    with pytest.raises(ValidationError, match="KAFKA_SASL_PASSWORD_FILE") as caught:
        KafkaSettings(**settings)

    assert "KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD " in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://chatapi.viber.com/pa",
        "https://proxy.example:8443/viber/pa",
        "http://localhost:8081/pa",
        "http://127.0.0.1/pa",
        "http://[::1]:8081/pa",
    ],
)
def test_a_token_may_go_over_https_or_stay_on_this_machine(url: str) -> None:
    """Nobody can listen there."""
    assert ViberSettings(api_url=url).api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://chatapi.viber.com/pa",
        "http://10.0.0.1/pa",
        "http://localhost.example/pa",
        "HTTP://chatapi.viber.com/pa",
    ],
)
def test_a_token_travels_in_clear_only_on_purpose(url: str) -> None:
    """The text names the way out."""
    with pytest.raises(ValidationError, match="VIBER_ALLOW_HTTP=true"):
        ViberSettings(api_url=url)

    assert ViberSettings(api_url=url, allow_http=True).api_url == url


@pytest.mark.parametrize(
    "url", ["", "chatapi.viber.com/pa", "ftp://a/pa", "https:///pa"]
)
def test_an_api_url_is_a_url(url: str) -> None:
    """Also where clear text is allowed."""
    with pytest.raises(
        ValidationError, match=r"VIBER_API_URL must be an http\(s\) URL"
    ):
        ViberSettings(api_url=url, allow_http=True)


@pytest.mark.parametrize(("failures", "is_right"), [(7, True), (8, False), (9, False)])
def test_the_circuit_opens_before_a_command_gives_up(
    failures: int, *, is_right: bool
) -> None:
    """Else an outage of Viber would use up its attempts."""
    if is_right:
        assert SenderSettings(circuit_failures=failures).max_attempts == 8
        return

    with pytest.raises(
        ValidationError, match=f"FAILURES \\({failures}\\) must be below"
    ):
        SenderSettings(circuit_failures=failures)


@pytest.mark.parametrize("kind", groups().values(), ids=groups())
def test_settings_cannot_be_changed(kind: type[SettingsGroup]) -> None:
    """What was checked at the start stays so."""
    settings = kind(**NEEDED.get(kind, {}))
    field = next(iter(kind.model_fields))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings, field, getattr(settings, field))


@pytest.mark.parametrize(
    ("topics", "says"),
    [
        ({"dead_letters": "viber.outbound"}, "TOPIC_OUTBOUND and TOPIC_DEAD_LETTERS"),
        ({"results": "viber.outbound"}, "TOPIC_OUTBOUND and TOPIC_RESULTS"),
    ],
)
def test_commands_have_a_topic_of_their_own(topics: dict[str, Any], says: str) -> None:
    """A dead letter read back as a command would go round for ever."""
    with pytest.raises(ValidationError, match=says):
        TopicSettings(**topics)
