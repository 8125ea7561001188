"""`viber-gateway dlq` against Kafka."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from gateway.core.record import Header
from tests.integration.command_line import Ended, start, viber_gateway
from tests.integration.talk import ReadRecord, read, write
from tests.kafka.broker import Kafka

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)


@dataclass(frozen=True, slots=True)
class Graveyard:
    """A dead-letter topic, and the outbound topic that its letters came from."""

    kafka: Kafka
    dlq: str
    outbound: str

    @property
    def settings(self) -> dict[str, str]:
        """How a command finds them."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "TOPIC_DEAD_LETTERS": self.dlq,
            "TOPIC_OUTBOUND": self.outbound,
        }

    async def bury(
        self, *offsets: int, headers: Sequence[Header] = (), has_key: bool = True
    ) -> None:
        """Write the dead letters of plain commands that stood at these offsets."""
        records = [self._letter(offset, headers) for offset in offsets]
        keyless = [(None, value, letter) for _, value, letter in records]
        await write(self.kafka, self.dlq, *(records if has_key else keyless))

    def _letter(
        self, offset: int, headers: Sequence[Header]
    ) -> tuple[bytes, bytes, Sequence[Header]]:
        key = b"user-%d" % (offset % 2)
        letter: list[Header] = [
            *headers,
            ("dlq_topic", self.outbound.encode()),
            ("dlq_partition", b"0"),
            ("dlq_offset", b"%d" % offset),
            ("dlq_timestamp", b"1772366400000"),
            ("dlq_reason", (b"expired", b"attempts_exhausted")[offset % 2]),
            ("dlq_error", b"error %d" % offset),
            ("dlq_bot", b"main"),
            ("dlq_command_id", b"c-%d" % offset),
        ]
        return key, b'{"text": "%d"}' % offset, letter

    async def run(self, *arguments: str, given: str | None = None) -> Ended:
        """Run a command of the group."""
        return await asyncio.to_thread(
            viber_gateway,
            "dlq",
            *arguments,
            settings=self.settings | {"VIBER_AUTH_TOKEN": ""},
            given=given,
        )

    async def sent(self, count: int) -> list[ReadRecord]:
        """Return what went back."""
        return await read(self.kafka, self.outbound, count)


@pytest.fixture
def graveyard(kafka: Kafka) -> Graveyard:
    """Topics of this test's own."""
    return Graveyard(kafka, kafka.create_topic("dlq"), kafka.create_topic("outbound"))


async def test_list_shows_a_line_per_letter_and_counts_the_reasons(
    graveyard: Graveyard,
) -> None:
    """Those that are wanted, the oldest first."""
    await graveyard.bury(1, 2, 3)

    every = await graveyard.run("list")
    chosen = await graveyard.run(
        "list", "--reason", "expired", "--since", "1h", "--json"
    )
    none = await graveyard.run("list", "--until", "1h")

    assert every.code == 0, every.err
    *lines, counts = every.out.splitlines()
    assert [line.split()[-1] for line in lines] == ["1", "2", "3"]
    assert counts == "dead letters: 2 attempts_exhausted, 1 expired"
    (letter,) = chosen.json_lines()
    assert letter["headers"]["dlq_command_id"] == "c-2"
    assert none.out == "dead letters: none\n"


async def test_show_tells_all_about_a_letter(graveyard: Graveyard) -> None:
    """Its headers, its key, and its value, which may be anything."""
    await graveyard.bury(1, 2, headers=[("odd", b"\x1b[2J")])

    ended = await graveyard.run("show", "--id", "c-1")

    assert ended.code == 0, ended.err
    assert "  key: user-1\n" in ended.out
    assert "  dlq_error: error 1\n" in ended.out
    assert '    "text": "1"\n' in ended.out
    assert "\x1b" not in ended.out
    assert "command_id: c-2" not in ended.out


async def test_show_says_that_there_is_none(graveyard: Graveyard) -> None:
    """Exit code 1; a reason that no letter can have is wrong usage."""
    await graveyard.bury(1)

    none = await graveyard.run("show", "--id", "c-2")
    wrong = await graveyard.run("show", "--reason", "bad")

    assert (none.code, none.out) == (1, "")
    assert none.err == "viber-gateway: no dead letter of 'c-2'; see 'dlq list'\n"
    assert wrong.code == 2
    assert "--reason: 'bad' is not one of 'rejected_message', " in wrong.err


async def test_show_says_that_a_letter_has_no_key(graveyard: Graveyard) -> None:
    """In words, not in Python's."""
    await write(
        graveyard.kafka, graveyard.dlq, (None, b"{}", [("dlq_reason", b"expired")])
    )

    ended = await graveyard.run("show")

    assert ended.code == 0, ended.err
    assert "  key: (none)\n" in ended.out


async def test_redrive_sends_what_has_no_key_back_once_too(
    graveyard: Graveyard,
) -> None:
    """A command needs none; that it went back is known all the same."""
    await graveyard.bury(1, 2, has_key=False)

    first = await graveyard.run("redrive", "--yes", "--json")
    second = await graveyard.run("redrive", "--yes")

    assert first.code == 0, first.err
    assert [one["command_id"] for one in first.json_lines()] == ["c-1", "c-2"]
    assert "stays: 2 (redriven already)" in second.err
    assert [record.key for record in await graveyard.sent(2)] == [None, None]


async def test_redrive_sends_each_letter_back_once(graveyard: Graveyard) -> None:
    """In order per key, with its id; a second run finds nothing, the list shows it."""
    await graveyard.bury(3, 1, 2, 5, 4)

    first = await graveyard.run("redrive", "--yes", "--json")
    second = await graveyard.run("redrive", "--yes")
    listed = await graveyard.run("list", "--json")
    counted = await graveyard.run("list")

    assert first.code == 0, first.err
    assert [one["command_id"] for one in first.json_lines()] == [
        f"c-{offset}" for offset in range(1, 6)
    ]
    records = await graveyard.sent(5)
    by_key: dict[bytes | None, list[str]] = {}
    for record in records:
        headers = dict(record.headers)
        assert headers.keys() == {"id", "dlq_redriven_at"}
        by_key.setdefault(record.key, []).append(headers["id"].decode())
    assert by_key == {b"user-0": ["c-2", "c-4"], b"user-1": ["c-1", "c-3", "c-5"]}
    assert second.code == 0
    assert "stays: 5 (redriven already)" in second.err
    assert {one["is_redriven"] for one in listed.json_lines()} == {True}
    assert counted.out.endswith("3 attempts_exhausted, 2 expired; 5 redriven\n")
    assert len(await graveyard.sent(5)) == 5


async def test_a_dry_run_shows_what_would_go_and_writes_nothing(
    graveyard: Graveyard,
) -> None:
    """Only what is wanted."""
    await graveyard.bury(1, 2, 3)

    dry = await graveyard.run("redrive", "--dry-run", "--key", "user-1")
    listed = await graveyard.run("list", "--json")

    assert dry.code == 0
    assert [line.split()[-1] for line in dry.out.splitlines()] == ["c-1", "c-3"]
    assert "goes back: 2 attempts_exhausted" in dry.err
    assert {one["is_redriven"] for one in listed.json_lines()} == {False}


async def test_redrive_asks_first(graveyard: Graveyard) -> None:
    """Without a yes nothing goes; with one typed it goes."""
    await graveyard.bury(1)

    no = await graveyard.run("redrive", given="n\n")
    yes = await graveyard.run("redrive", given="y\n")

    assert no.code == 1
    assert "Send 1 back?" in no.err
    assert yes.code == 0, yes.err
    assert "1 of 1 sent back" in yes.err


async def test_ctrl_c_ends_a_redrive_between_two_letters(graveyard: Graveyard) -> None:
    """What went has its marker; the next run does the rest."""
    await graveyard.bury(1, 2, 3)
    arguments = ("dlq", "redrive", "--yes", "--json", "--rate", "0.05")

    def interrupt() -> tuple[int, str]:
        with start(*arguments, settings=graveyard.settings) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            return process.returncode, err

    code, err = await asyncio.to_thread(interrupt)
    rest = await graveyard.run("redrive", "--yes", "--json")

    assert code == 1
    assert err.splitlines()[-1] == "viber-gateway: 1 of 3 sent back"
    assert [one["command_id"] for one in rest.json_lines()] == ["c-2", "c-3"]


async def test_a_letter_of_a_foreign_topic_stays(graveyard: Graveyard) -> None:
    """Nothing is written where TOPIC_OUTBOUND does not point."""
    await graveyard.bury(1)
    elsewhere = graveyard.settings | {"TOPIC_OUTBOUND": "viber.other"}

    ended = await asyncio.to_thread(
        viber_gateway, "dlq", "redrive", "--yes", settings=elsewhere
    )

    assert ended.code == 0
    assert f"stays: 1 (came from {graveyard.outbound}, which" in ended.err
