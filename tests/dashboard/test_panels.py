"""Every query of the dashboard finds something when there is something to find."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.chart.rendering import CHART
from tests.dashboard.prometheus import NAMESPACE, Prometheus, scraping
from tests.e2e.support.commands import headers, text
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

# More than Kafka's topics take, and less than the gateway is told to take here.
TOO_LARGE: Final = 1_200_000
ROOMY: Final = {"HTTP_MAX_BODY_BYTES": "2000000"}


def queries() -> Mapping[str, str]:
    """Return the dashboard's queries by panel, with what Grafana would put in."""
    dashboard = json.loads((CHART / "files" / "dashboard.json").read_text())
    return {
        f"{panel['title']} ({target['refId']})": target["expr"]
        .replace("$__rate_interval", "20s")
        .replace("$namespace", NAMESPACE)
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    }


class Traffic:
    """A user who writes, a bot that answers, and callbacks that Kafka does not take."""

    def __init__(self, gateways: Gateways, viber: Viber, topics: Topics) -> None:
        self._receiver = gateways.start("receiver", ROOMY)
        viber.set_webhook(self._receiver.webhook(viber))
        ours = {"VIBER_WEBHOOK_URL": self._receiver.url()}
        self.processes = (self._receiver, gateways.start("sender", ours))
        self._viber = viber
        self._topics = topics
        (self._user,) = viber.add_users(1)
        self._answered = 0

    def flow(self) -> None:
        """Let some of it pass."""
        self._viber.write(self._user, "hello")
        assert self._receiver.call_back(self._viber, self._large()).status == 200
        self._topics.write([self._answer()])

    def _large(self) -> bytes:
        return json.dumps({"event": "message", "text": "x" * TOO_LARGE}).encode()

    def _answer(self) -> Draft:
        self._answered += 1
        said = headers(self._viber.bot, "send_message", f"c-{self._answered}")
        return Draft(self._topics.outbound, text(self._user, "hi"), self._user, said)


@pytest.fixture
def traffic(gateways: Gateways, viber: Viber, topics: Topics) -> Traffic:
    """Return traffic over a receiver and a sender."""
    return Traffic(gateways, viber, topics)


@pytest.fixture
def prometheus(
    prometheus_program: Path, traffic: Traffic, tmp_path: Path
) -> Iterator[Prometheus]:
    """Return a Prometheus that scrapes both."""
    folder = tmp_path / "prometheus"
    with scraping(prometheus_program, traffic.processes, folder) as prometheus:
        yield prometheus


def test_every_query_of_the_dashboard_yields_numbers(
    prometheus: Prometheus, traffic: Traffic
) -> None:
    """A panel that stays empty while there is load would never be looked at again."""
    asked = queries()
    assert len(asked) > 40

    def empty() -> list[str]:
        traffic.flow()
        return [name for name, query in asked.items() if not prometheus.ask(query)]

    wait_for("queries without data", empty, lambda found: not found, seconds=60)


def test_promtool_finds_nothing_wrong_with_a_busy_process(
    promtool: Path, traffic: Traffic
) -> None:
    """Every name, label and sample of both roles, by Prometheus's own checker."""
    traffic.flow()
    for process in traffic.processes:
        shown = process.probe("metrics").body
        done = subprocess.run(
            [promtool, "check", "metrics"],
            input=shown,
            capture_output=True,
            check=False,
        )
        # The collectors of prometheus_client are not ours to name.
        said = [line for line in done.stderr.splitlines() if b"python_" not in line]
        assert said == []
        assert b"viber_build_info{" in shown


def test_a_query_for_nothing_would_be_noticed(
    prometheus: Prometheus, traffic: Traffic
) -> None:
    """The test above can fail: a metric that is not there yields nothing."""
    traffic.flow()

    wait_for("up", lambda: prometheus.ask(f'up{{namespace="{NAMESPACE}"}}'))
    assert prometheus.ask("sum(viber_no_such_metric)") == []
    assert prometheus.ask("vector(0) / 0") == []
