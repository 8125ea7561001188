"""Bots and tokens that change while callbacks come, however the files are changed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.folder import Folder, Mount
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(60)

NOTICED_SECONDS = 5.0
WRITERS = 4
CALLBACK = b'{"event": "seen", "message_token": 1, "user_id": "u"}'


@dataclass(slots=True)
class Stream:
    """Callbacks that never stop, signed as Viber signs at the moment.

    Attributes:
        signer: With whose token they are signed.
        answered: The body and the status of each.
    """

    gateway: Gateway
    signer: Viber
    answered: list[tuple[bytes, int]] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def post(self, writer: int) -> None:
        """Post one after another until it is over."""
        number = 0
        while not self.is_over.is_set():
            number += 1
            said = {"event": "seen", "message_token": number, "user_id": f"u{writer}"}
            body = json.dumps(said).encode()
            answer = self.gateway.call_back(self.signer, body)
            self.answered.append((body, answer.status))

    def goes_on(self) -> None:
        """Wait for as many more as could have been under way, and as many again."""
        enough = len(self.answered) + 2 * WRITERS
        wait_for("callbacks", lambda: len(self.answered) >= enough)


@contextmanager
def streaming(gateway: Gateway, signer: Viber) -> Iterator[Stream]:
    """Post callbacks for a while."""
    stream = Stream(gateway, signer)
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(stream.post, writer) for writer in range(WRITERS)]
        try:
            yield stream
        finally:
            stream.is_over.set()
    for each in writing:
        each.result()


@pytest.fixture(params=[Folder, Mount], ids=["replaced", "symlink swapped"])
def bots(request: pytest.FixtureRequest, tmp_path: Path) -> BotsFile:
    """Return an empty bots file."""
    return BotsFile(tmp_path / "bots", request.param)


def becomes(gateway: Gateway, signer: Viber, status: int) -> None:
    """Wait until a token's signatures are judged so; it must be soon."""
    wait_for(
        f"{status} for {signer.token}",
        lambda: gateway.call_back(signer, CALLBACK).status == status,
        seconds=NOTICED_SECONDS,
    )


def test_a_token_is_renewed_without_a_refused_callback(
    gateways: Gateways, bots: BotsFile, viber: Viber, topics: Topics
) -> None:
    """Both count until Viber has changed too; then the old one is taken away."""
    bots.add(viber)
    gateway = gateways.start("receiver", bots.settings)

    with streaming(gateway, viber) as stream:
        bots.keep_token(viber)
        renewed = viber.renew_token()
        bots.change_token(renewed.bot, renewed.token)
        becomes(gateway, renewed, 200)
        stream.goes_on()
        stream.signer = renewed
        stream.goes_on()
        bots.add(renewed)
        becomes(gateway, viber, 403)
        stream.goes_on()

    assert {status for _, status in stream.answered} == {200}
    events = {event.value for event in topics.events()}
    assert events >= {body for body, _ in stream.answered}


def test_bots_come_and_go_and_the_others_notice_nothing(
    gateways: Gateways, bots: BotsFile, viber: Viber, simulator: Simulator
) -> None:
    """Also when a version in between is faulty: the last right one stays."""
    other = simulator.open_bot()
    bots.add(viber)
    gateway = gateways.start("receiver", bots.settings)
    gateway.excuse("bots_refused")

    with streaming(gateway, viber) as stream:
        bots.add(other)
        becomes(gateway, other, 200)
        bots.spoil()
        gateway.wait_for_log("bots_refused")
        stream.goes_on()
        assert gateway.call_back(other, CALLBACK).status == 200
        bots.remove(other)
        becomes(gateway, other, 404)

    assert {status for _, status in stream.answered} == {200}
    assert len(gateway.logged("bots_refused")) == 1
    assert len(gateway.logged("bots_changed")) == 2
