"""Takes a callback that Viber has signed to Kafka, and says how to answer it.

Every callback ends as one event, or as one dead letter where no event can be made of
it: either is acknowledged by Kafka before the answer is 200.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

from gateway.bots import Bot
from gateway.core import callback, dead_letter
from gateway.core.callback import Callback
from gateway.core.cut import dead_letter_versions
from gateway.core.dead_letter import Death
from gateway.core.errors import (
    KafkaUnavailableError,
    MalformedCallbackError,
    Reason,
    RecordTooLargeError,
)
from gateway.core.event import EventEncoder
from gateway.core.record import Header, NewRecord
from gateway.ingress import answer
from gateway.ingress.answer import Answer
from gateway.ingress.welcome import Question, Welcomes

KEPT_OF_TOO_LARGE_BYTES = 65_536
UNKNOWN_EVENT = "other"
RECEIPTS = frozenset({"delivered", "seen"})


class Publish(Protocol):
    """Writes a record and returns once Kafka has acknowledged it."""

    async def __call__(self, record: NewRecord, timeout: float | None, /) -> object:
        """Write a record, or raise a PublishError after `timeout` seconds."""


class Observe(Protocol):
    """Hears of each event, and its age in seconds where that is known."""

    def __call__(self, event: str, record: NewRecord, age: float | None, /) -> None:
        """Take note of one event."""


class Topics(NamedTuple):
    """Where events and dead letters go; `{bot}` stands for the bot's name."""

    inbound: str
    dead_letters: str


class Intake:
    """Writes events and dead letters.

    Args:
        publish: Writes a record to Kafka.
        topics: Where to.
        welcomes: Finds the welcome message.
        publish_seconds: Longest wait for one acknowledgement.
        now: Seconds since 1970.
        observe: Hears of each event that is in Kafka.
    """

    def __init__(
        self,
        publish: Publish,
        topics: Topics,
        welcomes: Welcomes,
        publish_seconds: float,
        now: Callable[[], float],
        observe: Observe,
    ) -> None:
        self._publish = publish
        self._topics = topics
        self._welcomes = welcomes
        self._publish_seconds = publish_seconds
        self._now = now
        self._observe = observe
        self._encoders: dict[str, EventEncoder] = {}

    async def take(
        self, bot: Bot, body: bytes, until: float, *, is_busy: bool
    ) -> tuple[str, Answer]:
        """Tell the callback's event, and its answer once Kafka has it.

        Args:
            bot: Whose callback it is.
            body: The raw body; its signature is right.
            until: When the answer must be ready, on the event loop's clock.
            is_busy: Refuse what tells only that a message arrived: Viber repeats it.
        """
        try:
            said = callback.parse(body)
        except MalformedCallbackError as error:
            death = Death(Reason.MALFORMED_CALLBACK, str(error), bot.name)
            reply = await self._bury(bot, body, (), death, until)
            return UNKNOWN_EVENT, reply or answer.MALFORMED
        if is_busy and said.event in RECEIPTS:
            return said.event, answer.OVERLOADED
        return said.event, await self._write_event(bot, said, body, until)

    async def _write_event(
        self, bot: Bot, said: Callback, body: bytes, until: float
    ) -> Answer:
        question = self._welcomes.ask(bot, said.event, until)
        try:
            return await self._publish_event(bot, said, body, question, until)
        finally:
            self._welcomes.forget(question)

    async def _publish_event(
        self,
        bot: Bot,
        said: Callback,
        body: bytes,
        question: Question | None,
        until: float,
    ) -> Answer:
        asking = question.headers if question else ()
        record = self._encoder(bot.name).record(said, body, self._now(), *asking)
        try:
            await self._publish(record, self._time_left(until))
        except KafkaUnavailableError:
            return answer.KAFKA_UNAVAILABLE
        except RecordTooLargeError as error:
            death = Death(Reason.RECORD_TOO_LARGE, str(error), bot.name)
            kept = body[:KEPT_OF_TOO_LARGE_BYTES]
            reply = await self._bury(bot, kept, record.headers, death, until)
            return reply or answer.TOO_LARGE_FOR_TOPIC
        age = None
        if said.timestamp is not None:
            age = max(self._now() - said.timestamp, 0.0)
        self._observe(said.event, record, age)
        return await self._welcomes.answer(bot, said.event, question)

    async def _bury(
        self,
        bot: Bot,
        body: bytes,
        headers: tuple[Header, ...],
        death: Death,
        until: float,
    ) -> Answer | None:
        """Write the largest dead letter that is taken; an answer when none is."""
        topic = self._topics.dead_letters.replace("{bot}", bot.name)
        letter = dead_letter.of_callback(topic, body, headers, death, self._now())
        for version in dead_letter_versions(letter):
            try:
                await self._publish(version, self._time_left(until))
            except RecordTooLargeError:
                continue
            except KafkaUnavailableError:
                break
            return None
        return answer.KAFKA_UNAVAILABLE

    def _encoder(self, bot: str) -> EventEncoder:
        if bot not in self._encoders:
            topic = self._topics.inbound.replace("{bot}", bot)
            self._encoders[bot] = EventEncoder(bot, topic)
        return self._encoders[bot]

    def _time_left(self, until: float) -> float:
        left = until - asyncio.get_running_loop().time()
        return min(self._publish_seconds, left)
