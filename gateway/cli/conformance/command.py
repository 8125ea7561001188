"""`viber-gateway conformance`: puts a bot in any language to the test.

A Kafka, the simulator and the gateway are started; simulated users play the dialogue
of `bots/README.md` with the bot, and each check becomes a line.  With `--command` the
bot's process is ours too: then it is also killed in the midst of its work.
"""

import asyncio
import dataclasses
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gateway.adapters.kafka.clients import KafkaClients
from gateway.cli.command_loop import cancel_at
from gateway.cli.conformance.bot import BotProcess
from gateway.cli.conformance.checks import Check
from gateway.cli.conformance.exam import OF_THE_BOT, ROLES, Exam
from gateway.cli.conformance.stage import NotHeldError, NotTriedError, Stage
from gateway.cli.conformance.topics import Traffic
from gateway.cli.conformance.users import Users
from gateway.cli.embedded_kafka import Kafka, open_kafka
from gateway.cli.finding import Finding, fault, report, warning, well
from gateway.cli.groups import Groups
from gateway.cli.local import Local
from gateway.cli.loopback import free_ports
from gateway.cli.options import AsJson, takes
from gateway.cli.processes import Processes
from gateway.cli.progress import busy
from gateway.core.errors import GatewayError
from gateway.settings import KafkaSettings

PROBE_SECONDS = 5.0
REJOIN_SECONDS = 60.0  # Kafka gives a killed bot's events away when its session ends


class NoBotError(GatewayError):
    """No bot has answered; the text says what was seen."""


class StoppedError(GatewayError):
    """Somebody ended the command before it was done."""


@takes(Exam)
def conformance(exam: Exam, as_json: AsJson = False) -> None:
    """Put a bot to the test: greeting, echo, order, duplicates, restarts; 1: it failed.

    Example: viber-gateway conformance --command 'node echo_bot.js' --only order
    """
    checks = exam.checks()
    exam.command_line()  # what is wrong with it is told before anything starts
    kafka = open_kafka(exam.kafka)
    try:
        findings = asyncio.run(_examine(exam, kafka, checks))
    except* GatewayError as errors:
        raise errors.exceptions[0] from None
    except* asyncio.CancelledError:
        raise StoppedError("stopped by a signal") from None
    report(findings, as_json=as_json)


async def _examine(
    exam: Exam, kafka: Kafka, checks: Mapping[str, Check]
) -> list[Finding]:
    *names, progress = map(exam.topic, ROLES)
    kafka.create_topics(names, [progress])
    cancel_at(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with tempfile.TemporaryDirectory() as folder:
        settings = exam.gateway_settings(Path(folder))
        port, simulator_port, management_port = free_ports(3)
        local = Local(kafka.address, port, simulator_port, management_port, settings)
        async with Processes(folder, sys.stderr.fileno()) as processes:
            with busy("starting the simulator and the gateway"):
                await local.start(processes)
                await local.set_webhook()
            return await _meet(exam, local, checks)


async def _meet(exam: Exam, local: Local, checks: Mapping[str, Check]) -> list[Finding]:
    """Start the bot, or say how, and go through the checks once it is there."""
    stage = _stage(exam, local)
    if stage.bot is None:
        settings = {"KAFKA_BOOTSTRAP_SERVERS": local.kafka, **exam.bot_settings}
        print("Start the bot now, with this in its environment:", file=sys.stderr)
        for name, value in settings.items():
            print(f"  {name}={value}", file=sys.stderr)
    else:
        await stage.bot.start()
    try:
        with busy("waiting for the bot"):
            await _wait_for_bot(exam, stage)
        return [await _look(name, check, stage) for name, check in checks.items()]
    finally:
        if stage.bot is not None:
            await stage.bot.stop()


def _stage(exam: Exam, local: Local) -> Stage:
    settings = KafkaSettings(bootstrap_servers=local.kafka)
    topics = (exam.topic(role) for role in (*OF_THE_BOT, "replies"))
    command = exam.command_line()
    return Stage(
        Users(local.simulator),
        Traffic(KafkaClients(settings), *topics),
        Groups(local.kafka),
        BotProcess(command, local.environment) if command else None,
        exam.patience,
    )


async def _wait_for_bot(exam: Exam, stage: Stage) -> None:
    """Let a user write again and again until the bot answers.

    Raises:
        NoBotError: It does not.
    """
    user = await stage.users.add()
    asking = dataclasses.replace(stage, patience=PROBE_SECONDS)
    try:
        async with asyncio.timeout(exam.timeout):
            while True:
                await stage.users.write(user, "Is anybody there?")
                with suppress(NotHeldError):
                    await asking.shown(user)
                    return
    except TimeoutError:
        seen = [await _seen(stage, user)]
        if exam.kafka is None:
            seen.append(
                "the embedded Kafka knows no franz-go and no Java client: use --kafka"
            )
        said = "\n".join(seen)
        raise NoBotError(f"no bot answered within {exam.timeout:g} s: {said}") from None


async def _seen(stage: Stage, user: str) -> str:
    """Say how far a bot has come that has answered nobody."""
    traffic = stage.traffic
    if refusals := await traffic.refusals(user):
        return f"its answers were refused: {refusals[-1]}"
    if commands := await traffic.commands():
        return f"{len(commands)} commands on {traffic.outbound}, none to who asked"
    if groups := await asyncio.to_thread(stage.groups.reading, traffic.inbound):
        return f"{groups[0]} reads {traffic.inbound}, and wrote nothing"
    return f"no consumer group is seen to read {traffic.inbound}"


async def _look(name: str, check: Check, stage: Stage) -> Finding:
    """Carry out a check."""
    if check.kills:
        stage = dataclasses.replace(stage, patience=stage.patience + REJOIN_SECONDS)
    try:
        with busy(f"checking: {name}"):
            return well(name, await check.play(stage))
    except NotTriedError as error:
        return warning(name, "not tried", str(error))
    except NotHeldError as error:
        return fault(name, str(error), check.advice)
