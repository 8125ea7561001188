"""compose.yaml, run as it is but for what two runs on one machine would both want.

Ports are whatever is free, images are those that the tests have built, and the project
has a name of its own.  Compose is Docker's plugin, or Debian's older program.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import run
from typing import Any, Final

import yaml

from tests.docker.engine import ROOT, docker

COMPOSE: Final = ROOT / "deploy" / "compose.yaml"
_UP_SECONDS: Final = 180


class Project:
    """The services, once started.

    Args:
        command: Compose's program.
        file: What it reads.
        name: The project's name.
    """

    def __init__(self, command: tuple[str, ...], file: Path, name: str) -> None:
        self._command = (*command, "-p", name, "-f", str(file))

    def ask(self, *arguments: str) -> str:
        """Run Compose and return its output."""
        done = run(
            [*self._command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_UP_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def url(self, service: str, port: int) -> str:
        """Return where a service's port is on this machine."""
        return f"http://{self.ask('port', service, str(port))}"

    def exit_code(self, service: str) -> int | None:
        """Return how a service ended; None while it runs."""
        identity = self.ask("ps", "-a", "-q", service)
        state = json.loads(docker("inspect", "-f", "{{json .State}}", identity).stdout)
        return None if state["Running"] else int(state["ExitCode"])


def compose() -> tuple[str, ...] | None:
    """Return Compose's program; None: there is none."""
    if docker("compose", "version").returncode == 0:
        return ("docker", "compose")
    return ("docker-compose",) if shutil.which("docker-compose") else None


@contextmanager
def started(
    command: tuple[str, ...], images: Mapping[str, str], folder: Path
) -> Iterator[Project]:
    """Start the whole project with other images in place of its own; end it after."""
    file = folder / "compose.yaml"
    file.write_text(json.dumps(_adapted(images)))
    project = Project(command, file, folder.name)
    try:
        project.ask("up", "-d")
        yield project
    finally:
        project.ask("down", "-t", "1", "-v")


def _adapted(images: Mapping[str, str]) -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    for service in services.values():
        service.pop("build", None)
        service["image"] = images.get(service["image"], service["image"])
        ports = service.pop("ports", [])
        service["ports"] = [f"127.0.0.1::{port.rpartition(':')[2]}" for port in ports]
    return {"services": services}
