"""The gateway as a process of its own, in one role, with no limit in its way."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from bench.callbacks import TOKEN
from bench.process import Program, free_port
from bench.web import status_of
from tests.kafka.wire import HOST

BOT = "main"
UNLIMITED = "1000000"


class Gateway(Program):
    """A gateway that listens on free ports.

    Args:
        role: `receiver` or `sender`.
        settings: Kafka, topics, and whatever else differs from the defaults.
    """

    def __init__(self, role: str, settings: Mapping[str, str]) -> None:
        self.port, self.management_port = free_port(), free_port()
        own = {
            "HTTP_HOST": HOST,
            "HTTP_PORT": str(self.port),
            "HTTP_DRAIN_SECONDS": "0",
            "LOG_LEVEL": "WARNING",
            "MANAGEMENT_HOST": HOST,
            "MANAGEMENT_PORT": str(self.management_port),
            "SENDER_RATE_LIMIT_PER_SECOND": UNLIMITED,
            "VIBER_AUTH_TOKEN": TOKEN,
            "VIBER_BOT": BOT,
        }
        command = [sys.executable, "-m", "gateway", "run", "--role", role]
        super().__init__(f"gateway ({role})", command, {**own, **settings})

    def started(self) -> Self:
        """Wait until traffic is welcome."""
        self.wait_until(self._is_ready)
        return self

    @property
    def webhook(self) -> str:
        """Where the bot's callbacks go."""
        return f"http://{HOST}:{self.port}/webhooks/{BOT}"

    def _is_ready(self) -> bool:
        with suppress(OSError):
            return status_of(f"http://{HOST}:{self.management_port}/readyz") == 200
        return False
