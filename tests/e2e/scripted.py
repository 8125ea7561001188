"""Viber as a script: a loopback server whose answers are bytes, right or wrong.

Each user has a script of their own, an answer a call; where it ends, Viber accepts.
What was asked, and when, can be looked at.  Simulators are polite; this one is not.
"""

import gzip
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

ACCOUNT: Final = "get_account_info"


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back.

    Attributes:
        missing: How many bytes fewer are sent than were promised.
        is_silent: Nothing comes, until the client gives up.
        retry_in: Seconds until the date that `Retry-After` names; it has whole ones.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    is_silent: bool = False
    retry_in: float = 0.0


def says(status: object, http: int = 200, **headers: str) -> Answer:
    """Return an answer of Viber's, with this status."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(http, json.dumps({"status": status}).encode(), named)


def zipped(body: bytes) -> Answer:
    """Return an answer that is compressed."""
    return Answer(200, gzip.compress(body), {"content-encoding": "gzip"})


OK: Final = says(0)
SILENCE: Final = Answer(is_silent=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which path, about which user, and when (monotonic seconds)."""

    path: str
    user: str
    at: float


class ScriptedViber:
    """The server; a `with` runs it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._is_closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self._server.server_port}/pa"

    def script(self, user: str, *answers: Answer) -> None:
        """Answer the next calls about a user so."""
        self._scripts[user].extend(answers)

    def times(self, user: str) -> list[float]:
        """Tell when calls about a user came."""
        return [asked.at for asked in self.asked if asked.user == user]

    def answer(self, path: str, request: Any) -> Answer:
        """Note a request, and take the next answer of its script."""
        user = request.get("receiver") or request.get("id") or ""
        user = user or "".join(request.get("broadcast_list", []))
        self.asked.append(Asked(path, user, time.monotonic()))
        if path.endswith(ACCOUNT):
            return Answer(200, b'{"status": 0, "webhook": "https://gw.example"}')
        script = self._scripts[user]
        return script.popleft() if script else OK

    def wait_until_closing(self) -> None:
        """Let a request hang."""
        self._is_closing.wait()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        viber = self

        class Handler(_Handler):
            """Answers for this server."""

            scripted = viber

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    scripted: ScriptedViber

    def do_POST(self) -> None:
        """Answer as the script says."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = self.scripted.answer(self.path, json.loads(body))
        if answer.is_silent:
            self.scripted.wait_until_closing()
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, text in answer.headers.items():
            self.send_header(name, text)
        if answer.retry_in:
            moment = datetime.now(UTC) + timedelta(seconds=answer.retry_in)
            self.send_header("retry-after", format_datetime(moment, usegmt=True))
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) - answer.missing])
        self.close_connection |= answer.missing > 0

    def log_message(self, *_: object) -> None:
        """Say nothing."""
