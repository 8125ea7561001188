"""What of a partition is held, what is put off, and when there is room again."""

from collections import Counter
from dataclasses import replace

from gateway.core.command import Command
from gateway.core.deferral import Group
from gateway.core.offsets import Offsets
from gateway.core.record import TopicPartition
from gateway.egress.partition import Partition, Room
from tests.fakes.activity import no_task
from tests.fakes.commands import TWO_BOTS, decoded, record, refused

NAME = TopicPartition("viber.outbound", 3)
SHOP, KEY = Group("shop"), Group("shop", ("shop", b"a"))


def partition(per_key: int = 9, per_bot: int | None = None) -> Partition:
    """Return one with so much room."""
    return Partition(NAME, Offsets(0), Room(per_key, per_bot, Counter()), no_task)


def command(offset: int, key: bytes | None = b"a", bot: str = "shop") -> Command:
    """Return a command; without a key it has no order."""
    written = record({"broadcast_list": ["u"]}, bot=bot)
    return decoded(replace(written, key=key, offset=offset), TWO_BOTS)


def take(here: Partition, *commands: Command) -> list[bool]:
    """Let it take commands as they are read; tell which may run."""
    for each in commands:
        here.offsets.track(each.record.offset)
    return [here.take(each) for each in commands]


def test_of_a_key_one_may_run() -> None:
    """The next one when it has ended; other keys are not concerned."""
    here = partition()
    first, second, other = command(0), command(1), command(2, b"b")

    assert take(here, first, second, other) == [True, False, True]
    assert here.finish(first) is second
    assert (here.finish(second), here.finish(other)) == (None, None)
    assert (here.held, here.commit().offset) == (0, 3)


def test_beyond_its_room_a_key_is_put_off() -> None:
    """Only what belongs to it; others are held."""
    here = partition(per_key=1)

    started = take(here, *(command(n) for n in range(4)), command(4, b"b"))

    assert started == [True, False, False, False, True]
    assert (here.held, len(here.deferral)) == (3, 2)
    assert here.deferral.holds(KEY)


def test_beyond_its_room_a_bot_is_put_off() -> None:
    """Another bot is held all the same."""
    here = partition(per_bot=2)

    started = take(
        here, *(command(n, None) for n in range(4)), command(4, None, "help")
    )

    assert started == [True, True, False, False, True]
    assert here.deferral.holds(SHOP)


def test_a_key_is_due_when_half_of_its_room_is_free() -> None:
    """Not for each command: reading again costs a fetch."""
    here = partition(per_key=2)
    commands = [command(n) for n in range(5)]
    take(here, *commands)
    assert list(here.due("shop", KEY.key)) == []

    here.finish(commands[0])

    assert list(here.due("shop", KEY.key)) == [KEY]
    assert list(here.recall(KEY)) == [3]


def test_a_bot_is_due_when_half_of_its_room_is_free() -> None:
    """As a key is."""
    here = partition(per_bot=4)
    commands = [command(n, None) for n in range(6)]
    take(here, *commands)
    due = []

    for each in commands[:3]:
        here.finish(each)
        due.append(list(here.due("shop", None)))

    assert due == [[], [SHOP], [SHOP]]


def test_what_comes_back_is_held_in_its_order() -> None:
    """What is read meanwhile waits behind it."""
    here = partition(per_key=1)
    commands = [command(n) for n in range(4)]
    take(here, *commands[:3])
    here.finish(commands[0])
    assert list(here.recall(KEY)) == [2]
    take(here, commands[3])
    here.deferral.recalled(KEY)

    assert here.take(commands[2], KEY) is False
    assert here.finish(commands[1]) is commands[2]
    assert list(here.recall(KEY)) == [3]


def test_one_that_is_leaving_recalls_nothing() -> None:
    """Its next owner will."""
    here = partition(per_key=1)
    commands = [command(n) for n in range(3)]
    take(here, *commands)
    here.finish(commands[0])

    here.let_go()

    assert list(here.recall(KEY)) == []


def test_what_is_no_command_runs_at_once() -> None:
    """It needs no turn, and no room of a bot."""
    here = partition(per_bot=0)
    wrong = refused(replace(record(b"no JSON"), offset=0))
    here.offsets.track(0)

    assert here.take(wrong) is True
    assert (here.held, here.finish(wrong), here.held) == (1, None, 0)


def test_room_is_shared_between_partitions_and_given_back() -> None:
    """A bot's bound is over all of them; what leaves takes none along."""
    room = Room(9, 2, Counter())
    one, two = (Partition(NAME, Offsets(0), room, no_task) for _ in range(2))
    take(one, command(0, None), command(1, None))
    assert room.is_full("shop")
    assert take(two, command(0, None)) == [False]

    one.forget()

    assert (room.is_full("shop"), one.held) == (False, 0)
    assert list(two.recall(SHOP)) == [0]
