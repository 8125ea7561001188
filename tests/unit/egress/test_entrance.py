"""Commands begin in their order, and no more of them than could be sent soon."""

from collections import Counter

from gateway.bots import Bot
from gateway.core.command import Command, CommandDecoder
from gateway.core.offsets import Offsets
from gateway.core.record import TopicPartition
from gateway.egress.entrance import Entrance, Waiting
from gateway.egress.partition import Partition, Room
from tests.fakes.commands import decoded, record

MOST = 2
DECODER = CommandDecoder({name: Bot(name, "t") for name in ("shop", "help")})


def event(bot: str, command_id: str) -> dict[str, str]:
    """Return the headers of a command."""
    return {
        "ce_specversion": "1.0",
        "ce_source": "/tests",
        "ce_type": "com.viber.command.send_message",
        "ce_id": command_id,
        "ce_bot": bot,
    }


class Door:
    """An entrance, and who has begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.entrance = Entrance(MOST, self._begin)
        room = Room(9, None, MOST, Counter())
        self.here = Partition(TopicPartition("t", 0), Offsets(0), room)

    def _begin(self, waiting: Waiting) -> None:
        self.begun.append(waiting.command.id)

    def enter(self, *names: str, bot: str = "shop") -> list[Command]:
        """Let commands of these ids come."""
        commands = [decoded(record(**event(bot, name)), DECODER) for name in names]
        for command in commands:
            self.entrance.enter(self.here, command)
        return commands


def test_so_many_begin_as_can_be_sent() -> None:
    """The others wait in their order, and cost no task."""
    door = Door()

    first, *_ = door.enter("a", "b", "c", "d")

    assert door.begun == ["a", "b"]
    assert [one.command.id for one in door.entrance] == ["c", "d"]
    door.entrance.passed(first)
    assert door.begun == ["a", "b", "c"]
    assert repr(door.entrance) == "<Entrance 2 begun, 1 waiting>"


def test_bots_do_not_wait_for_each_other() -> None:
    """One that is held back fills its own line only."""
    door = Door()

    door.enter("a", "b", "c")
    door.enter("x", bot="help")

    assert door.begun == ["a", "b", "x"]


def test_what_is_revoked_never_begins() -> None:
    """Its new owner begins it; what comes after it here does not wait for it."""
    door = Door()
    first, *_ = door.enter("a", "b", "c")
    door.here.let_go()
    other = Door()
    door.here = other.here

    door.enter("d")
    door.entrance.passed(first)

    assert door.begun == ["a", "b", "d"]
    assert list(door.entrance) == []
