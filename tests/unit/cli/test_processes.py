"""Child processes that do not outlive their parent."""

import asyncio
import os
from pathlib import Path

from gateway.cli.processes import Processes

STUBBORN = """
import signal
signal.signal(signal.SIGTERM, lambda *_: print("told", flush=True))
print("ready", flush=True)
while True:
    signal.pause()
"""


async def test_who_is_cancelled_while_they_end_kills_them(tmp_path: Path) -> None:
    """So does the second Ctrl-C what the first one began; none of them is left."""
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    reading, writing = os.pipe()
    are_ready = asyncio.Event()

    async def live() -> None:
        async with Processes(str(tmp_path), writing) as processes:
            for name in ("one", "other"):
                await processes.start(name, ["stubborn"], os.environ)
            await are_ready.wait()

    with os.fdopen(reading) as said:
        async with asyncio.TaskGroup() as tasks:
            living = tasks.create_task(live())
            for _ in range(2):
                assert await asyncio.to_thread(said.readline) == "ready\n"
            are_ready.set()
            assert await asyncio.to_thread(said.readline) == "told\n"
            living.cancel()
        os.close(writing)

        assert living.cancelled()
        assert said.read() == ""  # the pipe has ended, for both have
