"""How signals end the process, before and beside an event loop.

Rule: it imports next to nothing, for it must be in force before the rest is loaded.
"""

import os
import signal
from types import FrameType

KILLED = 128  # and the signal's number: the exit code that shells use


def heed() -> None:
    """Let SIGINT and SIGTERM end the process at once, from now on.

    Two who start us would have it otherwise.  A shell lets its background jobs ignore
    SIGINT; and the first process of a container gets only the signals that it handles.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_at_once)


def end_at_once(number: int, _: FrameType | None) -> None:
    """End as a process does that has no handler.

    Not by `KeyboardInterrupt`: raised while a module is loaded it may be lost, for
    Python ignores what a weak reference's callback or a finalizer raises.
    """
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(KILLED + number)  # the first process of a container is not killed by it
