"""The event loop of a command, and how signals end it in good order."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

from gateway.cli.signals import end_at_once

T = TypeVar("T")


def run(command: Coroutine[Any, Any, T]) -> T:
    """Run a command to its end; the first Ctrl-C cancels it.

    Raises:
        KeyboardInterrupt: Ctrl-C did.
    """
    try:
        return asyncio.run(_until_told(command))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, end_at_once)


async def _until_told(command: Coroutine[Any, Any, T]) -> T:
    if task := asyncio.current_task():
        at_first_interrupt(task.cancel)
    return await command


def at_first_interrupt(call: Callable[[], object]) -> None:
    """Call back at the first Ctrl-C; the second ends the process at once.

    Also where the loop stands still, because nobody reads what it prints.
    """
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, call)
    # The loop hears of a signal whatever Python's own handler of it does.
    signal.signal(signal.SIGINT, _end_at_next)


def _end_at_next(number: int, _: FrameType | None) -> None:
    signal.signal(number, end_at_once)


def cancel_at(*numbers: signal.Signals) -> None:
    """Cancel the running command each time that one of these comes.

    For commands that have started processes: these end in good order at the first
    signal and at once at the second, but never outlive us.
    """
    if task := asyncio.current_task():
        for number in numbers:
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
