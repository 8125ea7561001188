"""Questions to bots, and their answers from the replies topic.

A question has a random correlation id that begins with this replica's own: every
replica reads all replies, and knows by it which are meant for others.  The first
right answer before the deadline counts; late, second and wrong ones are counted and
dropped.
"""

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from gateway.core.record import Record
from gateway.core.reply import WelcomeError, correlation_id, read_message

REMEMBERED = 10_000
QUESTION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{32}")


class ReplyOutcome(StrEnum):
    """What became of a reply: the metric's label."""

    USED = "used"
    LATE = "late"
    SECOND = "second"
    UNKNOWN = "unknown"
    INVALID = "invalid"


class Replies:
    """The questions that this replica has asked.

    Args:
        observe: Hears what became of each reply, and why it was not used.
    """

    def __init__(self, observe: Callable[[ReplyOutcome, str], None]) -> None:
        self._observe = observe
        self._replica = secrets.token_hex(4)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._over: OrderedDict[str, ReplyOutcome] = OrderedDict()

    def ask(self) -> str:
        """Begin a question; return its correlation id."""
        question = f"{self._replica}-{secrets.token_hex(16)}"
        self._asked[question] = asyncio.get_running_loop().create_future()
        return question

    async def answer(self, question: str, seconds: float) -> dict[str, Any] | None:
        """Wait for the answer, at most so long; None when there was none in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._asked[question]
        except TimeoutError:
            return None
        finally:
            self.forget(question)

    def forget(self, question: str) -> None:
        """End a question; what comes for it from now on is late, or second."""
        asked = self._asked.pop(question, None)
        if asked is None:
            return
        is_answered = asked.done() and not asked.cancelled()
        self._over[question] = ReplyOutcome.SECOND if is_answered else ReplyOutcome.LATE
        if len(self._over) > REMEMBERED:
            self._over.popitem(last=False)

    def take(self, record: Record) -> None:
        """Take a record from the replies topic; another replica's is left alone."""
        question = correlation_id(record) or ""
        if not question.startswith(self._replica):
            if not QUESTION.fullmatch(question):
                self._observe(ReplyOutcome.UNKNOWN, "no correlation id of a question")
            return
        asked = self._asked.get(question)
        if asked is None:
            was = self._over.get(question, ReplyOutcome.UNKNOWN)
            self._observe(was, question)
        elif asked.done():
            self._observe(ReplyOutcome.SECOND, question)
        else:
            self._use(asked, record)

    def _use(self, asked: asyncio.Future[dict[str, Any]], record: Record) -> None:
        try:
            asked.set_result(read_message(record.value))
        except WelcomeError as error:
            self._observe(ReplyOutcome.INVALID, str(error))
        else:
            self._observe(ReplyOutcome.USED, "")
