"""Asks a running sender about one command, by its management port."""

from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from gateway.cli import web
from gateway.core.errors import SettingsError
from gateway.egress.explanation import place
from gateway.egress.recent import Standing


async def ask(
    url: str, command_id: str, at: Standing | None = None
) -> dict[str, Any] | None:
    """Return what `/explain` says of a command; None: no sender answers there.

    Args:
        url: Of the management port.
        command_id: As its producer named it.
        at: Where its record stands, if that is known.

    Raises:
        SettingsError: The URL is none of HTTP.
    """
    if not url.startswith(("http://", "https://")):
        raise SettingsError([f"--management: '{url}' must begin with http://"])
    query = urlencode(place(at) if at else {})
    path = f"{url.rstrip('/')}/explain/{quote(command_id, safe='')}?{query}"
    try:
        told = await web.ask(path)
    except (OSError, HTTPException, ValueError):
        return None
    return told if isinstance(told, dict) and "state" in told else None
