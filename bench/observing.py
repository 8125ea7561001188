"""observing: what counting, timing and logging cost each callback and each command.

The whole of one callback and of one command, as the roles do it, with metrics and a
log at its default level; then the steps of each.  Aims: 6 and 8 microseconds.
"""

import argparse
import time
from collections.abc import Mapping
from functools import partial

from bench.core import Step, best, callback_record, command_record
from bench.product import BOT
from bench.table import show
from gateway.bots import Bot
from gateway.core.answer import Reply
from gateway.core.command import Command, CommandDecoder
from gateway.core.method import Method
from gateway.core.outcome import classify
from gateway.core.result import Ending, ResultOutcome
from gateway.log import configure
from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer
from gateway.settings import LogSettings

REPLY = Reply(200, b'{"status":0,"message_token":6109932537732547908}')
TOPIC = "viber.inbound"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--repetitions", type=int, default=100)


def run(options: argparse.Namespace) -> None:
    """Measure."""
    configure(LogSettings())
    metrics = Metrics("all")
    observer = Observer(
        metrics, {BOT: Bot(BOT, "token")}, "viber.outbound", "viber.dlq"
    )
    for title, steps in (
        ("a callback", _callback_steps(observer)),
        ("a command", _command_steps(metrics, observer)),
    ):
        whole: dict[str, Step] = {"all of it": partial(_all, tuple(steps.values()))}
        took = {
            name: best(step, options.repetitions)
            for name, step in {**whole, **steps}.items()
        }
        show(title, {name: [{"us": each}] for name, each in took.items()})


def _all(steps: tuple[Step, ...]) -> None:
    for step in steps:
        step()


def _callback_steps(observer: Observer) -> Mapping[str, Step]:
    event, answered, batch = (
        observer.event_published,
        observer.callback_answered,
        observer.batch_answered,
    )
    record = callback_record()
    return {
        "batch_answered": lambda: batch(TOPIC, 1, 0.002, None),
        "event_published": lambda: event("message", record, 0.2),
        "callback_answered": lambda: answered(BOT, "message", 200, "published", 0.003),
    }


def _command_steps(metrics: Metrics, observer: Observer) -> Mapping[str, Step]:
    now = time.time_ns() / 1e9
    command = CommandDecoder({BOT: Bot(BOT, "token")}).decode(command_record(), now)
    if not isinstance(command, Command):
        raise TypeError(command.error)
    outcome = classify(Method.SEND_MESSAGE, REPLY, has_receiver=True)
    ending = Ending(ResultOutcome.ACCEPTED, now, answer=outcome.answer, attempts=1)

    def in_flight() -> None:
        gauge = metrics.in_flight.labels(BOT)
        gauge.inc()
        gauge.dec()

    return {
        "in flight": in_flight,
        "call_made": lambda: observer.call_made("viber", REPLY, 0.02),
        "attempt_made": lambda: observer.attempt_made(command, outcome, 0.001),
        "command_ended": lambda: observer.command_ended(command, ending),
    }
