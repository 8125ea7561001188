"""`viber-gateway` as operators run it: a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "4d3a1c9be0f25768-8a61b2c3d4e5f607-0f1e2d3c4b5a6978"
DEADLINE_SECONDS = 25
COMMAND = (sys.executable, "-m", "gateway")
OURS = {"VIBER_AUTH_TOKEN": TOKEN, "COLUMNS": "200"}
NO_ENV_FILE = Path("/")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command came to."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what it printed for programs, one value."""
        return json.loads(self.out)

    def json_lines(self) -> list[Any]:
        """Return what it printed for programs, one value per line."""
        return [json.loads(line) for line in self.out.splitlines()]


@contextmanager
def start(*arguments: str, settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a command whose lines are read while it runs; it does not outlive this."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=NO_ENV_FILE,
        env=OURS | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def viber_gateway(
    *arguments: str, settings: dict[str, str] | None = None, given: str | None = None
) -> Ended:
    """Run a command with these settings and no others; `given` on its input."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        cwd=NO_ENV_FILE,
        env=OURS | (settings or {}),
        input=given or "",
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)
