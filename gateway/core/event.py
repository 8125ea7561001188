"""Callback -> inbound record: a CloudEvent in the Kafka binding's binary mode.

The value is the callback's raw body; everything that the gateway adds stands in
headers.  Sources: CloudEvents 1.0.2, "Kafka Protocol Binding" 3.2; ADR 0003.
"""

import hashlib

from gateway.core.callback import Callback
from gateway.core.identity import EVENT_NAMESPACE, repeatable_id
from gateway.core.instant import rfc3339
from gateway.core.record import Header, NewRecord

TYPE_PREFIX = "com.viber.callback."


def event_id(bot: str, callback: Callback, body: bytes) -> str:
    """Return the event's id; a repeated callback, and each device's, has the same."""
    token = callback.message_token or hashlib.sha256(body).hexdigest()
    return repeatable_id(EVENT_NAMESPACE, bot, callback.event, token, callback.user_id)


class EventEncoder:
    """Writes one bot's callbacks as inbound records.

    What never changes for a bot is made once, here.
    """

    def __init__(self, bot: str, topic: str) -> None:
        self._bot = bot
        self._topic = topic
        name = bot.encode()
        self._constant: tuple[Header, ...] = (
            ("content-type", b"application/json"),
            ("ce_specversion", b"1.0"),
            ("ce_source", b"/viber/bots/" + name),
            ("ce_bot", name),
        )

    def record(
        self, callback: Callback, body: bytes, received_at: float, *extra: Header
    ) -> NewRecord:
        """Write the inbound record of a callback that came at `received_at` (s)."""
        headers: list[Header] = [
            *self._constant,
            ("ce_id", event_id(self._bot, callback, body).encode()),
            ("ce_type", (TYPE_PREFIX + callback.event).encode()),
            ("ce_receivedat", rfc3339(received_at).encode()),
        ]
        if callback.timestamp is not None:
            headers.append(("ce_time", rfc3339(callback.timestamp).encode()))
        if callback.message_token is not None:
            headers.append(("ce_messagetoken", callback.message_token.encode()))
        key = None
        if callback.user_id is not None:
            key = callback.user_id.encode()
            headers.append(("ce_subject", key))
        return NewRecord(self._topic, key, body, (*headers, *extra))
