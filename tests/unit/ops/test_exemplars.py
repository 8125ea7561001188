"""Exemplars: samples lead to a trace, for whoever asks for OpenMetrics."""

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as plain

from gateway.core.answer import Reply
from gateway.core.result import Ending, ResultOutcome
from gateway.ops.health import Health
from gateway.ops.management import management_app
from tests.fakes.asgi import Exchange
from tests.fakes.commands import decoded, record
from tests.fakes.record import NOON
from tests.unit.ops.desk import Desk

TRACE = {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}
OPENMETRICS = "application/openmetrics-text;version=1.0.0"


async def scrape(desk: Desk, accept: str) -> str:
    """Return `/metrics` as a scraper asks for it."""
    health = Health(lambda: 0.0, frozenset())
    app = management_app(health, desk.metrics.registry, lambda: None, dict)
    exchange = Exchange("/metrics", headers={"accept": accept}, method="GET")
    response = (await exchange.run(app)).response
    assert response.headers["content-type"].split(";")[0] in accept
    return response.body.decode()


@pytest.fixture
def desk() -> Desk:
    """Return an observer of a process in which everything belongs to one trace."""
    desk = Desk(lambda: TRACE)
    desk.observer.callback_answered("shop", "message", 200, "published", 0.02)
    desk.observer.call_made("viber", Reply(200, b""), 0.2)
    ending = Ending(ResultOutcome.ACCEPTED, NOON + 1.5)
    desk.observer.command_ended(decoded(record()), ending)
    return desk


async def test_openmetrics_has_exemplars(desk: Desk) -> None:
    """Of callbacks, of calls, and of commands from end to end."""
    families = openmetrics(await scrape(desk, OPENMETRICS))

    linked = {
        sample.name
        for family in families
        for sample in family.samples
        if sample.exemplar and sample.exemplar.labels == TRACE
    }
    assert linked == {
        "http_server_request_duration_seconds_bucket",
        "http_client_request_duration_seconds_bucket",
        "viber_outbound_delivery_seconds_bucket",
    }


async def test_the_plain_text_has_none(desk: Desk) -> None:
    """It has no place for them."""
    families = plain(await scrape(desk, "text/plain;version=0.0.4"))

    assert not [s for f in families for s in f.samples if s.exemplar]


async def test_a_trace_that_is_not_kept_is_no_exemplar() -> None:
    """A link that leads nowhere is worse than none."""
    desk = Desk(lambda: None)
    desk.observer.callback_answered("shop", "message", 200, "published", 0.02)

    families = openmetrics(await scrape(desk, OPENMETRICS))
    assert not [s for f in families for s in f.samples if s.exemplar]
