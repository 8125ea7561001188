"""Callbacks that never stop, posted by hand: each is told apart by its body."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from tests.e2e.support.gateway import Gateway
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import PATIENCE_SECONDS, wait_for

_WRITERS: Final = 8


@dataclass(slots=True)
class Stream:
    """What was posted, and what came of it.

    Attributes:
        signer: With whose token callbacks are signed now.
        accepted: The bodies that were answered with 200.
        statuses: Whatever was answered.
    """

    gateway: Gateway
    signer: Viber
    accepted: set[bytes] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    is_over: Event = field(default_factory=Event)

    def post(self, writer: int) -> None:
        """Post one after another until it is over."""
        number = 0
        while not self.is_over.is_set():
            number += 1
            said = {"event": "seen", "message_token": number, "user_id": f"u{writer}"}
            body = json.dumps(said).encode()
            status = self.gateway.call_back(self.signer, body).status
            self.statuses.add(status)
            if status == 200:
                self.accepted.add(body)

    def goes_on(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until as many more are accepted as are under way, and as many again."""
        enough = len(self.accepted) + 2 * _WRITERS
        wait_for("callbacks", lambda: len(self.accepted) >= enough, seconds=seconds)


@contextmanager
def streaming(gateway: Gateway, signer: Viber) -> Iterator[Stream]:
    """Post callbacks for a while."""
    stream = Stream(gateway, signer)
    with ThreadPoolExecutor(_WRITERS) as pool:
        writing = [pool.submit(stream.post, writer) for writer in range(_WRITERS)]
        try:
            yield stream
        finally:
            stream.is_over.set()
    for each in writing:
        each.result()
