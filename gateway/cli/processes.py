"""Child processes that live and die together.

Each runs in a session of its own, so that Ctrl-C reaches only the parent, which then
ends them one after another, the last started first.

Resource handling: leaving the `async with` ends them all; one that does not end in
time is killed, and all are when that is cancelled.
Error handling: a child that ends by itself cancels the body of the `async with`,
which then raises a group with one `ProcessEndedError`.
"""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from gateway.core.errors import GatewayError

STOP_SECONDS = 10.0


class ProcessEndedError(GatewayError):
    """A child ended by itself."""


class Processes:
    """Python modules, each run in a process of its own.

    Args:
        folder: Where they run.
        output: Where they print to, a file descriptor; None: where we do.
    """

    def __init__(self, folder: str, output: int | None = None) -> None:
        self._folder = folder
        self._output = output
        self._running: list[asyncio.subprocess.Process] = []
        self._is_ending = False
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._is_ending = True
        try:
            for process in reversed(self._running):
                await _end(process)
        finally:
            _kill(self._running)
            await self._tasks.__aexit__(None, None, None)

    async def start(
        self, name: str, module: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        """Start `python -m module ...`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            cwd=self._folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._output,
            start_new_session=True,
        )
        self._running.append(process)
        self._tasks.create_task(self._watch(name, process))

    async def _watch(self, name: str, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if not self._is_ending:
            raise ProcessEndedError(f"the {name} ended by itself, exit code {code}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _kill(processes: Iterable[asyncio.subprocess.Process]) -> None:
    for process in processes:
        if process.returncode is None:
            process.kill()
