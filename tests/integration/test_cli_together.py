"""An operator's first hour: a gateway, its webhook, a message each way, a redrive."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.integration.command_line import TOKEN, Ended, start, viber_gateway
from tests.kafka.broker import Kafka
from tests.kafka.wire import free_ports
from tests.simulator.process import Running, simulator

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway that runs, and the Viber that it talks to."""

    viber: Running
    settings: dict[str, str]

    async def run(self, *arguments: str) -> Ended:
        """Run another command beside it."""
        return await asyncio.to_thread(
            viber_gateway, *arguments, settings=self.settings
        )


@pytest.fixture
async def site(kafka: Kafka) -> AsyncIterator[Site]:
    """Start both; neither has heard of the other's webhook yet."""
    ports = free_ports()
    public = next(ports)
    async with simulator(f"--bot=main={TOKEN}") as viber:
        settings = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "KAFKA_CONSUMER_GROUP": kafka.unique("group"),
            "TOPIC_INBOUND": kafka.create_topic("inbound"),
            "TOPIC_OUTBOUND": kafka.create_topic("outbound"),
            "TOPIC_RESULTS": kafka.create_topic("results"),
            "TOPIC_DEAD_LETTERS": kafka.create_topic("dlq"),
            "TOPIC_PROGRESS": kafka.create_topic("progress"),
            "VIBER_API_URL": f"{viber.base}/pa",
            "VIBER_WEBHOOK_URL": f"http://127.0.0.1:{public}",
            "VIBER_SENDER_NAME": "Shop",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(public),
            "HTTP_DRAIN_SECONDS": "0",
            "MANAGEMENT_HOST": "127.0.0.1",
            "MANAGEMENT_PORT": str(next(ports)),
        }
        with start("run", settings=settings) as gateway:
            yield Site(viber, settings)
            gateway.terminate()
            out, err = await asyncio.to_thread(gateway.communicate)
    assert gateway.returncode == 0, out + err


async def test_the_commands_work_with_a_gateway_that_runs(site: Site) -> None:
    """From the webhook to the redrive, each sees what the other did."""
    await site.viber.sim("users", {"name": "Anna", "id": "anna=="})

    registered = await site.run("webhook", "set", "--wait")
    await site.viber.sim("messages", {"user": "Anna", "text": "hello"})
    heard = await site.run(
        "tail", "inbound", "--from-beginning", "-f", "--event", "message", "-n", "1"
    )
    accepted = await site.run("send", "--to", "anna==", "--text", "Hi Anna")
    rejected = await site.run("send", "--to", "nobody==", "--text", "Hi", "--json")
    back = await site.run("dlq", "redrive", "--yes")
    again = await site.run(
        *("tail", "results", "--from-beginning", "-f", "--json"),
        *("--outcome", "rejected", "-n", "2"),
    )

    assert registered.code == 0, registered.err
    assert heard.out.endswith("  main  message  anna==  text: hello\n")
    assert accepted.code == 0, accepted.out + accepted.err
    assert accepted.out.startswith("accepted: ")
    assert rejected.code == 1
    assert "1 of 1 sent back" in back.err
    ids = [one["value"]["command_id"] for one in again.json_lines()]
    assert ids == [rejected.json()["command_id"]] * 2
