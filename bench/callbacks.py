"""Callbacks as Viber sends them: 550 bytes, signed, from 1,000 users."""

import base64
import hmac
import json

from bench.load import request

TOKEN = "0fixture0token00-0fixture0token01-0fixture0token02"  # noqa: S105 - invented
BYTES = 550
USERS = 1000


def signed_requests(url: str) -> list[bytes]:
    """Write one `message` callback per user, as requests that are ready to be sent."""
    return [_request(url, callback(number)) for number in range(USERS)]


def _request(url: str, body: bytes) -> bytes:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "akka-http/10.2.4",
        "X-Viber-Content-Signature": sign(body),
    }
    return request(url, headers, body)


def sign(body: bytes) -> str:
    """Sign a callback's body as Viber does."""
    return hmac.digest(TOKEN.encode(), body, "sha256").hex()


def user_id(number: int) -> str:
    """Return a user's id: 16 bytes in base64, as Viber's are."""
    return base64.b64encode(number.to_bytes(16, "big")).decode()


def callback(number: int) -> bytes:
    """Write the `message` callback of a user."""
    room = BYTES - len(_message(number, ""))
    return _message(number, "x" * room)


def _message(number: int, text: str) -> bytes:
    said = {
        "event": "message",
        "timestamp": 1_748_779_210_000 + number,
        "chat_hostname": "SN-CHAT-05_",
        "message_token": 6_109_932_537_732_547_000 + number,
        "sender": {
            "id": user_id(number),
            "name": "Oksana Prykladna",
            "avatar": "https://media-direct.cdn.viber.com/download_photo?dlid=fixture",
            "language": "uk-UA",
            "country": "UA",
            "api_version": 10,
        },
        "message": {"text": text, "type": "text"},
        "silent": False,
    }
    return json.dumps(said, separators=(",", ":")).encode()
