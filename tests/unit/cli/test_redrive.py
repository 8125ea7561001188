"""Dead letters go back once, in order, as they were."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.dead_letters import Origin
from gateway.cli.redrive import Plan, command, make_plan, marker, redrive
from gateway.core.dead_letter import Death, of_callback
from gateway.core.errors import KafkaUnavailableError, Reason
from gateway.core.record import Header, NewRecord, Record
from tests.fakes.record import NOON, ReadRecord, content
from tests.unit.cli.graveyard import TOPIC, dead, pile, stored

OUTBOUND = ("viber.outbound",)
BINARY: list[Header] = [("ce_type", b"com.viber.command.send_message")]
STRUCTURED: list[Header] = [("content-type", b"application/cloudevents+json")]


@dataclass(slots=True)
class Kafka:
    """Keeps what is written, and breaks off before write number `breaks_at`."""

    records: list[Record]
    breaks_at: int = 1000
    commands: list[NewRecord] = field(default_factory=list)

    async def write(self, record: NewRecord) -> tuple[int, int]:
        """Take a record."""
        self.breaks_at -= 1
        if self.breaks_at < 0:
            raise KafkaUnavailableError("broken off")
        if record.topic == TOPIC:
            self.records.append(stored(record, len(self.records)))
        else:
            self.commands.append(record)
        return 0, len(self.commands)

    async def run(self) -> list[Origin | None]:
        """Redrive all that is there; tell what went."""
        plan = await make(self.records)
        done = redrive(plan.going, self.write, lambda: NOON, go_on)
        return [one.letter.origin async for one in done]


async def go_on() -> bool:
    """Wait for nothing."""
    return True


async def make(records: Sequence[Record], now: float = NOON) -> Plan:
    """Plan to redrive everything."""
    return make_plan(await pile(records), OUTBOUND, now)


async def back(record: ReadRecord) -> NewRecord:
    """Return the command that a letter goes back as."""
    (letter,) = (await pile([record])).letters
    return command(letter, "viber.outbound", NOON)


async def test_a_command_goes_back_as_it_was() -> None:
    """Key, value and its own headers; the letter's headers stay behind."""
    own: list[Header] = [
        ("ce_id", b"c-1"),
        *BINARY,
        ("traceparent", b"00-1"),
        ("cut", b""),
    ]

    sent = await back(dead(headers=own, value=b'{"a": 1}', key=b"k"))

    assert (sent.topic, sent.key, sent.value) == ("viber.outbound", b"k", b'{"a": 1}')
    at = ("dlq_redriven_at", b"2026-03-01T12:00:00.000Z")
    assert sent.headers == (*own, at)


async def test_a_command_that_died_again_carries_the_last_time_only() -> None:
    """Headers do not pile up."""
    again = dead(headers=[("id", b"c-1"), ("dlq_redriven_at", b"long ago")])

    assert content((await back(again)).headers) == {
        "id": "c-1",
        "dlq_redriven_at": "2026-03-01T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("headers", "value", "added"),
    [
        ([], b"{}", ("id", "viber.outbound/3/41")),
        ([("id", b"own")], b"{}", None),
        (BINARY, b"{}", ("ce_id", "viber.outbound/3/41")),
        ([*BINARY, ("ce_id", b"own")], b"{}", None),
        (STRUCTURED, b'{"specversion":"1.0"}', None),
        (STRUCTURED, b"no JSON", None),
    ],
    ids=["plain", "plain-own", "binary", "binary-own", "structured", "broken"],
)
async def test_a_command_named_by_its_place_keeps_that_name(
    headers: list[Header], value: bytes, added: tuple[str, str] | None
) -> None:
    """A result of the second life is found under the id of the first."""
    sent = content((await back(dead(headers=headers, value=value))).headers)

    new = {name: sent[name] for name in sent.keys() - dict(headers).keys()}
    del new["dlq_redriven_at"]
    assert new == (dict([added]) if added else {})


async def test_a_letter_without_an_id_adds_none() -> None:
    """An empty id would be none."""
    nameless = dead(death=Death(Reason.INTERNAL_ERROR, "bug"))

    assert content((await back(nameless)).headers).keys() == {"dlq_redriven_at"}


async def test_a_marker_stands_beside_its_letter_and_names_it() -> None:
    """In the same topic with the same key; it has no value and no reason."""
    (letter,) = (await pile([dead()])).letters

    record = marker(letter, NOON)

    assert (record.topic, record.key, record.value) == (TOPIC, b"user-1", None)
    assert "dlq_reason" not in content(record.headers)
    assert (await pile([stored(record)])).redriven == {letter.name}


async def test_what_cannot_or_need_not_go_stays_with_its_reason() -> None:
    """Each letter either goes or stays."""
    callback = Death(Reason.MALFORMED_CALLBACK, "no JSON")
    gone = dead(1)
    (letter,) = (await pile([gone])).letters
    records = [
        gone,
        stored(marker(letter, NOON), 2),
        stored(of_callback(TOPIC, b"{", (), callback, NOON), 3),
        dead(4, headers=[("dlq_topic", b"ignored")]),
        replace(dead(4), offset=5),
        replace(dead(6), headers=[*dead(6).headers, ("cut", b"value,headers")]),
        replace(dead(7), headers=[*dead(7).headers, ("dlq_topic", b"other")]),
        dead(8, headers=[("expirytime", b"2026-03-01T12:00:00Z")]),
        dead(9, headers=[("expirytime", b"2026-03-01T12:00:01Z")]),
        dead(10, headers=[("expirytime", b"tomorrow")]),
    ]

    plan = await make(records)

    assert [letter.origin.offset for letter in plan.going if letter.origin] == [
        4,
        9,
        10,
    ]
    assert {reason for _, reason in plan.staying} == {
        "redriven already",
        "a callback",
        "the same letter again",
        "its value is not complete",
        "came from other, which TOPIC_OUTBOUND does not name",
        "expired by its own time",
    }
    assert len(plan.going) + len(plan.staying) == len(records) - 1


@given(st.permutations([(p, o) for p in range(3) for o in (2, 9, 10)]))
async def test_commands_of_a_partition_go_in_the_order_in_which_they_stood(
    places: list[tuple[int, int]],
) -> None:
    """However the letters lie: offset 9 comes before offset 10."""
    records = [
        replace(dead(offset, partition=partition), timestamp=at)
        for at, (partition, offset) in enumerate(places)
    ]

    origins = await Kafka(list(records)).run()

    assert origins == sorted(Origin("viber.outbound", *place) for place in places)


@given(count=st.integers(1, 5), breaks_at=st.integers(0, 12))
async def test_a_run_that_breaks_off_and_the_next_one_lose_nothing(
    count: int, breaks_at: int
) -> None:
    """At most the one command between its write and its marker goes twice."""
    kafka = Kafka([dead(offset) for offset in range(count)], breaks_at)

    try:
        await kafka.run()
    except KafkaUnavailableError:
        kafka.breaks_at = 1000
        await kafka.run()
    after = len(kafka.commands)
    third = await kafka.run()

    ids = [content(record.headers)["id"] for record in kafka.commands]
    assert set(ids) == {f"viber.outbound/3/{offset}" for offset in range(count)}
    assert ids == sorted(ids)
    assert len(ids) <= count + 1
    assert (third, len(kafka.commands)) == ([], after)


async def test_it_stops_between_two_letters_when_told() -> None:
    """What was begun has its marker."""
    kafka = Kafka([dead(offset) for offset in range(5)])
    answers = iter([True, False])

    async def twice() -> bool:
        return next(answers)

    plan = await make(kafka.records)
    done = [one async for one in redrive(plan.going, kafka.write, lambda: NOON, twice)]

    assert len(done) == len(kafka.commands) == 2
    assert len((await pile(kafka.records)).redriven) == 2
