"""The product on this machine: a simulated Viber and the gateway, over some Kafka.

Settings in the environment do not count here, so that it runs the same everywhere.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.cli.loopback import HOST, wait_for
from gateway.cli.processes import Processes
from gateway.cli.web import ask
from gateway.environment import groups

BOT = "main"
TOKEN = "4d3a1c9be0f25768-8a61b2c3d4e5f607-0f1e2d3c4b5a6978"  # noqa: S105  the simulator's


@dataclass(frozen=True, slots=True)
class Local:
    """The parts, and how they find each other.

    Attributes:
        port: Where the gateway listens.
        settings: Of the gateway, beside those that the parts need to meet.
    """

    kafka: str
    port: int
    simulator_port: int
    management_port: int
    settings: Mapping[str, str]

    @property
    def gateway(self) -> str:
        """Where callbacks go."""
        return f"http://{HOST}:{self.port}"

    @property
    def simulator(self) -> str:
        """Where Viber is."""
        return f"http://{HOST}:{self.simulator_port}"

    @property
    def management(self) -> str:
        """Where probes and metrics are."""
        return f"http://{HOST}:{self.management_port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of the gateway, and of a bot."""
        return _without_settings(os.environ) | {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "VIBER_AUTH_TOKEN": TOKEN,
            "VIBER_API_URL": f"{self.simulator}/pa",
            "VIBER_SENDER_NAME": "Echo",
            "HTTP_HOST": HOST,
            "HTTP_PORT": str(self.port),
            "HTTP_DRAIN_SECONDS": "0",
            "MANAGEMENT_HOST": HOST,
            "MANAGEMENT_PORT": str(self.management_port),
            "LOG_FORMAT": "console",
            **self.settings,
        }

    async def start(self, processes: Processes) -> None:
        """Start both, and wait until both are ready.

        Raises:
            NotReadyError: One is not in time.
        """
        port = ("--port", str(self.simulator_port))
        bot = ("--bot", f"{BOT}={TOKEN}")
        management = ("--gateway-management", self.management)
        simulator = ["simulator", *port, *bot, *management]
        await processes.start("simulator", simulator, self.environment)
        await wait_for(f"{self.simulator}/sim/state")
        await processes.start("gateway", ["gateway", "run"], self.environment)
        await wait_for(f"{self.management}/readyz")

    async def set_webhook(self) -> None:
        """Let callbacks come: from now on events are written."""
        webhook = {"url": f"{self.gateway}/webhooks/{BOT}", "auth_token": TOKEN}
        await ask(f"{self.simulator}/pa/set_webhook", webhook)


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    prefixes = tuple(group.prefix for group in groups().values())
    return {k: v for k, v in environ.items() if not k.upper().startswith(prefixes)}
