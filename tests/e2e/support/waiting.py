"""Waiting for something to happen, with a deadline.

What happens in another process is asked for again and again; nothing here lets time
pass for its own sake.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PATIENCE_SECONDS: Final = 30.0
_ASK_AGAIN_SECONDS: Final = 0.02

T = TypeVar("T")


def wait_for(
    what: str,
    question: Callable[[], T],
    is_enough: Callable[[T], object] = bool,
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """Ask until the answer is enough, by default until it is true, and return it.

    Raises:
        AssertionError: It has not become so in time; the last answer is told.
    """
    deadline = time.monotonic() + seconds
    while not is_enough(answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s, still {answer!r}")
        time.sleep(_ASK_AGAIN_SECONDS)
    return answer
