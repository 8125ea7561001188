"""Commands as bots write them: binary CloudEvents, 400 bytes each."""

import json
from collections.abc import Iterator, Sequence

from bench.broker import Draft
from bench.callbacks import user_id
from bench.product import BOT

BYTES = 400


def commands(count: int, receivers: Sequence[str], first: int = 0) -> Iterator[Draft]:
    """Write commands to the receivers in turn, numbered from `first`."""
    for number in range(first, first + count):
        yield _command(number, receivers[number % len(receivers)])


def user_ids(count: int) -> list[str]:
    """Return so many users."""
    return [user_id(number) for number in range(count)]


def _command(number: int, receiver: str) -> Draft:
    room = BYTES - len(_body(number, receiver, ""))
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"%d" % number),
        ("ce_source", b"/bench"),
        ("ce_type", b"com.viber.command.send_message"),
        ("ce_bot", BOT.encode()),
    ]
    return Draft(receiver.encode(), _body(number, receiver, "x" * room), headers)


def _body(number: int, receiver: str, text: str) -> bytes:
    said = {
        "receiver": receiver,
        "min_api_version": 1,
        "sender": {"name": "Bench", "avatar": "https://example.org/avatar.png"},
        "tracking_data": str(number),
        "type": "text",
        "text": text,
    }
    return json.dumps(said).encode()
