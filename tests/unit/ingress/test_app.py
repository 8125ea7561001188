"""The public port's app: one route, described, and nothing else."""

import pytest

from tests.fakes.asgi import Exchange
from tests.unit.ingress.site import TOKEN, Site


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/webhooks",
        "/webhook/shop",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/metrics",
        "/health",
        "/livez",
        "//webhooks/shop",
        "/%77ebhooks/shop",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_there_is_nothing_else_on_the_public_port(path: str, method: str) -> None:
    """Documents and probes are on the management port."""
    exchange = Exchange(path, method=method)

    await exchange.run(Site().app)

    assert exchange.sent[0]["status"] == 404


def test_the_route_is_described() -> None:
    """With every answer of the contract's table, and where the signature stands."""
    document = Site().app.openapi()

    assert list(document["paths"]) == ["/webhooks/{bot}"]
    route = document["paths"]["/webhooks/{bot}"]
    assert list(route) == ["post"]
    answers = {"200", "403", "404", "405", "408", "413", "503"}
    assert route["post"]["responses"].keys() == answers
    parameters = {(p["in"], p["name"]) for p in route["post"]["parameters"]}
    assert parameters == {
        ("path", "bot"),
        ("header", "X-Viber-Content-Signature"),
        ("query", "sig"),
    }
    assert TOKEN not in str(document)
