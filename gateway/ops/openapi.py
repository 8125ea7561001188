"""`/openapi.json` and `/docs`: the public port, for machines and for people.

The page needs no script, so it is read where there is no internet either.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse

from gateway.contract.html import POLICY, frame, prose

Document = dict[str, Any]


def openapi_routes(document: Callable[[], Document]) -> APIRouter:
    """Build the two routes of the management port."""
    router = APIRouter()

    @router.get("/openapi.json")
    def openapi_json() -> Response:
        return JSONResponse(document())

    @router.get("/docs")
    def openapi_page() -> Response:
        return HTMLResponse(page(document()), headers=POLICY)

    return router


def page(document: Document) -> str:
    """Write the page of a document."""
    info = document["info"]
    routes = [
        _route(path, method, route)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]
    machines = '<p>The same for machines: <a href="openapi.json">openapi.json</a></p>'
    return frame(info["title"], info["version"], "\n".join([machines, *routes]))


def _route(path: str, method: str, route: Document) -> str:
    parameters = _table(
        (parameter["name"], parameter["in"], parameter["description"])
        for parameter in route["parameters"]
    )
    answers = _table(
        (code, "", answer["description"])
        for code, answer in sorted(route["responses"].items())
    )
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{prose(route['description'])}</p>"
        f"<h3>Parameters</h3>{parameters}<h3>Answers</h3>{answers}"
    )


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    cells = (
        f"<tr><th><code>{escape(name)}</code></th><td>{escape(kind)}</td>"
        f"<td>{prose(about)}</td></tr>"
        for name, kind, about in rows
    )
    return f"<table>{''.join(cells)}</table>"
