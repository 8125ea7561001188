"""Every alert fires when it must, and is quiet when it must."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart import alert_cases
from tests.chart.alert_cases import Case, Series
from tests.chart.queries import selectors, unknown
from tests.chart.rendering import Helm, Object, tree

# With this source there is every alert.
ON = tree("metrics.prometheusRule", {"enabled": True, "lagSource": "kafka-exporter"})


def rule(helm: Helm, values: dict[str, Any] | None = None) -> Object:
    """Return the PrometheusRule's spec."""
    merged = {**ON, **(values or {})}
    return dict(helm.render("minimal", merged).one("PrometheusRule")["spec"])


@pytest.fixture(scope="module")
def rules(helm: Helm) -> list[Object]:
    """The alerts, and what they have computed beforehand."""
    return [found for group in rule(helm)["groups"] for found in group["rules"]]


@pytest.fixture(scope="module")
def alerts(rules: list[Object]) -> dict[str, Object]:
    """The alerts by name."""
    return {found["alert"]: found for found in rules if "alert" in found}


@pytest.fixture(scope="module")
def rules_file(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules as a file for promtool."""
    path = tmp_path_factory.mktemp("alerts") / "alerts.yaml"
    path.write_text(yaml.safe_dump(rule(helm)))
    return path


def told(promtool: Path, *arguments: str | Path) -> str:
    """Return what promtool says, after it has found nothing wrong."""
    done = subprocess.run(
        [promtool, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_finds_nothing_to_say(
    promtool: Path, rules_file: Path, rules: list[Object]
) -> None:
    """Every query is one, and no name is there twice."""
    said = told(promtool, "check", "rules", "--lint=all", "--lint-fatal", rules_file)

    assert f"{len(rules)} rules found" in said


def test_every_alert_has_a_case(alerts: dict[str, Object]) -> None:
    """None goes untested, and no case is about nothing."""
    assert alerts.keys() == alert_cases.CASES.keys()


def test_alerts_fire_and_are_quiet_when_they_must(
    promtool: Path, rules_file: Path, alerts: dict[str, Object]
) -> None:
    """Prometheus itself evaluates each alert in both situations of its case."""
    tests = [
        situation(alerts[name], case, fires=fires)
        for name, case in alert_cases.CASES.items()
        for fires in (True, False)
    ]
    asked = rules_file.with_name("tests.yaml")
    asked.write_text(yaml.safe_dump({"rule_files": [rules_file.name], "tests": tests}))

    assert "SUCCESS" in told(promtool, "test", "rules", asked)
    assert len(tests) == 2 * len(alerts)


def situation(alert: Object, case: Case, *, fires: bool) -> Object:
    """Write one situation as promtool's."""
    labels = {"namespace": alert_cases.NAMESPACE, **alert["labels"], **case.labels}
    annotations = {
        "summary": case.summary,
        "description": alert["annotations"]["description"],
    }
    expected = [{"exp_labels": labels, "exp_annotations": annotations}] if fires else []
    return {
        "interval": "1m",
        "input_series": in_namespace(case.fires if fires else case.quiet),
        "alert_rule_test": [
            {
                "eval_time": f"{case.minutes}m",
                "alertname": alert["alert"],
                "exp_alerts": expected,
            }
        ],
    }


def in_namespace(series: Series) -> list[dict[str, str]]:
    """Write series as promtool's, all of one namespace."""
    return [
        {
            "series": name.replace("{", f'{{namespace="{alert_cases.NAMESPACE}",', 1),
            "values": values,
        }
        for name, values in series.items()
    ]


def test_an_alert_waits_as_long_as_it_says(
    promtool: Path, rules_file: Path, alerts: dict[str, Object]
) -> None:
    """A short trouble pages nobody: just before `for` is over nothing fires."""
    alert = alerts["ViberKafkaDisconnected"]
    case = alert_cases.CASES["ViberKafkaDisconnected"]._replace(minutes=1)
    early = situation(alert, case, fires=True)
    early["alert_rule_test"][0]["exp_alerts"] = []
    asked = rules_file.with_name("early.yaml")
    asked.write_text(
        yaml.safe_dump({"rule_files": [rules_file.name], "tests": [early]})
    )

    assert "SUCCESS" in told(promtool, "test", "rules", asked)


def test_a_role_that_vanishes_altogether_is_noticed(
    promtool: Path, rules_file: Path, alerts: dict[str, Object]
) -> None:
    """With no pod left there is no series that could be 0."""
    tests = []
    for name, component in (
        ("ViberReceiverDown", "receiver"),
        ("ViberSenderDown", "sender"),
    ):
        case = alert_cases.CASES[name]
        gone = case._replace(fires={}, labels={"component": component})
        tests.append(situation(alerts[name], gone, fires=True))
    asked = rules_file.with_name("gone.yaml")
    asked.write_text(yaml.safe_dump({"rule_files": [rules_file.name], "tests": tests}))

    assert "SUCCESS" in told(promtool, "test", "rules", asked)


def test_rules_ask_for_what_there_is(rules: list[Object]) -> None:
    """A metric or label that does not exist would keep an alert quiet for ever."""
    recorded = {found["record"] for found in rules if "record" in found}
    asked = {fault for found in rules for fault in unknown(found["expr"])}

    assert asked == recorded
    assert unknown('viber_sleep_total{bot="shop"}') == ["viber_sleep_total"]
    assert unknown('viber_bot_halted{user="x"}')


def test_every_selector_names_the_namespace(rules: list[Object]) -> None:
    """Another release elsewhere sets off nothing here, and nothing is missed by it."""
    for found in rules:
        asked = selectors(found["expr"])
        assert asked, found
        assert all('namespace="bots"' in labels for _, labels in asked)


def test_every_alert_says_what_is_wrong_and_how_bad_it_is(
    alerts: dict[str, Object],
) -> None:
    """A summary, a description, and one of two severities."""
    for alert in alerts.values():
        assert alert["annotations"]["summary"]
        assert alert["annotations"]["description"].endswith(".")
        assert alert["labels"]["severity"] in {"critical", "warning"}


def test_thresholds_are_the_values(helm: Helm) -> None:
    """No percent sign is left, and a value arrives in its query."""
    values = {
        "metrics": {
            "prometheusRule": {
                "enabled": True,
                "thresholds": {"oldestMessageSeconds": 61},
            }
        }
    }
    text = str(rule(helm, values))

    assert "> 61" in text
    assert not re.findall(r"%\w+%", text)


def test_alerts_may_be_left_out_labelled_and_linked(helm: Helm) -> None:
    """Names in `disabled` are gone, labels and runbooks are on all others."""
    groups = helm.render("full").one("PrometheusRule")["spec"]["groups"]
    rules = [r for group in groups for r in group["rules"] if "alert" in r]
    names = {r["alert"] for r in rules}

    assert "ViberRebalanceStorm" not in names
    assert "ViberOurs" in names
    for found in rules:
        if found["alert"] != "ViberOurs":
            page = f"https://runbooks.example.com/viber-gateway/{found['alert']}.md"
            assert found["labels"]["team"] == "messaging"
            assert found["annotations"]["runbook_url"] == page


def test_what_does_not_run_here_cannot_be_down(helm: Helm) -> None:
    """With one role elsewhere, its absence is no alarm; combined is both."""

    def names(values: dict[str, Any]) -> str:
        return str(rule(helm, values))

    assert "ViberSenderDown" not in names(tree("sender.enabled", value=False))
    assert "ViberReceiverDown" not in names(tree("receiver.enabled", value=False))
    combined = names({"mode": "combined"})
    assert combined.count('component="combined"') == 4
