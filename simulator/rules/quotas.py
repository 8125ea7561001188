"""How many is too many: the three counting rules of Viber's limits.

Messages to a user are counted per clock hour and start anew when the user writes;
broadcasts and user details are counted in a window that slides.
"""

from collections import deque
from dataclasses import dataclass, field

from simulator.rules.limits import HOUR_MS


@dataclass(slots=True)
class HourlyQuota:
    """Counts uses within a clock hour (XX:00 to XX:00, UTC)."""

    hour: int = -1
    used: int = 0

    def take(self, now_ms: int, most: int) -> bool:
        """Use one; False when this hour's are used up."""
        hour = now_ms // HOUR_MS
        if hour != self.hour:
            self.hour, self.used = hour, 0
        if self.used >= most:
            return False
        self.used += 1
        return True

    def reset(self) -> None:
        """Start anew, as when the user replies."""
        self.used = 0


@dataclass(slots=True)
class WindowQuota:
    """Counts uses within the last so many milliseconds."""

    times: deque[int] = field(default_factory=deque)

    def take(self, now_ms: int, most: int, window_ms: int) -> bool:
        """Use one; False when the window is full, which uses none."""
        while self.times and self.times[0] <= now_ms - window_ms:
            self.times.popleft()
        if len(self.times) >= most:
            return False
        self.times.append(now_ms)
        return True
