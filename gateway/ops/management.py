"""The management port: probes, metrics and documents.  Never exposed publicly.

Its routes take the request as it is: a parameter that FastAPI reads makes it load two
generations of pydantic (ADR 0018).
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from gateway.ops.health import Health


def management_app(
    health: Health,
    registry: CollectorRegistry,
    refresh: Callable[[], None],
    describe: Callable[[], dict[str, Any]],
) -> FastAPI:
    """Build the app.

    Args:
        health: What the probes ask.
        registry: What `/metrics` shows.
        refresh: Brings the gauges up to date before it is shown.
        describe: What `/health` tells people.
    """
    app = FastAPI(title="viber-gateway, management", openapi_url=None, docs_url=None)

    @app.get("/livez")
    async def livez() -> Response:
        return _probe(health.is_alive, "alive", "the poll loop stands still")

    @app.get("/startupz")
    async def startupz() -> Response:
        return _probe(health.is_started, "started", "waiting for Kafka")

    @app.get("/readyz")
    async def readyz() -> Response:
        failing = health.failing
        return _probe(not failing, "ready", f"not ready: {', '.join(failing)}")

    @app.get("/health")
    async def verbose() -> JSONResponse:
        failing = health.failing
        return JSONResponse(
            {
                **describe(),
                "checks": dict(health.checks),
                "is_ready": not failing,
                "not_ready_for": failing,
            }
        )

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        refresh()
        return _shown(registry, request.headers.get("accept", ""))

    return app


def _shown(registry: CollectorRegistry, accept: str) -> Response:
    """Write the metrics in the form that is asked for; OpenMetrics has exemplars."""
    encode, kind = choose_encoder(accept)
    return Response(encode(registry), media_type=kind)


def _probe(is_well: bool, well: str, otherwise: str) -> Response:  # noqa: FBT001  a probe has two answers
    return PlainTextResponse(
        f"{well if is_well else otherwise}\n", status_code=200 if is_well else 503
    )
