"""Viber's documented requests <-> what the decoder makes of them, in every form."""

from base64 import b64encode
from collections.abc import Callable

import msgspec
import pytest

from gateway.bots import Bot
from gateway.core.command import Command, CommandDecoder
from gateway.core.method import Method
from tests.fakes.record import NOON, ReadRecord
from tests.fixtures import load, names, raw

DECODER = CommandDecoder({"shop": Bot("shop", "t")})
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=utf-8")]
# By the beginning of a fixture's name; what begins otherwise is no command.
METHODS = {
    "send_": Method.SEND_MESSAGE,
    "broadcast_": Method.BROADCAST_MESSAGE,
    "channel_post": Method.POST,
    "get_account_info": Method.GET_ACCOUNT_INFO,
    "get_user_details": Method.GET_USER_DETAILS,
    "get_online": Method.GET_ONLINE,
}


def method_of(name: str) -> Method | None:
    """Tell which method a fixture is a request of."""
    file = name.removeprefix("requests/")
    return next((m for start, m in METHODS.items() if file.startswith(start)), None)


REQUESTS = [name for name in names("requests") if method_of(name)]


def plain(method: Method, body: bytes) -> ReadRecord:
    """Write a request as a record with headers of no envelope."""
    return ReadRecord(body, [("method", method.encode()), ("id", b"c-1")])


def guessed(method: Method, body: bytes) -> ReadRecord:
    """Write a request as a record of nothing but its body, where that is enough."""
    if method in {Method.SEND_MESSAGE, Method.BROADCAST_MESSAGE}:
        return ReadRecord(body, [("id", b"c-1")])
    return plain(method, body)


def binary(method: Method, body: bytes) -> ReadRecord:
    """Write a request as a binary CloudEvent."""
    kind = f"com.viber.command.{method}".encode()
    headers = [("ce_specversion", b"1.0"), ("ce_type", kind), ("ce_id", b"c-1")]
    return ReadRecord(body, headers)


def structured(method: Method, body: bytes) -> ReadRecord:
    """Write a request as a structured CloudEvent."""
    start = b'{"specversion":"1.0","id":"c-1","type":"com.viber.command.%s","data":'
    return ReadRecord(start % method.encode() + body + b"}", STRUCTURED)


def structured_bytes(method: Method, body: bytes) -> ReadRecord:
    """Write a request as a structured CloudEvent of bytes."""
    start = b'{"specversion":"1.0","id":"c-1","type":"com.viber.command.%s",'
    data = b'"data_base64":"' + b64encode(body) + b'"}'
    return ReadRecord(start % method.encode() + data, STRUCTURED)


FORMS = [plain, guessed, binary, structured, structured_bytes]


def test_every_method_has_a_documented_request() -> None:
    """And what is left over is an operator's, or no request at all."""
    assert {method_of(name) for name in REQUESTS} == set(Method)
    others = set(names("requests")) - set(REQUESTS)
    starts = ("requests/set_webhook", "requests/welcome_response")
    assert all(name.startswith(starts) for name in others)


@pytest.mark.parametrize("form", FORMS, ids=[form.__name__ for form in FORMS])
@pytest.mark.parametrize("name", REQUESTS)
def test_every_documented_request_can_be_asked_for(
    name: str, form: Callable[[Method, bytes], ReadRecord]
) -> None:
    """Its method is known, and what goes to Viber is what is documented."""
    method = method_of(name)
    assert method is not None

    command = DECODER.decode(form(method, raw(name).strip()), NOON)

    assert isinstance(command, Command)
    assert (command.id, command.method) == ("c-1", method)
    wanted = {k: v for k, v in load(name).items() if k != "auth_token"}
    assert msgspec.json.decode(command.body) == wanted
    if "auth_token" not in load(name):
        assert command.body == raw(name).strip()
