"""HTTP as somebody outside speaks it: each request on a connection of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Final
from urllib.parse import urlsplit

_ANSWER_SECONDS: Final = 20.0
NO_HEADERS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body's value; only an answer of success has one."""
        assert self.status in {200, 201}, (self.status, self.body)
        return json.loads(self.body)


def request(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Answer:
    """Make a request."""
    connection, target = _connect(url)
    try:
        connection.request(method, target, body, dict(headers))
        return _read(connection.getresponse())
    finally:
        connection.close()


def get(url: str) -> Answer:
    """Get something."""
    return request("GET", url)


def send_json(url: str, content: object, method: str = "POST") -> Answer:
    """Send a value as JSON."""
    body = json.dumps(content).encode()
    return request(method, url, body, {"content-type": "application/json"})


def begin(url: str, headers: Mapping[str, str], beginning: bytes) -> Answer:
    """Post the beginning of a body, never its end; return what is answered to that."""
    connection, target = _connect(url)
    try:
        connection.putrequest("POST", target)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(beginning)
        return _read(connection.getresponse())
    finally:
        connection.close()


def is_listening(url: str) -> bool:
    """Whether a connection can be made."""
    connection, _ = _connect(url)
    try:
        connection.connect()
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()
    return True


def _connect(url: str) -> tuple[HTTPConnection, str]:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return HTTPConnection(parts.netloc, timeout=_ANSWER_SECONDS), target


def _read(response: HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())
