"""What a process of the gateway takes of the machine, and whether that grows.

Source: proc(5), /proc/PID/status, /proc/PID/fd and /proc/PID/task; `/health` and
`/metrics` for what only the process itself can know.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple

from tests.e2e.support.gateway import Gateway

LAG = "viber_kafka_consumer_lag_messages{"
SECONDS_PER_HOUR = 3600


class Footprint(NamedTuple):
    """What it takes at one moment, when it has nothing to do.

    Attributes:
        at: Seconds since the soak began.
        tasks: Tasks of the event loop.
        lag: Commands that could be sent and are not.
    """

    at: float
    rss_mb: float
    sockets: int
    files: int
    threads: int
    tasks: int
    lag: int


# Pools that fill up (as many connections to Viber as calls at once), and memory that
# comes back late, are no leak.
ALLOWED = Footprint(at=0, rss_mb=10, sockets=64, files=5, threads=8, tasks=10, lag=0)


def footprint(gateway: Gateway, at: float) -> Footprint:
    """Look at a process."""
    proc = Path(f"/proc/{gateway.process.pid}")
    opened = [str(each.readlink()) for each in (proc / "fd").iterdir()]
    sockets = sum(each.startswith("socket:") for each in opened)
    metrics = gateway.probe("metrics").body.decode().splitlines()
    return Footprint(
        at=at,
        rss_mb=_rss_mb(proc),
        sockets=sockets,
        files=len(opened) - sockets,
        threads=len(list((proc / "task").iterdir())),
        tasks=gateway.health()["tasks"],
        lag=sum(round(float(m.split()[1])) for m in metrics if m.startswith(LAG)),
    )


def megabytes_per_hour(footprints: Sequence[Footprint]) -> float:
    """Return how fast memory grows: the slope of the line that fits best."""
    times, sizes = [each.at for each in footprints], [f.rss_mb for f in footprints]
    return linear_regression(times, sizes).slope * SECONDS_PER_HOUR


def growth(footprints: Sequence[Footprint]) -> list[str]:
    """Name what has grown beyond what is allowed, from the first to the last."""
    first, last = footprints[0], footprints[-1]
    hours = (last.at - first.at) / SECONDS_PER_HOUR
    grown = [now - before for before, now in zip(first, last, strict=True)]
    grown[0] = 0
    grown[1] = megabytes_per_hour(footprints) * hours
    rows = zip(Footprint._fields, grown, ALLOWED, strict=True)
    return [f"{name} by {by:.1f}" for name, by, most in rows if by > most]


def _rss_mb(proc: Path) -> float:
    status = (proc / "status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
