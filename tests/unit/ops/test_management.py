"""The management port: probes, metrics and documents."""

import json

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from gateway.ops.health import POLL_LIMIT_SECONDS, Health
from gateway.ops.management import management_app
from gateway.ops.metrics import Metrics
from tests.fakes.asgi import Exchange, Response


class Process:
    """A process as its management port sees it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.health = Health(lambda: self.now, frozenset({"producer"}))
        self.metrics = Metrics("all")
        self.waiting = 0
        self.app: FastAPI = management_app(
            self.health,
            self.metrics.registry,
            lambda: self.metrics.producer_buffered.set(self.waiting),
            lambda: {"version": "1", "bots": ["shop"]},
        )

    async def get(self, path: str, method: str = "GET") -> Response:
        """Ask for something."""
        return (await Exchange(path, method=method).run(self.app)).response


async def test_started_says_whether_kafka_was_reached() -> None:
    """Until then the platform waits and does not restart."""
    process = Process()
    assert (await process.get("/startupz")).status == 503

    process.health.started("producer")

    response = await process.get("/startupz")
    assert (response.status, response.body) == (200, b"started\n")


async def test_ready_names_what_fails() -> None:
    """Whoever looks at the probe need not look further."""
    process = Process()
    process.health.add_check("buffer", lambda: False)
    process.health.is_draining = True

    response = await process.get("/readyz")

    assert response.status == 503
    assert response.body == b"not ready: startup, draining, buffer\n"


async def test_ready_is_one_word() -> None:
    """When nothing fails."""
    process = Process()
    process.health.started("producer")

    response = await process.get("/readyz")

    assert (response.status, response.body) == (200, b"ready\n")


async def test_alive_asks_nobody_else() -> None:
    """Neither Kafka nor the start; only whether the poll loop stands still."""
    process = Process()
    process.health.tick()
    assert (await process.get("/livez")).status == 200

    process.now += POLL_LIMIT_SECONDS

    assert (await process.get("/livez")).status == 503


async def test_health_tells_people() -> None:
    """What runs here, and what keeps it from being ready."""
    response = await Process().get("/health")

    assert response.status == 200
    assert json.loads(response.body) == {
        "version": "1",
        "bots": ["shop"],
        "checks": {"startup": False, "draining": True},
        "is_ready": False,
        "not_ready_for": ["startup"],
    }


async def test_metrics_are_as_of_now() -> None:
    """Gauges are brought up to date when somebody looks."""
    process = Process()
    process.waiting = 7

    response = await process.get("/metrics")

    assert response.status == 200
    assert response.headers["content-type"].startswith("text/plain")
    families = list(text_string_to_metric_families(response.body.decode()))
    values = {s.name: s.value for family in families for s in family.samples}
    assert values["viber_kafka_producer_buffered_messages"] == 7


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_a_process_without_callbacks_has_nothing_to_describe(path: str) -> None:
    """A sender has no public port."""
    assert (await Process().get(path)).status == 404


@pytest.mark.parametrize("path", ["/", "/webhooks/shop", "/redoc", "/livez/x"])
async def test_there_is_nothing_else(path: str) -> None:
    """Least of all the public route."""
    assert (await Process().get(path)).status == 404


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/health"])
async def test_nothing_can_be_changed_here(path: str) -> None:
    """It is only looked at."""
    assert (await Process().get(path, "POST")).status == 405
