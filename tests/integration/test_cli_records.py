"""`viber-gateway send` and `tail` against Kafka."""

import asyncio
import json
import signal

import pytest

from tests.integration.command_line import Ended, start, viber_gateway
from tests.integration.talk import read, write
from tests.kafka.broker import Kafka

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)

Settings = dict[str, str]
EVENT = b'{"event":"message","message":{"type":"text","text":"%s"}}'


@pytest.fixture
def settings(kafka: Kafka) -> Settings:
    """Topics of this test's own."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "TOPIC_INBOUND": kafka.create_topic("inbound"),
        "TOPIC_OUTBOUND": kafka.create_topic("outbound"),
        "TOPIC_RESULTS": kafka.create_topic("results"),
        "TOPIC_DEAD_LETTERS": kafka.create_topic("dlq"),
    }


async def run(settings: Settings, *arguments: str, given: str | None = None) -> Ended:
    """Run a command."""
    return await asyncio.to_thread(
        viber_gateway, *arguments, settings=settings, given=given
    )


async def answer(kafka: Kafka, settings: Settings, outcome: str) -> None:
    """Be the gateway for one command: write a stranger's result, then its own."""
    (record,) = await read(kafka, settings["TOPIC_OUTBOUND"], 1)
    place = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
    }
    for offset in (record.offset + 1, record.offset):
        result = {
            "command_id": dict(record.headers)["ce_id"].decode(),
            "method": "send_message",
            "outcome": outcome,
            "reason": None if outcome == "accepted" else "rejected_receiver",
            "message_token": "6109932746692773188",
            "command": {**place, "offset": offset},
        }
        value = json.dumps(result).encode()
        await write(kafka, settings["TOPIC_RESULTS"], (record.key, value, ()))


@pytest.mark.parametrize(("outcome", "code"), [("accepted", 0), ("rejected", 1)])
async def test_send_writes_a_command_and_tells_its_own_result(
    kafka: Kafka, settings: Settings, outcome: str, code: int
) -> None:
    """Exit code 0 only when Viber has accepted it."""
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(
            run(settings, "send", "--to", "user-1", "--text", "Hello", "--json")
        )
        await answer(kafka, settings, outcome)

    ended = sending.result()
    assert ended.code == code, ended.err
    result = ended.json()
    assert result["outcome"] == outcome
    (record,) = await read(kafka, settings["TOPIC_OUTBOUND"], 1)
    assert result["command"]["offset"] == record.offset
    assert record.key == b"user-1"
    assert json.loads(record.value or b"")["text"] == "Hello"


async def test_send_takes_a_body_from_standard_input_and_need_not_wait(
    kafka: Kafka, settings: Settings
) -> None:
    """It tells where the command stands."""
    ended = await run(
        settings,
        *("send", "--file", "-", "--timeout", "0"),
        given='{"receiver": "user-2", "type": "text", "text": "from a file"}',
    )

    (record,) = await read(kafka, settings["TOPIC_OUTBOUND"], 1)
    assert ended.code == 0, ended.err
    assert ended.out == f"written: {record.topic}/{record.partition}/{record.offset}\n"
    assert record.key == b"user-2"


async def test_send_gives_up_waiting_and_says_where_the_command_stands(
    settings: Settings,
) -> None:
    """No gateway runs: exit code 1."""
    ended = await run(
        settings, "send", "--to", "u", "--text", "Hello", "--timeout", "1"
    )

    assert ended.code == 1
    assert (
        f"no result within 1 s; the command stands at {settings['TOPIC_OUTBOUND']}/"
        in (ended.err)
    )


async def fill(kafka: Kafka, settings: Settings) -> None:
    """Write twelve events of two users, of which the odd ones are `seen`."""
    await write(
        kafka,
        settings["TOPIC_INBOUND"],
        *(
            (
                b"user-%d" % (number % 3),
                EVENT % (b"%d" % number),
                [
                    ("ce_bot", b"main"),
                    ("ce_subject", b"user-%d" % (number % 3)),
                    (
                        "ce_type",
                        b"com.viber.callback." + (b"message", b"seen")[number % 2],
                    ),
                ],
            )
            for number in range(12)
        ),
    )


def texts(ended: Ended) -> list[int]:
    """Return which events were shown."""
    assert ended.code == 0, ended.err
    return [int(one["value"]["message"]["text"]) for one in ended.json_lines()]


async def test_tail_shows_the_last_records_that_are_wanted(
    kafka: Kafka, settings: Settings
) -> None:
    """In the order in which they were written, over all partitions."""
    await fill(kafka, settings)

    last = await run(settings, "tail", "inbound", "--json")
    three = await run(settings, "tail", "inbound", "--json", "-n", "3")
    seen = await run(
        settings, "tail", "inbound", "--json", "--event", "seen", "-n", "2"
    )
    user = await run(settings, "tail", "inbound", "--json", "--user", "user-0")
    nobody = await run(settings, "tail", "inbound", "--user", "user-9")

    assert texts(last) == list(range(2, 12))
    assert texts(three) == [9, 10, 11]
    assert texts(seen) == [9, 11]
    assert texts(user) == [0, 3, 6, 9]
    assert (nobody.code, nobody.out) == (0, "")
    assert nobody.err == "viber-gateway: there is no such record\n"


async def test_tail_says_what_there_is_to_ask_for(settings: Settings) -> None:
    """Outcomes of results, reasons of dead letters; exit code 2."""
    for topic, option, known in (
        ("results", "--outcome", "'accepted', 'rejected', 'expired', 'failed'"),
        ("dlq", "--reason", "'rejected_message', 'rejected_receiver', "),
    ):
        ended = await run(settings, "tail", topic, "--reason", "WRONG")

        assert (ended.code, ended.out) == (2, "")
        said = f"viber-gateway: {option}: 'WRONG' is not one of {known}"
        assert ended.err.startswith(said)


async def test_tail_from_the_beginning_shows_all_or_the_first(
    kafka: Kafka, settings: Settings
) -> None:
    """It ends where the topic ends."""
    await fill(kafka, settings)

    every = await run(settings, "tail", "inbound", "--from-beginning", "--json")
    two = await run(
        settings, "tail", "inbound", "--from-beginning", "-n", "2", "--json"
    )
    lines = await run(settings, "tail", "inbound", "--from-beginning")

    assert sorted(texts(every)) == list(range(12))
    assert len(texts(two)) == 2
    assert "  main  message  user-0  text: 0" in lines.out


async def test_tail_follows_what_comes(kafka: Kafka, settings: Settings) -> None:
    """With the oldest first, and then on, until so many were shown."""
    await fill(kafka, settings)

    async with asyncio.TaskGroup() as tasks:
        arguments = ("tail", "inbound", "--from-beginning", "-f", "-n", "13", "--json")
        following = tasks.create_task(run(settings, *arguments))
        await write(kafka, settings["TOPIC_INBOUND"], (b"k", EVENT % b"99", ()))

    assert sorted(texts(following.result()))[-2:] == [11, 99]


async def test_ctrl_c_ends_a_tail_that_follows(
    kafka: Kafka, settings: Settings
) -> None:
    """That is how it is meant to end: exit code 0, and no traceback."""
    await fill(kafka, settings)

    def interrupt() -> tuple[int, str]:
        arguments = ("tail", "inbound", "--from-beginning", "--follow")
        with start(*arguments, settings=settings) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            return process.returncode, err

    assert await asyncio.to_thread(interrupt) == (0, "")


async def test_tail_of_a_topic_that_is_not_there_says_so(
    kafka: Kafka, settings: Settings
) -> None:
    """And does not create it; results that are off are a fault of the settings."""
    missing = kafka.unique("nobody")

    gone = await run(settings | {"TOPIC_INBOUND": missing}, "tail", "inbound")
    again = await run(settings | {"TOPIC_INBOUND": missing}, "tail", "inbound")
    off = await run(settings | {"TOPIC_RESULTS": ""}, "tail", "results")

    assert gone.code == 1
    assert f"topic {missing} ('topics create' makes it)" in gone.err
    assert again.err == gone.err
    assert off.code == 2
