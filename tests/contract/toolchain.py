"""Small programs in other languages: built once outside the checkout, then run.

They are kept under ~/.cache/viber-gateway-tests by a digest of their sources, so that a
registry is asked only when something has changed.  Rule: a folder appears at once and
whole, so that two runs may build at the same time.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

BUILD_SECONDS = 240
RUN_SECONDS = 60
KEPT_CHARACTERS = 2000

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """One program.

    Attributes:
        folder: Its sources.
        build: What to run in a copy of the folder, in this order.
        run: How it is started there.
    """

    folder: Path
    build: tuple[Command, ...]
    run: Command

    def __str__(self) -> str:
        """Name it in tests."""
        return self.folder.name


def answer_of(project: Project, question: bytes) -> bytes:
    """Run a program: the question on its standard input, the answer from its output.

    Skips the test by name where the program cannot be built.
    """
    done = subprocess.run(
        project.run,
        cwd=_built(project),
        input=question,
        capture_output=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-KEPT_CHARACTERS:]
    return done.stdout


def _built(project: Project) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{project.folder.parent.name}-{project}-{_digest(project)}"
    home = cache / "viber-gateway-tests" / name
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as staging:
            fresh = Path(shutil.copytree(project.folder, Path(staging, "home")))
            for command in project.build:
                _succeed(project, command, fresh)
            with contextlib.suppress(OSError):  # another run was faster
                fresh.rename(home)
    return home


def _digest(project: Project) -> str:
    files = sorted(path for path in project.folder.rglob("*") if path.is_file())
    content = [path.name.encode() + path.read_bytes() for path in files]
    build = repr(project.build).encode()
    return hashlib.sha256(b"\0".join([build, *content])).hexdigest()[:12]


def _succeed(project: Project, command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{project} cannot be built: {error}")
    if done.returncode:
        said = done.stdout.strip()[-KEPT_CHARACTERS:]
        pytest.skip(f"{project} cannot be built: {' '.join(command)}: {said}")
