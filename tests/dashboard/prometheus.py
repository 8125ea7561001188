"""A Prometheus of the test's own, as a process."""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isnan
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import yaml

from tests.e2e.support.gateway import Gateway
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import get

NAMESPACE: Final = "bots"
_REFUSED: Final = (OSError,)


class Prometheus:
    """Answers queries at a URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return get(f"{self.url}/-/ready").status == 200
        except _REFUSED:
            return False

    def ask(self, query: str) -> list[float]:
        """Return the present values that a query yields; NaN is none."""
        answer: Any = get(f"{self.url}/api/v1/query?query={quote(query)}").json()
        values = (float(sample["value"][1]) for sample in answer["data"]["result"])
        return [value for value in values if not isnan(value)]


@contextmanager
def scraping(
    program: Path, gateways: Sequence[Gateway], folder: Path
) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes gateways every second."""
    folder.mkdir()
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_config(gateways)))
    listen = f"127.0.0.1:{_free_port()}"
    command = [
        str(program),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--log.level=warn",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stderr=log)
        try:
            prometheus = Prometheus(f"http://{listen}")
            wait_for("Prometheus is ready", lambda: prometheus.is_ready)
            yield prometheus
        finally:
            process.terminate()
            process.wait()


def _config(gateways: Sequence[Gateway]) -> dict[str, Any]:
    """Give each gateway the labels that the chart's monitors give its pod."""
    targets = [
        {
            "targets": [urlsplit(gateway.url("management")).netloc],
            "labels": {
                "namespace": NAMESPACE,
                "component": gateway.role,
                "pod": gateway.name,
            },
        }
        for gateway in gateways
    ]
    job = {"job_name": "viber-gateway", "static_configs": targets}
    return {"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
