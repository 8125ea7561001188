"""core: microseconds per call of each pure step of both hot paths, in one process.

The best of many short repetitions: what else runs on the machine only adds to a
repetition, so the least is the step itself.
"""

import argparse
import time
from collections.abc import Callable, Mapping
from functools import partial
from timeit import Timer

from aiokafka import ConsumerRecord

from bench.callbacks import TOKEN, callback, sign
from bench.commands import commands, user_ids
from bench.product import BOT
from bench.table import show
from gateway.bots import Bot
from gateway.core import callback as callbacks
from gateway.core.answer import Reply
from gateway.core.callback import is_signed
from gateway.core.command import Command, CommandDecoder
from gateway.core.event import EventEncoder, event_id
from gateway.core.finished_map import encode
from gateway.core.instant import rfc3339
from gateway.core.method import Method
from gateway.core.offsets import Offsets
from gateway.core.outcome import classify
from gateway.core.record import NewRecord
from gateway.core.result import Ending, ResultOutcome, result_record

ANSWER = (
    b'{"status":0,"status_message":"ok","message_token":6109932537732547908,'
    b'"chat_hostname":"SN-CHAT-05_","billing_status":1}'
)
Step = Callable[[], object]
SECONDS = 0.005  # of one repetition, about
HELD = 1000  # commands in flight while offsets are looked at


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--repetitions", type=int, default=100)


def run(options: argparse.Namespace) -> None:
    """Measure."""
    for title, steps in (
        ("callback to event", _callback_steps()),
        ("command to result", _command_steps()),
        (f"{HELD} commands in flight, every second one finished", _offset_steps()),
    ):
        took = {name: best(step, options.repetitions) for name, step in steps.items()}
        show(title, {name: [{"us": each}] for name, each in took.items()})


def best(step: Step, repetitions: int) -> float:
    """Return the microseconds of one call, in the best repetition."""
    timer = Timer(step)
    calls, seconds = timer.autorange()
    calls = max(1, round(calls * SECONDS / seconds))
    return min(timer.repeat(repetitions, calls)) / calls * 1e6


def _callback_steps() -> Mapping[str, Step]:
    body = callback(1)
    signature = sign(body).encode()
    said = callbacks.parse(body)
    encoder, now = EventEncoder(BOT, "viber.inbound"), time.time_ns() / 1e9
    return {
        "is_signed": partial(is_signed, body, signature, (TOKEN.encode(),)),
        "parse": partial(callbacks.parse, body),
        "record": partial(encoder.record, said, body, now),
        "of it: event_id": partial(event_id, BOT, said, body),
        "of it: rfc3339, twice a record": partial(rfc3339, now),
    }


def _command_steps() -> Mapping[str, Step]:
    record = command_record()
    now = time.time_ns() / 1e9
    decoder = CommandDecoder({BOT: Bot(BOT, TOKEN)})
    command = decoder.decode(record, now)
    if not isinstance(command, Command):
        raise TypeError(command.error)
    reply = Reply(200, ANSWER)
    outcome = classify(Method.SEND_MESSAGE, reply, has_receiver=True)
    ending = Ending(ResultOutcome.ACCEPTED, now, answer=outcome.answer, attempts=1)
    return {
        "decode": partial(decoder.decode, record, now),
        "classify": partial(classify, Method.SEND_MESSAGE, reply, has_receiver=True),
        "result_record": partial(result_record, "viber.results", command, ending),
    }


def callback_record() -> NewRecord:
    """Return a callback as it is written to Kafka."""
    body, now = callback(1), time.time_ns() / 1e9
    return EventEncoder(BOT, "viber.inbound").record(callbacks.parse(body), body, now)


def command_record() -> ConsumerRecord[bytes, bytes]:
    """Return a command as the consumer hands it over."""
    (draft,) = commands(1, user_ids(1))
    return ConsumerRecord(
        topic="viber.outbound",
        partition=0,
        offset=0,
        timestamp=time.time_ns() // 1_000_000,
        timestamp_type=0,
        key=draft.key,
        value=draft.value,
        checksum=None,
        serialized_key_size=len(draft.key),
        serialized_value_size=len(draft.value),
        headers=draft.headers,
    )


def _offset_steps() -> Mapping[str, Step]:
    offsets = Offsets(0)
    for offset in range(2 * HELD):
        offsets.track(offset)
    for offset in range(1, 2 * HELD, 2):
        offsets.resolve(offset)
    finished = offsets.finished()
    return {"finished": offsets.finished, "encode": partial(encode, finished)}
