"""How a bot is examined: the options of `viber-gateway conformance`, and what follows.

The gateway gets topics and a consumer group of the exam's own, asks the bot for
welcome messages, and hurries.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.conformance.checks import CHECKS, Check
from gateway.cli.local import BOT, TOKEN

ROLES = {
    "inbound": "TOPIC_INBOUND",
    "outbound": "TOPIC_OUTBOUND",
    "results": "TOPIC_RESULTS",
    "dlq": "TOPIC_DEAD_LETTERS",
    "replies": "TOPIC_REPLIES",
    "progress": "TOPIC_PROGRESS",
}
OF_THE_BOT = ("inbound", "outbound", "results")
BOTS_FILE = """\
[bots.{bot}]
token_file = "{token_file}"
sender = {{ name = "Bot" }}
welcome = {{ mode = "reply", timeout_seconds = 4 }}
"""
# What a bot is measured by shall be nothing of the gateway's own.
HURRY = {
    "LOG_LEVEL": "ERROR",
    "SENDER_RATE_LIMIT_PER_SECOND": "10000",
    "VIBER_AUTH_TOKEN": "",
    "VIBER_SENDER_NAME": "",
}


@dataclass(frozen=True, slots=True)
class Exam:
    """The options."""

    kafka: Annotated[
        str | None, typer.Option(help="host:port of a Kafka; else one is embedded.")
    ] = None
    command: Annotated[
        str | None,
        typer.Option(help="Starts the bot, which is then killed now and then, too."),
    ] = None
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help=f"Of {', '.join(CHECKS)}; repeatable."),
    ] = None
    prefix: Annotated[
        str, typer.Option(help="What the names of the topics begin with.")
    ] = "viber."
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds to wait for the bot to come.")
    ] = 120.0
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds to wait for an answer.")
    ] = 20.0

    def topic(self, role: str) -> str:
        """Name a topic."""
        return f"{self.prefix}{role}"

    @property
    def bot_settings(self) -> Mapping[str, str]:
        """Return how a bot finds its topics."""
        return {ROLES[role]: self.topic(role) for role in OF_THE_BOT}

    def gateway_settings(self, folder: Path) -> Mapping[str, str]:
        """Return how the gateway is set up; its files go into a folder."""
        token, bots = folder / "token", folder / "bots.toml"
        token.write_text(TOKEN)
        bots.write_text(BOTS_FILE.format(bot=BOT, token_file=token))
        topics = {setting: self.topic(role) for role, setting in ROLES.items()}
        group = {"KAFKA_CONSUMER_GROUP": f"{self.prefix}conformance"}
        return {**HURRY, **topics, **group, "VIBER_BOTS_FILE": str(bots)}

    def command_line(self) -> list[str]:
        """Return what starts the bot; nothing where somebody else does.

        Raises:
            typer.BadParameter: A quote is left open.
        """
        try:
            return shlex.split(self.command or "")
        except ValueError:
            said = f"a quote is left open (is {self.command})"
            raise typer.BadParameter(said, param_hint="--command") from None

    def checks(self) -> Mapping[str, Check]:
        """Return the checks that are wanted.

        Raises:
            typer.BadParameter: There is none of that name.
        """
        if unknown := set(self.only or ()) - CHECKS.keys():
            said = f"no check is named {', '.join(sorted(unknown))}"
            allowed = ", ".join(CHECKS)
            raise typer.BadParameter(
                f"{said}; there are {allowed}", param_hint="--only"
            )
        return {n: c for n, c in CHECKS.items() if not self.only or n in self.only}
