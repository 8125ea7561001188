"""A table of routes, and how it becomes a FastAPI router.

Rule: what routes do is ``async``.  FastAPI runs other functions in threads, and the
simulator's state belongs to the event loop.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import APIRouter

# HTTP method, path, status of success, what it does.
Route = tuple[str, str, int, Callable[..., Awaitable[Any]]]


def router(tag: str, routes: Iterable[Route]) -> APIRouter:
    """Return a router of these routes; earlier ones go first."""
    made = APIRouter(tags=[tag])
    for method, path, status, act in routes:
        made.add_api_route(path, act, methods=[method], status_code=status)
    return made
