"""The bots as they are now: read again when their files change.

The files are compared by content every few seconds, so an atomic replace and
Kubernetes' swap of a symlink are noticed alike.  A version that is wrong is refused
with one line in the log, and the last right one stays.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from gateway.bots import Bot
from gateway.core.errors import SettingsError
from gateway.log import get_logger

LOOK_SECONDS = 2.0

log = get_logger(__name__)


class Listener(Protocol):
    """Is told of a change that has been taken over."""

    def __call__(self, before: Mapping[str, Bot], now: Mapping[str, Bot], /) -> None:
        """Act on the change."""


class Roster(Mapping[str, Bot]):
    """All bots by name; looked up anew at each use.

    Args:
        read: Reads the bots from where they stand.

    Raises:
        SettingsError: The first version is wrong.
    """

    def __init__(self, read: Callable[[], Mapping[str, Bot]]) -> None:
        self._read = read
        self._bots = read()
        self._refused: str | None = None
        self._listeners: list[Listener] = []

    def on_change(self, listener: Listener) -> None:
        """Tell somebody of every change."""
        self._listeners.append(listener)

    async def watch(self) -> None:
        """Look for changes; never returns."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Take over what has changed, if it is right."""
        try:
            bots = await asyncio.to_thread(self._read)
        except SettingsError as error:
            self._refuse(str(error))
            return
        was_refused, self._refused = self._refused, None
        if bots == self._bots:
            if was_refused is not None:
                log.info("bots_accepted", bots=sorted(bots))
        else:
            before, self._bots = self._bots, bots
            log.info("bots_changed", bots=sorted(bots))
            for listener in self._listeners:
                listener(before, bots)

    def _refuse(self, error: str) -> None:
        if error != self._refused:
            log.error("bots_refused", error=error)
        self._refused = error

    def __getitem__(self, name: str) -> Bot:
        return self._bots[name]

    def __contains__(self, name: object) -> bool:
        return name in self._bots  # `Mapping` would look it up, and catch the error

    def __iter__(self) -> Iterator[str]:
        return iter(self._bots)

    def __len__(self) -> int:
        return len(self._bots)
