"""A running gateway with its topics and its bot, for tests that can share one."""

from collections.abc import Mapping
from typing import NamedTuple

from tests.e2e.support.commands import message
from tests.e2e.support.gateway import SIGNATURE, Gateway
from tests.e2e.support.records import Draft, Written
from tests.e2e.support.topics import Topics, command_of
from tests.e2e.support.viber import Viber
from tests.e2e.support.web import Answer, request


class Started(NamedTuple):
    """How a gateway is started."""

    role: str
    settings: Mapping[str, str]


class Place(NamedTuple):
    """Where a test does its work; others work beside it."""

    gateway: Gateway
    viber: Viber
    topics: Topics

    @property
    def url(self) -> str:
        """Where the bot's callbacks go."""
        return self.gateway.webhook(self.viber)

    def post(self, body: bytes, signature: str | None = None) -> Answer:
        """Post a callback; without a signature it is signed rightly."""
        headers = {SIGNATURE: signature or self.viber.sign(body)}
        return request("POST", self.url, body, headers)

    def holds(self, body: bytes) -> bool:
        """Whether there is an event of exactly this body."""
        return body in [e.value for e in self.topics.read(self.topics.inbound)]

    def send(self, draft: Draft) -> Written:
        """Write a command; return its result, of which there must be one."""
        (place,) = self.topics.write([draft])
        (result,) = self.topics.results_of(place)
        return result

    def send_text(self, user: str, words: str) -> Written:
        """Send a text to a user; the words are the command's id."""
        bot = self.viber.bot
        return self.send(message(self.topics.outbound, bot, user, words))

    def dead_letter(self, result: Written) -> Written:
        """Return the dead letter that goes with a result; there must be one."""
        (letter,) = self.topics.dead_letters_of(command_of(result))
        return letter
