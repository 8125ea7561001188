"""The public port's document, served beside the probes."""

import json

from fastapi import FastAPI

from gateway.ops.openapi import openapi_routes
from tests.fakes.asgi import Exchange, Response
from tests.unit.ingress.site import Site

DOCUMENT = Site().app.openapi()
ROUTE = DOCUMENT["paths"]["/webhooks/{bot}"]["post"]


async def served(path: str) -> Response:
    """Ask the management port of a gateway that takes callbacks."""
    app = FastAPI(openapi_url=None)
    app.include_router(openapi_routes(lambda: DOCUMENT))
    return (await Exchange(path, method="GET").run(app)).response


async def test_machines_get_the_document() -> None:
    """As FastAPI describes the public port."""
    assert json.loads((await served("/openapi.json")).body) == DOCUMENT


async def test_people_get_every_parameter_and_answer_of_it() -> None:
    """Each answer's number, each parameter's name."""
    body = (await served("/docs")).body.decode()

    assert "POST /webhooks/{bot}" in body
    for name in [*ROUTE["responses"], *(p["name"] for p in ROUTE["parameters"])]:
        assert f"<code>{name}</code>" in body


async def test_the_page_needs_no_network() -> None:
    """It loads nothing, and its policy would not let it."""
    page = await served("/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.body.decode()
    assert "http" not in page.body.decode()
