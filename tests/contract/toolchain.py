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
BUILT_BY_HAND = ("node_modules", "target")

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """One program.

    Attributes:
        folder: Its sources.
        build: What to run in a copy of the folder, in this order.
        run: How it is started there.
        reads: Folders that the build finds beside the one that holds `folder`.
    """

    folder: Path
    build: tuple[Command, ...]
    run: Command
    reads: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """Name it in tests."""
        return self.folder.name


def answer_of(project: Project, question: bytes) -> bytes:
    """Run a program: the question on its standard input, the answer from its output.

    Skips the test by name where the program cannot be built.
    """
    done = subprocess.run(
        project.run,
        cwd=built(project),
        input=question,
        capture_output=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-KEPT_CHARACTERS:]
    return done.stdout


def built(project: Project) -> Path:
    """Return the folder of a program that has been built.

    Skips the test by name where it cannot be.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{project.folder.parent.name}-{project}-{_digest(project)}"
    home = cache / "viber-gateway-tests" / name
    place = _place(project)
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as staging:
            fresh = Path(staging, "home")
            for folder in project.reads:
                shutil.copytree(folder, fresh / folder.name)
            shutil.copytree(
                project.folder,
                fresh / place,
                ignore=shutil.ignore_patterns(*BUILT_BY_HAND),
            )
            for command in project.build:
                _succeed(project, command, fresh / place)
            with contextlib.suppress(OSError):  # another run was faster
                fresh.rename(home)
    return home / place


def _place(project: Project) -> Path:
    """Return where the sources stand in what is kept."""
    return Path(project.folder.parent.name, project.folder.name)


def _digest(project: Project) -> str:
    content = [
        path.name.encode() + path.read_bytes()
        for folder in (project.folder, *project.reads)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {*BUILT_BY_HAND} & {*path.parts}
    ]
    build = repr((_place(project), project.build)).encode()
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
