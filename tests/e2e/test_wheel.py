"""The wheel, installed where there is no source tree."""

import subprocess
import sys
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from tests.e2e.support.dev import Dev

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--wheel", "--out-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _uv(*arguments: str | Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_holds_what_dev_runs_and_nothing_else(wheel: Path) -> None:
    """Gateway, simulator and the one bot; no tests, no tools."""
    names = ZipFile(wheel).namelist()

    rooms = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert rooms == {"gateway", "simulator", "bots"}
    assert [n for n in names if n.startswith("bots/")] == ["bots/python/echo_bot.py"]


def test_dev_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """One `pip install` with the extra is enough for the whole product."""
    environment = tmp_path / "environment"
    locked = ROOT / "requirements" / "run.txt"
    extra = f"viber-gateway[dev] @ {wheel.as_uri()}"
    _uv("venv", "--python", sys.executable, environment)
    _uv("pip", "install", "--python", environment, "--constraints", locked, extra)

    dev = Dev(tmp_path / "dev", program=[str(environment / "bin" / "viber-gateway")])
    try:
        dev.introduction()
        dev.talk("from a wheel")
        assert dev.end() == 0
    finally:
        dev.close()
