"""set_webhook: Viber calls the URL before it believes it.

While the call is open the signed ``webhook`` callback goes to the URL; only HTTP 200
makes the call succeed.  On failure the bot keeps the webhook it had, and the text is
that of Viber's Java client (seen live).
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from simulator.accounts import EVENT_TYPES, MANDATORY, Bot
from simulator.api.answers import Answer, ok, refused
from simulator.callbacks.callback import Callback, Reply
from simulator.callbacks.courier import Courier
from simulator.callbacks.outbox import Outbox
from simulator.rules import bodies
from simulator.rules.messages import check_members
from simulator.rules.schema import Field
from simulator.rules.statuses import Refusal, Status, refuse
from simulator.world import World

Json = dict[str, Any]
MEMBERS = {
    "url": Field("string", required=True),
    "event_types": Field("array", items=Field("string", choices=EVENT_TYPES)),
    "send_name": Field("boolean"),
    "send_photo": Field("boolean"),
    "is_inline": Field("boolean"),
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
JAVA = {
    "refused": "java.net.ConnectException: Connection refused",
    "dns": "java.net.UnknownHostException",
    "tls": "javax.net.ssl.SSLHandshakeException: General SSLEngine problem",
    "timeout": "java.net.SocketTimeoutException: Read timed out",
    "broken": "java.net.SocketException: Connection reset",
}


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The method set_webhook.

    ``on_set`` hears of every webhook that was verified.  Plain ``http`` is taken for
    loopback addresses, and anywhere with ``allow_http``.
    """

    world: World
    courier: Courier
    outbox: Outbox
    on_set: Callable[[Bot], None]
    allow_http: bool = False

    async def set_webhook(self, bot: Bot, request: Json) -> Answer:
        """Set, replace or (with an empty URL) remove a bot's webhook."""
        refusal = self._refuse(request)
        if refusal is not None:
            return refused(refusal, bot.host)
        url: str = request["url"]
        if not url:
            bot.webhook = ""
            return ok(bot)
        reply = await self._verify(bot, url)
        if not reply.is_ok:
            return refused(self._not_verified(url, reply), bot.host)
        bot.webhook = url
        bot.event_types = _event_types(request.get("event_types"))
        bot.send_name = bool(request.get("send_name", False))
        bot.send_photo = bool(request.get("send_photo", False))
        self.on_set(bot)
        head = ok(bot)
        return Answer(head.body | {"event_types": list(bot.event_types)})

    def _refuse(self, request: Json) -> Refusal | None:
        refusal = check_members(request, MEMBERS)
        if refusal is not None:
            return refusal
        url = request["url"]
        if url and not self._is_allowed(url):
            return refuse(Status.INVALID_URL, "https only (http for loopback)")
        return None

    def _is_allowed(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port_is_valid = parts.port is None or parts.port > 0
        except ValueError:
            return False
        plain = self.allow_http or parts.hostname in LOOPBACK
        scheme = parts.scheme == "https" or (parts.scheme == "http" and plain)
        return scheme and bool(parts.hostname) and port_is_valid

    async def _verify(self, bot: Bot, url: str) -> Reply:
        at, token = self.world.clock.now_ms(), self.world.token()
        callback = Callback(bot, "webhook", None, url=url)
        self.outbox.seal(callback, bodies.webhook(at, bot.host, token))
        return await self.courier.attempt(callback)

    def _not_verified(self, url: str, reply: Reply) -> Refusal:
        path = urlsplit(url).path or "/"
        request, response = (self.world.rng.getrandbits(32) for _ in range(2))
        answered = "null 0 null"
        if reply.status is not None:
            answered = f"HTTP/1.1 {reply.status} {_phrase(reply.status)}"
        error = JAVA.get(reply.trouble, "null")
        text = (
            f"Result[HttpRequest[POST {path} HTTP/1.1]@{request:08x} >"
            f" HttpResponse[{answered}]@{response:08x}] {error}"
        )
        return refuse(Status.INVALID_URL, reply.trouble, text)


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "unknown status"


def _event_types(wanted: list[str] | None) -> tuple[str, ...]:
    """Return the list to keep: the mandatory ones always, all when none is named."""
    if wanted is None:
        return EVENT_TYPES
    asked = MANDATORY - {"webhook"} | set(wanted)
    return tuple(event for event in EVENT_TYPES if event in asked)
