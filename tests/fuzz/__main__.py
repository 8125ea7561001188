"""Feeds atheris' inputs to all that reads what others wrote, until something breaks.

    pip install atheris
    python -m tests.fuzz -max_total_time=600

Bytes go over the wire of the public port, into the callback parser, and as records
into the decoders of commands and replies.  Nothing may raise, hang or answer 500.
atheris is no dependency: this is run by hand, now and then.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any

import atheris

with atheris.instrument_imports(include=["gateway", "uvicorn"]):
    import uvicorn
    from uvicorn.server import ServerState

    from gateway.core.callback import parse
    from gateway.core.errors import MalformedCallbackError
    from gateway.core.reply import WelcomeError, correlation_id, read_message
    from gateway.ops.http_protocol import Limits, limited
    from tests.fakes.commands import ONE_BOT, TWO_BOTS
    from tests.fakes.record import NOON, ReadRecord
    from tests.fakes.settle import settle
    from tests.unit.ingress.site import Site
    from tests.unit.ops.test_http_protocol import Wire

HEADERS = (
    "ce_specversion",
    "ce_type",
    "ce_id",
    "ce_bot",
    "ce_expirytime",
    "ce_notbefore",
    "content-type",
    "method",
    "bot",
    "id",
    "correlationid",
    "ce_correlationid",
)
LOOP = asyncio.new_event_loop()
MOST_PIECES = 4


def over_the_wire(given: Any) -> None:
    """Let a connection bring these bytes, in a few pieces."""
    LOOP.run_until_complete(_connect(given))


async def _connect(given: Any) -> None:
    config = uvicorn.Config(
        Site().app, http=limited(Limits()), lifespan="off", log_config=None
    )
    config.load()
    make: Any = config.http_protocol_class
    protocol = make(config=config, server_state=ServerState(), app_state={})
    wire = Wire()
    protocol.connection_made(wire)
    for _ in range(given.ConsumeIntInRange(1, MOST_PIECES)):
        protocol.data_received(given.ConsumeBytes(given.ConsumeIntInRange(0, 500)))
        await settle()
    protocol.connection_lost(None)
    await settle()
    assert b" 500 " not in wire.written, wire.written


def as_a_callback(given: Any) -> None:
    """Read a callback's body."""
    with suppress(MalformedCallbackError):
        assert parse(given.ConsumeBytes(given.remaining_bytes())).event


def as_a_record(given: Any) -> None:
    """Read a command, and a reply, from one record."""
    headers = [
        (given.PickValueInList(list(HEADERS)), given.ConsumeBytes(20))
        for _ in range(given.ConsumeIntInRange(0, 6))
    ]
    record = ReadRecord(given.ConsumeBytes(given.remaining_bytes()), headers)
    for decoder in (ONE_BOT, TWO_BOTS):
        assert decoder.decode(record, NOON, None).id
    correlation_id(record)
    with suppress(WelcomeError):
        read_message(record.value)


TARGETS = (over_the_wire, as_a_callback, as_a_record)


def feed(content: bytes) -> None:
    """Take one input; its first byte says where it goes."""
    given = atheris.FuzzedDataProvider(content)
    TARGETS[given.ConsumeIntInRange(0, len(TARGETS) - 1)](given)


if __name__ == "__main__":
    asyncio.set_event_loop(LOOP)
    atheris.Setup(sys.argv, feed)
    atheris.Fuzz()
