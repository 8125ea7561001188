"""A callback and the answer it got, as values."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.accounts import Bot

OK = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """How the webhook answered; ``status`` is None when it did not.

    ``trouble`` then names what went wrong: ``refused``, ``dns``, ``tls``, ``timeout``
    or ``broken``.
    """

    status: int | None
    body: bytes = b""
    trouble: str = ""

    @property
    def is_ok(self) -> bool:
        """Only HTTP 200 counts."""
        return self.status == OK


@dataclass(slots=True, eq=False)
class Callback:
    """One callback, through all its attempts.

    ``on_reply`` hears the answer that ended it, and only that one.  The signature
    travels twice, in the ``header`` and in the ``query``; a fault may spoil or drop
    either.  ``url`` stands in for the bot's webhook while that is not set yet.
    """

    bot: Bot
    event: str
    user_id: str | None
    body: bytes = b""
    header: str | None = None
    query: str | None = None
    on_reply: Callable[[Reply], None] | None = None
    url: str | None = None
    attempts: int = 0
    notes: list[str] = field(default_factory=list)
