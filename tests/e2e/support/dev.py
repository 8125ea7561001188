"""`viber-gateway dev` and all that it starts.

Its standard error is a pipe that every process it starts inherits: the pipe ends when
the last of them has.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.e2e.support.waiting import PATIENCE_SECONDS, wait_for
from tests.e2e.support.web import get, is_listening, send_json
from tests.kafka.wire import free_ports

SOURCE: Final = (sys.executable, "-m", "gateway")
HOST: Final = "http://127.0.0.1"
# Settings of the environment do not count; these would break everything.
_MISLEADING: Final = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "HTTP_PORT": "x"}


class Dev:
    """The whole product on this machine, on free ports.

    Args:
        folder: Where it runs; must not exist.
        options: More of the command line.
        program: The command line up to `dev`.
    """

    def __init__(
        self,
        folder: Path,
        options: Sequence[str] = (),
        program: Sequence[str] = SOURCE,
    ) -> None:
        folder.mkdir()
        names = ("--port", "--simulator-port", "--management-port")
        self.ports = dict(zip(names, free_ports(), strict=False))
        given = [str(part) for pair in self.ports.items() for part in pair]
        self._out = folder / "stdout"
        with self._out.open("wb") as out:
            self._process = subprocess.Popen(
                [*program, "dev", *given, *options],
                cwd=folder,
                env={**os.environ, **_MISLEADING},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            )

    @property
    def simulator(self) -> str:
        """Where the simulator is."""
        return f"{HOST}:{self.ports['--simulator-port']}"

    def introduction(self) -> list[str]:
        """Wait until it says that all of it runs; return what it has printed."""
        what = "it says that all of it runs"
        wait_for(what, lambda: "Look at the chat" in self._printed(), seconds=60)
        return self._printed().splitlines()

    def talk(self, words: str) -> None:
        """Let the user write, and wait for the bot's answer."""
        content = {"user": "Anna", "text": words}
        send_json(f"{self.simulator}/sim/messages", content).json()
        wait_for("the bot's answer", lambda: words in self.answers())

    def answers(self) -> list[str]:
        """What the bot has answered."""
        chat: list[dict[str, Any]] = get(f"{self.simulator}/sim/chat?user=Anna").json()
        return [b["message"]["text"] for b in chat if b["direction"] == "out"]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal; return the exit code once every process has ended."""
        self._process.send_signal(number)
        code, _ = self.outcome()
        assert not any(is_listening(f"{HOST}:{port}") for port in self.ports.values())
        return code

    def outcome(self) -> tuple[int, list[str]]:
        """Wait until every process has ended; return exit code and complaints."""
        _, complaints = self._process.communicate(timeout=PATIENCE_SECONDS)
        return self._process.returncode, complaints.splitlines()

    def close(self) -> None:
        """End it if a test has not."""
        if self._process.returncode is None:
            self._process.terminate()
            sys.stdout.write("\n".join(self.outcome()[1]))

    def _printed(self) -> str:
        assert self._process.poll() is None, self._process.communicate()
        return self._out.read_text()
