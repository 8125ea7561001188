"""Writes what a command's end calls for, until Kafka has acknowledged all of it.

A command has ended for good only when its result and its dead letter stand in Kafka:
then, and not before, its offset may be committed.  While Kafka refuses them the
command waits, and readiness says so.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import suppress
from typing import Protocol

from gateway.core.command import Command, InvalidCommand
from gateway.core.cut import dead_letter_versions, result_versions
from gateway.core.errors import (
    KafkaUnavailableError,
    PublishError,
    RecordTooLargeError,
)
from gateway.core.record import NewRecord
from gateway.core.result import Ending, dead_letter_record, result_record
from gateway.core.topics import topic_of

RETRY_SECONDS = 1.0


class Publish(Protocol):
    """Writes a record and returns once Kafka has acknowledged it."""

    async def __call__(self, record: NewRecord, /) -> object:
        """Write a record, or raise a PublishError."""


class Observe(Protocol):
    """Hears of every ended command."""

    def __call__(self, command: Command | InvalidCommand, ending: Ending, /) -> None:
        """Take note of one ended command."""


class Outbox:
    """Where results and dead letters go.

    Args:
        publish: Writes a record to Kafka.
        results: The topic of results; empty: none are written.
        dead_letters: The topic of dead letters; `{bot}` stands for the bot's name.
        bots: The bots that are configured.
        sleep: Waits between tries.
        observe: Counts what has ended.
    """

    def __init__(
        self,
        publish: Publish,
        results: str,
        dead_letters: str,
        bots: Collection[str],
        sleep: Callable[[float], Awaitable[None]],
        observe: Observe,
    ) -> None:
        self._publish = publish
        self._results = results
        self._dead_letters = dead_letters
        self._bots = bots
        self._sleep = sleep
        self._observe = observe
        self._refused = 0

    @property
    def is_refused(self) -> bool:
        """Whether some command waits for Kafka to take its result or dead letter."""
        return self._refused > 0

    async def end(self, command: Command | InvalidCommand, ending: Ending) -> None:
        """Write the dead letter, then the result; return when both are acknowledged."""
        topic = topic_of(self._dead_letters, command.bot, self._bots)
        letter = dead_letter_record(topic, command, ending)
        if letter is not None:
            await self._write(dead_letter_versions(letter))
        if self._results:
            topic = topic_of(self._results, command.bot, self._bots)
            await self._write(result_versions(result_record(topic, command, ending)))
        self._observe(command, ending)

    async def _write(self, versions: Iterator[NewRecord]) -> None:
        """Write the largest version that the topic takes."""
        record = next(versions)
        while True:
            try:
                await self._insist(record, KafkaUnavailableError)
            except RecordTooLargeError:
                smaller = next(versions, None)  # made only when it is needed
            else:
                return
            if smaller is None:
                break
            record = smaller
        await self._insist(record, PublishError)

    async def _insist(self, record: NewRecord, passing: type[PublishError]) -> object:
        """Write a record, as often as it takes while the trouble is a passing one."""
        with suppress(passing):
            return await self._publish(record)
        self._refused += 1
        try:
            while True:
                await self._sleep(RETRY_SECONDS)
                with suppress(passing):
                    return await self._publish(record)
        finally:
            self._refused -= 1
