"""Asks a running sender about one command, by its management port."""

import asyncio
import json
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from gateway.core.errors import SettingsError
from gateway.egress.recent import Standing

ANSWER_SECONDS = 5.0


async def ask(url: str, command_id: str, at: Standing) -> dict[str, Any] | None:
    """Return what `/explain` says of a command; None: no sender answers there.

    Raises:
        SettingsError: The URL is none of HTTP.
    """
    if not url.startswith(("http://", "https://")):
        raise SettingsError([f"--management: '{url}' must begin with http://"])
    place = urlencode({**at.partition._asdict(), "offset": at.offset})
    path = f"{url.rstrip('/')}/explain/{quote(command_id, safe='')}?{place}"
    return await asyncio.to_thread(_get, path)


def _get(url: str) -> dict[str, Any] | None:
    try:
        with urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  checked above
            told = json.load(answer)
    except (URLError, OSError, ValueError):
        return None
    return told if isinstance(told, dict) and "state" in told else None
