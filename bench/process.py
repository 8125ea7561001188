"""A program under measurement: what it used of the machine, as Linux tells.

Its output goes to a file whose end is shown when it dies before its time.
Source: proc(5), /proc/PID/stat and /proc/PID/status.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.kafka.wire import free_ports

ROOT = Path(__file__).parent.parent
KEPT = ("HOME", "LANG", "PATH", "TMPDIR")
START_SECONDS = 20.0
STOP_SECONDS = 60.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  # fields 14 and 15, counted from the one after the name


class BenchError(Exception):
    """A bench cannot be run, or went wrong; the message is for people."""


class Program:
    """A child process, ended with the `with` block.

    Args:
        name: What it is called in messages.
        command: The program and its arguments.
        settings: Its environment, besides what any process needs.
    """

    def __init__(
        self, name: str, command: Sequence[str], settings: Mapping[str, str]
    ) -> None:
        self.name = name
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  as long as the process
        kept = {key: os.environ[key] for key in KEPT if key in os.environ}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**kept, **settings},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._output.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far, user and system, all threads; in steps of 10 ms."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[_USER]) + int(fields[_SYSTEM])) / TICKS_PER_SECOND

    @property
    def rss_megabytes(self) -> float:
        """Resident memory now."""
        return self._status("VmRSS") / 1024

    @property
    def peak_megabytes(self) -> float:
        """The most resident memory so far."""
        return self._status("VmHWM") / 1024

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()
        self._process.wait()

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Wait until it is ready.

        Raises:
            BenchError: It ended, or is late; its last words are told.
        """
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{self.name} does not start:\n{self.last_words()}")
            time.sleep(0.01)

    def last_words(self) -> str:
        """Return the end of what it has written."""
        self._output.seek(0)
        lines = self._output.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-20:])

    def _status(self, name: str) -> float:
        line = self._read("status").partition(f"{name}:")[2]
        return float(line.split()[0])

    def _read(self, file: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{file}").read_text()
        except FileNotFoundError as error:
            raise BenchError(f"{self.name} has ended:\n{self.last_words()}") from error


def free_port() -> int:
    """Return a port that nothing listens on."""
    return next(free_ports())
