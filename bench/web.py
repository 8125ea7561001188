"""HTTP as the benches themselves speak it: one request per connection."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

SECONDS = 20.0
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def status_of(url: str) -> int:
    """Get something; return the HTTP status."""
    return _ask("GET", url, b"", NO_HEADERS)[0]


def ask(
    method: str, url: str, body: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
) -> Any:
    """Send a body, return the JSON of the answer, whatever its HTTP status."""
    return json.loads(_ask(method, url, body, headers)[1])


def _ask(
    method: str, url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    target = urlsplit(url)
    connection = HTTPConnection(target.netloc, timeout=SECONDS)
    try:
        path = target.path + (f"?{target.query}" if target.query else "")
        own = {"Content-Type": "application/json", **headers}
        connection.request(method, path, body, own)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
