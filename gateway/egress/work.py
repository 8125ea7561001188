"""One command on its way: what was tried so far, and until when it may be tried."""

from gateway.core.answer import Answer
from gateway.core.command import Command
from gateway.egress.activity import Activity
from gateway.egress.bot_lane import BotLane


class ExpiredError(Exception):
    """The command's time is over; it is not sent any more."""


def expiry(command: Command, max_age_seconds: float) -> float:
    """Tell when a command's time is over, in seconds since 1970."""
    born = max(command.record.timestamp / 1000, command.not_before or 0.0)
    return command.expires_at or born + max_age_seconds


class Work:
    """The state of one command; times are seconds since 1970.

    Attributes:
        attempts: Tries that could have used up the allowance.
        refusals: Tries that were refused for want of credit.
        last_answer: What the last attempt brought.
        has_raced: It was tried again once because its user had just subscribed.
    """

    __slots__ = (
        "activity",
        "attempts",
        "command",
        "first_attempt_at",
        "has_raced",
        "lane",
        "last_answer",
        "last_attempt_at",
        "refusals",
    )

    def __init__(
        self,
        command: Command,
        activity: Activity,
        lane: BotLane,
    ) -> None:
        self.command = command
        self.activity = activity
        self.lane = lane
        activity.tried = self
        self.attempts = 0
        self.refusals = 0
        self.has_raced = False
        self.first_attempt_at: float | None = None
        self.last_attempt_at: float | None = None
        self.last_answer: Answer | None = None

    def sent(self, now: float) -> None:
        """Note that an attempt was made."""
        self.last_attempt_at = now
        if self.first_attempt_at is None:
            self.first_attempt_at = now
