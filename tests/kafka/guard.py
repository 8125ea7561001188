"""The process that a cluster's brokers depend on: it leads their group, holds disks.

It kills the group, itself too, once its standard input ends: with this process,
however that ends.
A disk is a small tmpfs over a folder.  It is mounted where only the guard sees it,
and what the guard lets see it; it outlives a broker and ends with the last of them.
"""

import contextlib
import errno
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.kafka.jars import KafkaClusterError, execute

_ZEROS: Final = bytes(65_536)
_WATCH: Final = "echo; exec >/dev/null 2>&1; read _; kill -KILL 0"
# Where mounts are nobody else's is made by the one and entered by the other: for
# root, and for whom the kernel lets be root among users of his own.
_PRIVATE: Final[Mapping[str, str]] = {
    "unshare --mount": "nsenter --mount --target",
    "unshare --map-root-user --mount": (
        "nsenter --user --preserve-credentials --mount --target"
    ),
}


class Guard:
    """The running process.

    Args:
        folders: What is to be made, each as a disk.
        disk_mb: How much each of them holds.

    Raises:
        KafkaClusterError: No disk can be mounted here.
    """

    def __init__(self, folders: Sequence[Path] = (), disk_mb: int = 0) -> None:
        for folder in folders:
            folder.mkdir()
        mounts = [f"{_mount(folder, disk_mb)} || exit;" for folder in folders]
        apart, self._enter = _private() if folders else ("", "")
        self._process = subprocess.Popen(
            [*apart.split(), "sh", "-c", " ".join([*mounts, _WATCH])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        assert self._process.stdout
        if not self._process.stdout.readline():
            raise KafkaClusterError(f"no disk of {disk_mb} MB can be mounted")

    @property
    def pid(self) -> int:
        """Its number, and its group's."""
        return self._process.pid

    def on_disks(self, command: Sequence[str]) -> list[str]:
        """Return the command that runs one where the disks are seen."""
        enter = [*self._enter.split(), str(self.pid)] if self._enter else []
        return [*enter, *command]

    def fill(self, disk: Path) -> None:
        """Leave no room on a disk, but for what its files have of their last pages."""
        with self._filler(disk).open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(_ZEROS)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def make_room(self, disk: Path) -> None:
        """Take away what filled a disk, if anything did."""
        self._filler(disk).unlink(missing_ok=True)

    def _filler(self, disk: Path) -> Path:
        # What a process has for its root can be reached by its number.
        return Path(f"/proc/{self.pid}/root{disk}/filler")

    def kill(self) -> None:
        """Kill the group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.communicate()


def why_no_disks() -> str:
    """Say why no disk can be mounted here; empty when one can."""
    try:
        _private()
    except KafkaClusterError as error:
        return str(error)
    return ""


def _private() -> tuple[str, str]:
    """Return how a place for mounts is made and entered here."""
    refusals = []
    trial = shlex.split(_mount(Path(tempfile.gettempdir()), 1))
    for apart, enter in _PRIVATE.items():
        try:
            execute([*apart.split(), *trial])
        except KafkaClusterError as error:
            refusals.append(" ".join(str(error).split()))
        else:
            return apart, enter
    raise KafkaClusterError("; ".join(refusals))


def _mount(folder: Path, megabytes: int) -> str:
    return f"mount -t tmpfs -o size={megabytes}m disk {shlex.quote(str(folder))}"
