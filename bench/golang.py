"""The reference programs in Go, built on demand into a cache outside the checkout."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.process import ROOT, BenchError

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
BINARIES = CACHE / "viber-gateway-bench"


class NoGoError(BenchError):
    """Go is missing, or fails; what needs it is skipped by name."""


def build(name: str) -> Path:
    """Build `bench/reference/NAME`; Go's own cache makes a repetition quick.

    Raises:
        NoGoError: There is no Go, or it cannot build this.
    """
    if shutil.which("go") is None:
        raise NoGoError("no go: install Go 1.26 or newer (https://go.dev/dl)")
    target = BINARIES / name
    folder = ROOT / "bench" / "reference" / name
    done = subprocess.run(
        ["go", "build", "-o", str(target), "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoGoError(f"go build of {name} failed:\n{done.stderr}")
    return target
