"""Bodies that are not complete share a room; those that come whole need none."""

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any

import pytest

from gateway.ingress.request import BodyReader, ClientGoneError, NoRoomError
from tests.fakes.settle import settle

LIMIT = 800
ROOM = 1000
NEVER = float("inf")
SCOPE: dict[str, Any] = {"headers": []}


class Client:
    """Sends a body piece by piece, each when it is told to.

    Args:
        pieces: The body; the last one ends it.
        hangs_up: In place of the end.
    """

    def __init__(self, pieces: Sequence[bytes], *, hangs_up: bool = False) -> None:
        self._left = list(pieces)
        self._hangs_up = hangs_up
        self._told = asyncio.Semaphore(0)

    def send(self, count: int = 1) -> None:
        """Send so many pieces more."""
        for _ in range(count):
            self._told.release()

    async def receive(self) -> MutableMapping[str, Any]:
        """Bring the next piece."""
        await self._told.acquire()
        if not self._left:
            return {"type": "http.disconnect"}
        piece = self._left.pop(0)
        more = self._hangs_up or bool(self._left)
        return {"type": "http.request", "body": piece, "more_body": more}


def begin(tasks: asyncio.TaskGroup, reader: BodyReader, client: Client) -> Any:
    """Begin to read a body, of which the first piece has come."""
    client.send()
    return tasks.create_task(reader.read(SCOPE, client.receive, NEVER))


async def test_a_body_without_room_is_refused_until_others_have_ended() -> None:
    """Complete, or given up: what they held is free again."""
    reader = BodyReader(LIMIT, ROOM)
    complete, given_up = Client([b"a" * 500, b"b"]), Client([b"a" * 400, b"b"])
    async with asyncio.TaskGroup() as tasks:
        first = begin(tasks, reader, complete)
        second = begin(tasks, reader, given_up)
        await settle()

        late = Client([b"c" * 101, b"d"])
        late.send()
        with pytest.raises(NoRoomError):
            await reader.read(SCOPE, late.receive, NEVER)

        complete.send()
        assert await first == b"a" * 500 + b"b"
        third = begin(tasks, reader, again := Client([b"c" * 600, b"d"]))
        await settle()
        second.cancel()
        await settle()
        fourth = begin(tasks, reader, large := Client([b"e" * 400, b"f"]))
        await settle()
        for client in (again, large):
            client.send()
        assert (len(await third), len(await fourth)) == (601, 401)


async def test_a_body_in_one_piece_needs_no_room() -> None:
    """Callbacks come so, and are taken whatever others do."""
    reader = BodyReader(LIMIT, ROOM)
    async with asyncio.TaskGroup() as tasks:
        waiting = [
            begin(tasks, reader, Client([b"a" * 500, b"b"])),
            begin(tasks, reader, Client([b"a" * 500, b"b"])),
        ]
        await settle()

        whole = begin(tasks, reader, Client([b"c" * LIMIT]))

        assert await whole == b"c" * LIMIT
        for task in waiting:
            task.cancel()


async def test_a_client_that_hangs_up_leaves_its_room() -> None:
    """However often somebody begins and goes away."""
    reader = BodyReader(LIMIT, ROOM)
    for _ in range(5):
        client = Client([b"a" * LIMIT], hangs_up=True)
        client.send(2)
        with pytest.raises(ClientGoneError):
            await reader.read(SCOPE, client.receive, NEVER)

    whole = Client([b"a" * 700, b"b" * 100])
    whole.send(2)
    assert await reader.read(SCOPE, whole.receive, NEVER) == b"a" * 700 + b"b" * 100
