"""Brings whatever was read to its end: commands, and records that are none.

A bug that one record brings to light must not stop the others: it becomes a dead
letter `internal_error`.  This is the only place that catches every exception.
"""

from collections.abc import Callable
from typing import Protocol

from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import Reason
from gateway.core.result import Ending, ResultOutcome
from gateway.egress.activity import Activity
from gateway.egress.clock import Clock
from gateway.egress.outbox import Outbox
from gateway.log import get_logger

log = get_logger(__name__)


class Send(Protocol):
    """Brings a command to its end at Viber."""

    async def __call__(self, command: Command, activity: Activity, /) -> Ending:
        """Send a command; tell what became of it."""


class Delivery:
    """Ends commands: at Viber, then in Kafka.

    Args:
        send: Brings a command to its end at Viber.
        outbox: Takes what the end calls for.
        clock: Tells when something ended.
        judged: Hears how each command has ended before Kafka does: whoever brakes must
            not wait for Kafka, while others are sent.
        ended: Hears of each command that has ended, once Kafka knows.
    """

    def __init__(
        self,
        send: Send,
        outbox: Outbox,
        clock: Clock,
        judged: Callable[[Command, Ending], None],
        ended: Callable[[Command | InvalidCommand, Ending], None],
    ) -> None:
        self._send = send
        self._judged = judged
        self._ended = ended
        self._outbox = outbox
        self._clock = clock

    async def __call__(self, activity: Activity) -> None:
        """Deliver a command; return when Kafka has what its end calls for."""
        command = activity.command
        if isinstance(command, InvalidCommand):
            ending = self._failed(Reason.INVALID_COMMAND, command.error)
        else:
            ending = await self._send_safely(command, activity)
            self._judged(command, ending)
        activity.outcome = ending.outcome
        await self._outbox.end(command, ending)
        self._ended(command, ending)

    async def _send_safely(self, command: Command, activity: Activity) -> Ending:
        try:
            return await self._send(command, activity)
        except Exception as error:
            log.exception("internal_error", bot=command.bot, command_id=command.id)
            text = f"{type(error).__name__}: {error}"
            return self._failed(Reason.INTERNAL_ERROR, text)

    def _failed(self, reason: Reason, error: str) -> Ending:
        now = self._clock.wall()
        return Ending(ResultOutcome.FAILED, now, reason, error)
