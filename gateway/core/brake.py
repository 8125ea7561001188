"""Stop rather than empty a topic into the dead letters because of one bad deploy.

A brake engages when too many of the last ended commands became dead letters, or too
many in a row, and stays so until a restart.  Only what is likely our or Viber's fault
counts: not what producers got wrong, what Viber rejected, or what expired.  A bot's
brake stops that bot; a brake over `internal_error` alone stops the process.
"""

from collections import deque

from gateway.core.errors import Reason

WINDOW = 200

BOT_REASONS = frozenset(
    {Reason.INTERNAL_ERROR, Reason.HTTP_ERROR, Reason.ATTEMPTS_EXHAUSTED}
)
PROCESS_REASONS = frozenset({Reason.INTERNAL_ERROR})


class Brake:
    """Counts how commands end.

    Args:
        reasons: Which dead letters count.
        max_ratio: Engages at this share of the last `WINDOW` ended commands, once
            there are so many; 1: off.
        max_consecutive: Engages at so many in a row; 0: off.
    """

    def __init__(
        self, reasons: frozenset[Reason], max_ratio: float, max_consecutive: int
    ) -> None:
        self._reasons = reasons
        self._max_ratio = max_ratio
        self._max_consecutive = max_consecutive
        self._ended: deque[bool] = deque(maxlen=WINDOW)
        self._dead = 0
        self._consecutive = 0
        self._is_engaged = False

    @property
    def is_engaged(self) -> bool:
        """Nothing more may be sent."""
        return self._is_engaged

    def record(self, reason: Reason | None) -> bool:
        """Note that a command has ended; True when the brake is engaged.

        Args:
            reason: Of its dead letter; None: it was accepted.
        """
        is_dead = reason in self._reasons
        if len(self._ended) == WINDOW:
            self._dead -= self._ended[0]
        self._ended.append(is_dead)
        self._dead += is_dead
        self._consecutive = self._consecutive + 1 if is_dead else 0
        self._is_engaged |= self._is_ratio_reached or self._is_row_reached
        return self._is_engaged

    @property
    def _is_ratio_reached(self) -> bool:
        return (
            self._max_ratio < 1
            and len(self._ended) == WINDOW
            and self._dead >= self._max_ratio * WINDOW
        )

    @property
    def _is_row_reached(self) -> bool:
        return 0 < self._max_consecutive <= self._consecutive

    def __repr__(self) -> str:
        return (
            f"<Brake {'engaged' if self._is_engaged else 'released'}, "
            f"{self._dead} of {len(self._ended)} dead, {self._consecutive} in a row>"
        )
