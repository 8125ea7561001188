"""The bodies of callbacks, member by member in the order seen on the wire.

Compact JSON in UTF-8, tokens as integers.  The order differs between kinds, and
``subscribed`` carries its token last.  Sources: the captures behind the fixtures in
``tests/fixtures/viber/callbacks``.
"""

from typing import Any

import msgspec

Json = dict[str, Any]
encode = msgspec.json.Encoder().encode


def webhook(at: int, host: str, token: int) -> Json:
    """The callback that verifies a webhook."""
    return _head("webhook", at, host, token)


def conversation_started(
    head: tuple[int, str, int], user: Json, context: str | None, *, subscribed: bool
) -> Json:
    """A user opens the chat; ``context`` comes from a deep link only."""
    body = _head("conversation_started", *head) | {"type": "open"}
    if context is not None:
        body["context"] = context
    return body | {"user": user, "subscribed": subscribed}


def subscribed(at: int, host: str, token: int, user: Json) -> Json:
    """A user subscribes by hand; here the token stands last."""
    return {
        "event": "subscribed",
        "timestamp": at,
        "chat_hostname": host,
        "user": user,
        "message_token": token,
    }


def unsubscribed(at: int, host: str, token: int, user_id: str) -> Json:
    """A user leaves; here the token stands last."""
    return {
        "event": "unsubscribed",
        "timestamp": at,
        "chat_hostname": host,
        "user_id": user_id,
        "message_token": token,
    }


def message(
    head: tuple[int, str, int], sender: Json, content: Json, *, silent: bool
) -> Json:
    """A user's message."""
    body = _head("message", *head)
    if "chat_id" in content:  # the in-chat form: these two stand before the sender
        body["chat_id"] = content["chat_id"]
        body["reply_type"] = content.get("reply_type", "message")
        content = {
            name: value
            for name, value in content.items()
            if name not in {"chat_id", "reply_type"}
        }
    return body | {"sender": sender, "message": content, "silent": silent}


def receipt(event: str, at: int, host: str, token: int, user_id: str) -> Json:
    """``delivered`` or ``seen``: the token is that of the message."""
    return _head(event, at, host, token) | {"user_id": user_id}


def failed(at: int, host: str, token: int, user_id: str, desc: str) -> Json:
    """The user's phone refused an accepted message."""
    return receipt("failed", at, host, token, user_id) | {"desc": desc}


def client_status(at: int, host: str, token: int, user: Json, status: Json) -> Json:
    """The state of a payment; here the token stands before the host name."""
    return {
        "event": "client_status",
        "timestamp": at,
        "message_token": token,
        "chat_hostname": host,
        "user": user,
        "status": status,
    }


def _head(event: str, at: int, host: str, token: int) -> Json:
    return {
        "event": event,
        "timestamp": at,
        "chat_hostname": host,
        "message_token": token,
    }
