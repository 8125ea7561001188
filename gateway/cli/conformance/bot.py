"""The bot under test as a process: started, killed and started again.

It runs in a session of its own: `kill` and `stop` reach all of it, whatever the
command starts (a shell, a package manager, a virtual machine).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from gateway.core.errors import GatewayError

STOP_SECONDS = 10.0


class BotEndedError(GatewayError):
    """The bot ended by itself."""


class BotProcess:
    """One bot, of which at most one process runs.

    Args:
        command: The command line.
        environment: All that it gets.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; what it prints goes to standard error.

        Raises:
            BotEndedError: The program is not there.
        """
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                start_new_session=True,
            )
        except OSError as error:
            raise BotEndedError(
                f"--command: {self._command[0]}: {error.strerror}"
            ) from None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and has not ended."""
        return self._process is not None and self._process.returncode is None

    def check(self) -> None:
        """Make sure that it runs.

        Raises:
            BotEndedError: It has ended by itself.
        """
        if self._process and self._process.returncode is not None:
            code = self._process.returncode
            raise BotEndedError(f"the bot ended by itself, exit code {code}")

    async def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end; kill it if it does not in time, or when cancelled."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._end(signal.SIGTERM)
        finally:
            await self.kill()

    async def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            await self._process.wait()
            self._process = None
