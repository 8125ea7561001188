"""What the tests ask of a Docker engine, by its client.

Images are built with the host's network, so that they also build where containers
have none.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

REVISION: Final = "4e9f2c1"  # what images are told that they are built from
ROOT: Final = Path(__file__).parents[2]
LOCKED_DOWN: Final = (
    *("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--user=10001:10001", "--memory=256m"),
)
ALONE: Final = ("--rm", "--network=none")


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Docker client to its end."""
    return subprocess.run(
        ["docker", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def run(image: str, *command: str, options: Sequence[str] = ()) -> tuple[int, str, str]:
    """Run a command in a locked-down container: exit code, output, errors."""
    done = docker("run", *LOCKED_DOWN, *ALONE, *options, image, *command)
    return done.returncode, done.stdout, done.stderr


def build(tag: str, options: Sequence[str] = ()) -> str:
    """Build an image and return its tag."""
    place = ("-f", "deploy/Dockerfile", "--network=host", ".")
    built = docker("build", "-t", tag, *options, *place)
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    return tag


def size_of(image: str) -> int:
    """Return how many bytes an image has, its base included."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", image).stdout)
