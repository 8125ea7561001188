"""Every setting, and where its value came from."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.cli.settings import MASK, Shown, as_text, show
from gateway.environment import known_names
from gateway.settings import KafkaSettings, Settings, TopicSettings, ViberSettings
from tests.unit.cli.configured import settings

GIVEN = ViberSettings(
    auth_token=SecretStr("a-token"),
    webhook_url="https://ops:let-me-in@gw.example/v",
    bot="shop",
)


def shown(
    read: Settings,
    environ: dict[str, str] | None = None,
    env_file: dict[str, str] | None = None,
) -> dict[str, Shown]:
    """Show settings, by name."""
    return {one.name: one for one in show(read, environ or {}, env_file or {})}


def test_every_setting_is_shown_once_in_the_order_of_the_settings() -> None:
    """None is forgotten."""
    names = [one.name for one in show(settings(), {}, {})]

    assert names == list(known_names())


def test_no_secret_is_shown() -> None:
    """Neither a token nor a password within a URL; what is not secret stays."""
    found = shown(settings(viber=GIVEN), {"VIBER_AUTH_TOKEN": "a-token"})

    assert found["VIBER_AUTH_TOKEN"].value == MASK
    assert found["VIBER_WEBHOOK_URL"].value == f"https://{MASK}@gw.example/v"
    assert found["VIBER_BOT"].value == "shop"
    assert not any("a-token" in str(one) for one in found.values())


@pytest.mark.parametrize(
    ("environ", "env_file", "source"),
    [
        ({"HTTP_PORT": "81"}, {"HTTP_PORT": "82"}, "environment"),
        ({"http_port": "81"}, {}, "environment"),
        ({}, {"HTTP_PORT": "82"}, ".env"),
        ({"HTTP_PORT": ""}, {"HTTP_PORT": "82"}, ".env"),
        ({}, {}, "default"),
    ],
)
def test_the_environment_comes_before_the_file_and_both_before_the_default(
    environ: dict[str, str], env_file: dict[str, str], source: str
) -> None:
    """As the settings are read; an empty value counts as none."""
    assert shown(settings(), environ, env_file)["HTTP_PORT"].source == source


def test_an_empty_topic_is_a_value() -> None:
    """TOPIC_RESULTS= turns results off."""
    read = settings(topic=TopicSettings(results=""))

    found = shown(read, {"TOPIC_RESULTS": ""})

    assert found["TOPIC_RESULTS"] == Shown("TOPIC_RESULTS", "", "environment")


def test_a_secret_from_a_file_names_the_setting_of_the_file() -> None:
    """Its value is not read for this."""
    kafka = KafkaSettings(
        bootstrap_servers="kafka:9092", sasl_password_file=Path("/run/secrets/kafka")
    )

    found = shown(settings(kafka=kafka), {"KAFKA_SASL_PASSWORD_FILE": "/run/..."})

    password = Shown("KAFKA_SASL_PASSWORD", MASK, "KAFKA_SASL_PASSWORD_FILE")
    assert found["KAFKA_SASL_PASSWORD"] == password
    assert found["KAFKA_SASL_PASSWORD_FILE"].value == "/run/secrets/kafka"
    assert found["VIBER_AUTH_TOKEN"] == Shown("VIBER_AUTH_TOKEN", None, "default")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (5, "5"), ("", ""), (0.5, "0.5")]
)
def test_a_value_is_written_as_it_would_stand_in_the_environment(
    value: object, text: str
) -> None:
    """So that it can be copied."""
    assert as_text(value) == text
