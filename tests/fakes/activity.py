"""Commands of which the test itself is the task, or which never begin."""

import asyncio


def no_task(*_: object) -> asyncio.Task[None]:
    """Be told to begin a command, which must not be."""
    raise AssertionError("nothing begins here")
