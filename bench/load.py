"""HTTP load by wrk: requests written beforehand, so that they cost next to nothing.

https://github.com/wg/wrk
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.process import BenchError

SCRIPT = Path(__file__).parent / "wrk.lua"
MARK = "FIGURES "


class Load(NamedTuple):
    """What came of a burst.

    Attributes:
        answered: Answers of any status.
        refused: Those of status 400 and above.
        broken: Connections that failed, and answers that took over two seconds.
        p50_ms: Median of the latency, and the 99th percentile.
    """

    answered: int
    refused: int
    broken: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def accepted(self) -> int:
        """Answers below status 400."""
        return self.answered - self.refused


def request(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Write a POST as it goes over the wire."""
    target = urlsplit(url)
    own = {"Host": target.netloc, "Content-Length": str(len(body))}
    lines = [f"{name}: {value}\r\n" for name, value in {**own, **headers}.items()]
    return f"POST {target.path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body


def burst(
    url: str, requests: Iterable[bytes], seconds: float, connections: int = 64
) -> Load:
    """Send requests as fast as they are answered, over so many connections.

    Raises:
        BenchError: wrk is missing, or fails.
    """
    if shutil.which("wrk") is None:
        raise BenchError("no wrk: on Debian and Ubuntu: apt install wrk")
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        for one in requests:
            file.write(b"%08d" % len(one) + one)
        file.flush()
        shape = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s"]
        command = ["wrk", *shape, "-s", str(SCRIPT), url, "--", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if MARK not in done.stdout:
        raise BenchError(f"wrk failed:\n{done.stdout}{done.stderr}")
    return _figures(done.stdout.partition(MARK)[2])


def _figures(line: str) -> Load:
    answered, refused, broken, microseconds, p50, p99 = map(int, line.split()[:6])
    return Load(answered, refused, broken, microseconds / 1e6, p50 / 1000, p99 / 1000)
