"""Small requests over HTTP: to what a command has started, or to management ports."""

import asyncio
import json
from typing import Any
from urllib.request import Request, urlopen

ANSWER_SECONDS = 5.0


async def ask(url: str, content: object = None) -> Any:
    """GET, or POST content; return the answer's JSON, or its text.

    Raises:
        OSError: There is no answer, or no success.
    """
    body = None if content is None else json.dumps(content).encode()
    request = Request(url, body, {"content-type": "application/json"})  # noqa: S310  ours, or checked
    return await asyncio.to_thread(_answer_to, request)


def _answer_to(request: Request) -> Any:
    with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  as above
        text: str = answer.read().decode()
        is_json = answer.headers.get_content_type() == "application/json"
    return json.loads(text) if is_json else text
