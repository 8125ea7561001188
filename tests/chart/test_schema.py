"""The schema of the values refuses what is not among them, in both versions of Helm."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from gateway.bots import BotTable, SenderTable, WelcomeTable
from tests.chart.rendering import CASES, CHART, Helm, HelmError, tree

BOT = "bots.shop"

# Values that must be refused, and a word of what is said.
REFUSED = {
    "a slip at the top": (tree("kafak.bootstrapServers", "k:9092"), "kafak"),
    "a slip in a group": (tree("kafka.bootstrapServer", "k:9092"), "bootstrapServer"),
    "a slip in a role": (tree("receiver.replicas", 3), "replicas"),
    "a slip in a bot": (tree(f"{BOT}.tokenFile", "x"), "tokenFile"),
    "a slip in a setting": (
        tree("settings.SENDER_MAX_ATTEMTS", 3),
        "SENDER_MAX_ATTEMTS",
    ),
    "a setting that the chart makes": (
        tree("settings.KAFKA_CONSUMER_GROUP", "mine"),
        "KAFKA_CONSUMER_GROUP",
    ),
    "a secret as a setting": (
        tree("settings.KAFKA_SASL_PASSWORD", "x"),
        "KAFKA_SASL_PASSWORD",
    ),
    "a setting of another type": (tree("settings.SENDER_MAX_ATTEMPTS", "3"), "integer"),
    "a setting out of range": (tree("settings.SENDER_MAX_ATTEMPTS", 0), "minimum"),
    "a setting that is none of a few": (tree("settings.LOG_LEVEL", "TRACE"), "DEBUG"),
    "a port that is none": (tree("service.port", 70000), "port.*maximum"),
    "a port as text": (tree("management.port", "9090"), "integer"),
    "a mode that is none": (tree("mode", "both"), "split"),
    "a digest that is none": (tree("image.digest", "latest"), "digest"),
    "a protocol that is none": (tree("kafka.securityProtocol", "TLS"), "SASL_SSL"),
    "a name of a bot with capitals": (tree("bots.Shop", {}), "Shop"),
    "a Secret without a name": (tree(f"{BOT}.previousTokenSecret", {}), "name"),
    "a Secret whose name is empty": (tree(f"{BOT}.tokenSecret.name", ""), "minLength"),
    "a rate of nothing": (tree(f"{BOT}.rateLimitPerSecond", 0), "rateLimitPerSecond"),
    "an event that is none": (tree(f"{BOT}.eventTypes", ["typing"]), "eventTypes"),
    "a label that is no text": (tree("commonLabels.a", 1), "string"),
    "the receiver scaled by lag": (tree("receiver.autoscaling.type", "keda"), "hpa"),
    "scaling to nothing": (tree("sender.autoscaling.minReplicas", 0), "minReplicas"),
    "a spread that is none": (
        tree("sender.topologySpreadConstraints", "zone"),
        "topologySpreadConstraints",
    ),
    "a source of the lag that is none": (
        tree("metrics.prometheusRule.lagSource", "prometheus"),
        "kafka-exporter",
    ),
    "a threshold beyond all": (
        tree("metrics.prometheusRule.thresholds.deadLetterRatio", 2),
        "deadLetterRatio",
    ),
    "a threshold that is none": (
        tree("metrics.prometheusRule.thresholds.lag", 2),
        "thresholds",
    ),
    "a path in place of a URL": (
        tree("viber.webhookUrl", "bots.example.com"),
        "pattern",
    ),
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema."""
    loaded: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    return loaded


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused(each_helm: Helm, name: str) -> None:
    """Helm names what it does not take, before anything is rendered."""
    values, said = REFUSED[name]

    with pytest.raises(HelmError, match=said) as refused:
        each_helm.template("minimal", values)

    assert "values.schema.json" in str(refused.value) or "schema" in str(refused.value)


def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    """It is a schema of draft 7, the one that every Helm reads."""
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(schema)


def test_no_group_of_ours_takes_what_it_does_not_know(schema: dict[str, Any]) -> None:
    """Wherever members are listed, others are refused; `global` is shared."""
    open_groups = [
        path
        for path, group in _groups(schema)
        if group.get("additionalProperties") is not False
    ]

    assert open_groups == ["global"]


@pytest.mark.parametrize("case", CASES)
def test_the_sets_of_values_fit(schema: dict[str, Any], case: str) -> None:
    """A validator that is not Helm's agrees."""
    values = yaml.safe_load((CHART / "ci" / f"{case}-values.yaml").read_text())

    jsonschema.Draft7Validator(schema).validate(values)


def test_a_bot_has_the_members_that_the_gateway_knows(schema: dict[str, Any]) -> None:
    """What the bots file may say can be said in the values."""
    bot = schema["properties"]["bots"]["additionalProperties"]["properties"]
    renamed = {
        "tokenSecret": "token_file",
        "previousTokenSecret": "previous_token_file",
    }

    assert {renamed.get(n, _snake(n)) for n in bot} == set(BotTable.model_fields)
    assert set(bot["sender"]["properties"]) == set(SenderTable.model_fields)
    welcome = bot["welcome"]["properties"]
    assert {_snake(name) for name in welcome} == set(WelcomeTable.model_fields)


def test_a_role_may_have_every_default(schema: dict[str, Any]) -> None:
    """What holds for all roles can be said of one."""
    roles = schema["properties"]

    for role in ("receiver", "sender", "combined"):
        assert roles["defaults"]["properties"].keys() < roles[role]["properties"].keys()


def test_a_parent_chart_may_switch_it_off(helm: Helm) -> None:
    """A parent's condition and its own globals are no slips."""
    values = {"enabled": True, "global": {"storageClass": "fast"}}

    assert helm.render("minimal", values) == helm.render("minimal")


def _groups(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    if "properties" in schema:
        yield path, schema
    for name, below in schema.get("properties", {}).items():
        yield from _groups(below, f"{path}.{name}".lstrip("."))
    if isinstance(below := schema.get("additionalProperties"), dict):
        yield from _groups(below, f"{path}.*")


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
