"""The Viber of the sending benches: a Go program that answers and keeps account."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench import golang
from bench.process import BenchError, Program, free_port
from bench.web import ask
from tests.kafka.wire import HOST, is_listening

STUCK_RECEIVER = "stuck"
POLL_SECONDS = 0.02
PATIENCE_SECONDS = 40.0  # without any progress


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the commands to one group of receivers.

    Attributes:
        accepted: Commands; `duplicates` counts what was accepted again.
        violations: Accepted for the first time after a later one of their receiver.
        overlaps: Requests that began while another of their receiver was under way.
        first_ns: When the first was accepted, Unix time; `last_ns` the last.
    """

    accepted: int
    duplicates: int
    refused: int
    violations: int
    overlaps: int
    first_ns: int
    last_ns: int

    @property
    def per_second(self) -> float:
        """Acceptances per second, from the first to the last."""
        return (self.accepted - 1) / max(self.last_ns - self.first_ns, 1) * 1e9


@dataclass(frozen=True, slots=True)
class Report:
    """All that the sink knows.

    Attributes:
        connections: Opened since `reset`, the one that asks included.
        resumed_ns: The first request after `mark`, Unix time; 0: none yet.
        silence_ns: The longest that a receiver waited from one acceptance to the next,
            of those since `mark`.
    """

    others: Tally
    stuck: Tally
    most_in_flight: int
    connections: int
    resumed_ns: int
    silence_ns: int

    @property
    def accepted(self) -> int:
        """Commands accepted, of all receivers."""
        return self.others.accepted + self.stuck.accepted


class Sink(Program):
    """A sink that listens.

    Args:
        certificates: Folder of `server.crt` and `server.key`; with it, it listens at
            `tls_url` besides.

    Raises:
        NoGoError: It cannot be built here.
    """

    def __init__(self, certificates: Path | None = None) -> None:
        address, tls = f"{HOST}:{free_port()}", f"{HOST}:{free_port()}"
        command = [str(golang.build("sink")), "-address", address]
        if certificates is not None:
            pair = (str(certificates / "server.crt"), str(certificates / "server.key"))
            command += ["-tls", tls, "-certificate", pair[0], "-key", pair[1]]
        super().__init__("sink", command, {})
        self.wait_until(lambda: is_listening(address))
        self._url = f"http://{address}"
        self.api_url = f"{self._url}/pa"
        self.tls_url = f"https://{tls}/pa"

    def __enter__(self) -> Self:
        return self

    def reset(
        self, delay_ms: int, fail_seconds: float = 0.0, spread_percent: int = 0
    ) -> Report:
        """Begin anew; the stuck receiver fails for so long."""
        delay = f"delay_ms={delay_ms}&spread_percent={spread_percent}"
        return self._ask("POST", f"/reset?{delay}&fail_s={fail_seconds}")

    def mark(self) -> None:
        """Take the time of the next request, and measure silences anew."""
        self._ask("POST", "/mark")

    def report(self) -> Report:
        """Ask for the present account."""
        return self._ask("GET", "/stats")

    def wait_for(self, enough: Callable[[Report], bool]) -> Report:
        """Wait until the account is so, or nothing goes on any more."""
        report = self.report()
        progress, last_progress = -1, time.monotonic()
        while not enough(report):
            done = report.accepted + report.stuck.refused
            if done != progress:
                progress, last_progress = done, time.monotonic()
            if time.monotonic() - last_progress > PATIENCE_SECONDS:
                break
            time.sleep(POLL_SECONDS)
            report = self.report()
        return report

    def _ask(self, method: str, path: str) -> Report:
        try:
            said: dict[str, Any] = ask(method, f"{self._url}{path}")
        except (OSError, ValueError) as error:
            raise BenchError(f"the sink does not answer: {error}") from error
        others, stuck = Tally(**said.pop("others")), Tally(**said.pop("stuck"))
        return Report(others, stuck, **said)
