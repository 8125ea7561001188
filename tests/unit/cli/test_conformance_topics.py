"""What is read of the commands of a bot that is put to the test."""

import pytest

from gateway.cli.conformance.topics import body_of
from tests.fakes.record import ReadRecord

BODY = {"receiver": "u", "type": "text", "text": "hi"}
PLAIN = b'{"receiver": "u", "type": "text", "text": "hi"}'
STRUCTURED = b'{"specversion": "1.0", "id": "1", "data": ' + PLAIN + b"}"


@pytest.mark.parametrize("value", [PLAIN, STRUCTURED])
def test_the_body_of_a_command_is_found_in_every_form(value: bytes) -> None:
    """A structured event holds it as its data; in the other forms it is the value."""
    assert body_of(ReadRecord(value, [])) == BODY


@pytest.mark.parametrize("value", [None, b"", b"no JSON", b"[]"])
def test_what_is_no_command_has_no_body(value: bytes | None) -> None:
    """The bot is a stranger: whatever it writes, the test goes on."""
    assert body_of(ReadRecord(value, [])) == {}
