"""How signals end a command, whatever it is at; each case is a process of its own."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

INTERRUPT = "signal.raise_signal(signal.SIGINT)"
BOTH = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name
)


def run(script: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script, as a shell does that was told something before."""
    program = textwrap.dedent(script)
    return subprocess.run(
        ["sh", "-c", f'{before} exec "$0" "$@"', sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )


def run_in_loop(body: str) -> subprocess.CompletedProcess[str]:
    """Run the body of a command in its loop."""
    script = "import asyncio, signal, sys\nfrom gateway.cli import command_loop\n"
    script += "async def command():\n" + textwrap.indent(textwrap.dedent(body), "    ")
    script += "\ntry:\n    command_loop.run(command())\n"
    return run(script + "except KeyboardInterrupt:\n    print('interrupted')\n")


@BOTH
def test_a_signal_while_modules_are_loaded_ends_it_at_once(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Without a traceback, and where an exception would be lost: in a finalizer."""
    (tmp_path / "typer.py").write_text(
        "import signal\n"
        "class Module:\n"
        f"    def __del__(self): signal.raise_signal({number})\n"
        "Module()\n"
        "raise SystemExit('the signal is lost')\n"
    )

    ended = subprocess.run(
        [sys.executable, "-m", "gateway", "settings"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (-number, "", "")


@BOTH
def test_a_signal_that_is_ignored_where_it_is_started_ends_it(
    number: signal.Signals,
) -> None:
    """A shell without job control lets a background job ignore SIGINT."""
    script = f"""
    import signal
    from gateway.cli import signals
    signals.heed()
    signal.raise_signal({number})
    print("still here")
    """

    ended = run(script, before=f"trap '' {number};")

    assert (ended.returncode, ended.stdout) == (-number, "")


def test_the_first_ctrl_c_ends_a_command_in_good_order() -> None:
    """What it has opened is closed."""
    body = f"""
    {INTERRUPT}
    try:
        await asyncio.Event().wait()
    finally:
        print("closed")
    """

    ended = run_in_loop(body)

    assert (ended.returncode, ended.stdout) == (0, "closed\ninterrupted\n"), ended


def test_the_second_ctrl_c_ends_it_at_once() -> None:
    """Also one whose loop stands still, because nobody reads what it prints."""
    ended = run_in_loop(f"{INTERRUPT}\n{INTERRUPT}\nprint('still here')")

    assert (ended.returncode, ended.stdout) == (-signal.SIGINT, "")


def test_ctrl_c_after_the_loop_ends_it_at_once() -> None:
    """No exception comes where nobody expects one."""
    script = f"""
    import asyncio, signal
    from gateway.cli import command_loop
    command_loop.run(asyncio.sleep(0))
    {INTERRUPT}
    """

    ended = run(script)

    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
