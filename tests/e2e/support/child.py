"""A Python module, run in a process of its own.

It sees no setting but those it is given, and no `.env`.  What it writes goes to
files, which a failing test shows.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.e2e.support.waiting import PATIENCE_SECONDS, wait_for

_KEPT: Final = ("HOME", "LANG", "PATH", "TMPDIR")


class Child:
    """A process that runs `python -m module ...`.

    Args:
        module: The module's name, and its arguments.
        settings: Its environment, besides what any process needs.
        folder: Where it runs; must not exist.
        python: The interpreter.
    """

    def __init__(
        self,
        module: Sequence[str],
        settings: Mapping[str, str],
        folder: Path,
        python: str = sys.executable,
    ) -> None:
        folder.mkdir()
        self.name = folder.name
        self._out, self._err = folder / "stdout", folder / "stderr"
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [python, "-m", *module],
                cwd=folder,
                env={**kept, **settings},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def written(self) -> str:
        """What it has written to standard output."""
        return self._out.read_text()

    @property
    def complaints(self) -> str:
        """What it has written to standard error."""
        return self._err.read_text()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for its end; return the exit code, negative for a signal."""
        return self.process.wait(seconds)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; return the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        self.process.kill()
        self.process.wait()

    def wait_for_words(self, words: str) -> str:
        """Wait until standard output holds some words; return all of it."""
        return wait_for(
            f"{self.name} writes {words!r}",
            lambda: self.written if words in self.written else self._still_running(),
        )

    def _still_running(self) -> str:
        assert self.is_running, f"{self.name} has ended:\n{self.complaints}"
        return ""

    def close(self) -> None:
        """Kill it if it still runs, and show what it wrote."""
        if self.is_running:
            self.kill()
        for words in (self.written, self.complaints):
            sys.stdout.write(f"--- {self.name}\n{words}" if words else "")
