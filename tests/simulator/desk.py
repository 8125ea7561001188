"""A whole simulator in the test's own hands: no socket, no process, no waiting.

``api`` calls Viber's REST API and ``sim`` the control API, both through the ASGI
application that the server serves.  ``settle`` lets all callbacks out that are due.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec

from simulator.composition import DEFAULT_TOKEN, Options, Simulator, application
from simulator.control.app import build
from tests.simulator.hands import HandClock, HandWebhook, Posted

HOOK = "https://bot.example/viber/main"
Json = dict[str, Any]


@dataclass(slots=True)
class Desk:
    """One simulator with one bot, ``main``, that has no webhook yet."""

    options: Options = field(default_factory=Options)
    clock: HandClock = field(default_factory=HandClock)
    webhook: HandWebhook = field(default_factory=HandWebhook)
    simulator: Simulator = field(init=False)
    app: Any = field(init=False)

    def __post_init__(self) -> None:
        self.simulator = Simulator(self.options, self.clock, self.clock, self.webhook)
        self.app = application(self.simulator.endpoint, build(self.simulator))

    async def api(
        self, method: str, body: Any = None, token: str | None = DEFAULT_TOKEN
    ) -> Json:
        """Call a method of the REST API; the HTTP status must be 200."""
        headers = [] if token is None else [(b"x-viber-auth-token", token.encode())]
        raw = msgspec.json.encode({} if body is None else body)
        status, answer = await self.request("POST", f"/pa/{method}", raw, headers)
        assert status == 200
        decoded: Json = msgspec.json.decode(answer)
        return decoded

    async def sim(
        self, path: str, body: Any = None, http_method: str | None = None
    ) -> Any:
        """Call the control API; the HTTP status must be one of success."""
        verb = http_method or ("GET" if body is None else "POST")
        raw = b"" if body is None else msgspec.json.encode(body)
        status, answer = await self.request(verb, f"/sim/{path}", raw, [])
        assert status in {200, 201, 204}, answer
        return msgspec.json.decode(answer) if answer else None

    async def request(
        self,
        verb: str,
        path: str,
        body: bytes,
        headers: list[tuple[bytes, bytes]],
    ) -> tuple[int, bytes]:
        """Return HTTP status and body of any request."""
        address, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": verb,
            "scheme": "http",
            "path": unquote(address),
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [*headers, (b"content-type", b"application/json")],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8081),
        }
        requests = [{"type": "http.request", "body": body}]
        answers: list[Json] = []

        async def receive() -> Json:
            return requests.pop() if requests else {"type": "http.disconnect"}

        async def send(message: Json) -> None:
            answers.append(message)

        await self.app(scope, receive, send)
        status = answers[0]["status"] if answers else 0
        return status, b"".join(part.get("body", b"") for part in answers[1:])

    async def set_webhook(self, **members: Any) -> Json:
        """Set the bot's webhook; what came for it is put aside."""
        answer = await self.api("set_webhook", {"url": HOOK} | members)
        self.webhook.take()
        return answer

    async def add_user(self, **members: Any) -> str:
        """Make a user; returns the id."""
        user_id: str = (await self.sim("users", {"subscribed": True} | members))["id"]
        return user_id

    async def send(self, receiver: str, **members: Any) -> Json:
        """Send a message, a short text unless told otherwise."""
        message = {"type": "text", "text": "hi"} if "type" not in members else {}
        return await self.api(
            "send_message", message | {"receiver": receiver} | members
        )

    async def settle(self) -> list[Posted]:
        """Let out all callbacks that are due; return those that came."""
        courier = self.simulator.courier
        async with asyncio.TaskGroup() as group:
            work = group.create_task(courier.run())
            await courier.settle()
            work.cancel()
        return self.webhook.take()
