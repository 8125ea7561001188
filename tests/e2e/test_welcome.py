"""Welcome messages that a bot is asked for over Kafka (`welcome.mode = "reply"`)."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.records import Draft, Written, create
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import Answer
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)

LONG: Final = 4.0
SHORT: Final = 0.2
FALLBACK: Final = 'welcome.message = { type = "text", text = "nobody answered" }'
COUNTED: Final = r'viber_welcome_replies_total\{outcome="(\w+)"\} (\d+)\.0'


class House:
    """Where users are greeted: receivers of one bots file, and a topic for replies."""

    def __init__(self, gateways: Gateways, topics: Topics, folder: Path) -> None:
        self._gateways = gateways
        self.topics = topics
        self.bots = BotsFile(folder)

    def start(self, replies: str) -> Gateway:
        """Start a receiver."""
        settings = {**self.bots.settings, "TOPIC_REPLIES": replies}
        return self._gateways.start("receiver", settings)

    def question(self, user: str) -> Written:
        """Wait until the bot is asked how to greet a user."""

        def found() -> list[Written]:
            return [e for e in self.topics.events() if e.header("ce_subject") == user]

        return wait_for(f"the question about {user}", found)[0]


@pytest.fixture
def house(gateways: Gateways, topics: Topics, tmp_path: Path) -> House:
    """Return a house without a bot."""
    return House(gateways, topics, tmp_path / "bots")


@pytest.fixture
def replies(broker: Kafka) -> str:
    """Return the topic where bots answer."""
    return broker.create_topic("replies")


@pytest.fixture
def people() -> Iterator[Executor]:
    """Return who can wait for answers meanwhile."""
    with ThreadPoolExecutor(4) as people:
        yield people


def asked(seconds: float, fallback: str = FALLBACK) -> str:
    """Return the lines of the bots file that let a bot be asked."""
    mode = f'welcome.mode = "reply"\nwelcome.timeout_seconds = {seconds}\n'
    return mode + fallback


def open_chat(gateway: Gateway, viber: Viber, user: str) -> Answer:
    """Let a user open the chat; return what Viber is answered."""
    said = {"event": "conversation_started", "message_token": 1, "user": {"id": user}}
    return gateway.call_back(viber, json.dumps(said).encode())


def hello(words: str) -> bytes:
    """Return a welcome message."""
    return json.dumps({"type": "text", "text": words}).encode()


def reply(asking: Written, message: bytes, question: str | None = None) -> Draft:
    """Return a bot's answer, to another question than was asked if need be."""
    identity = asking.header("ce_correlationid") if question is None else question
    headers = {"ce_correlationid": identity}
    return Draft(asking.header("ce_replyto"), message, identity, headers)


def text_of(answer: Future[Answer]) -> object:
    """Return what a user is greeted with."""
    return answer.result().json()["text"]


def counts(gateway: Gateway) -> dict[str, int]:
    """Tell what became of the replies."""
    text = gateway.probe("metrics").body.decode()
    counted = {name: int(count) for name, count in re.findall(COUNTED, text)}
    return {name: count for name, count in counted.items() if count}


def test_the_bots_reply_is_the_welcome_message(
    house: House, viber: Viber, replies: str
) -> None:
    """The event asks; what the bot writes to the topic it names goes to the user."""
    house.bots.add(viber, asked(LONG))
    gateway = house.start(replies)
    viber.set_webhook(gateway.webhook(viber), ["conversation_started"])
    user = viber.add_guest()
    viber.act(user, "open")

    event = house.question(user)
    house.topics.write([reply(event, hello("Hello from Kafka"))])

    wait_for("the welcome", lambda: viber.texts(user) == ["Hello from Kafka"])
    assert event.header("ce_replyto") == replies
    assert event.header("ce_receivedat") < event.header("ce_deadline")


@pytest.mark.parametrize(
    ("fallback", "said"), [(FALLBACK, "nobody answered"), ("", None)], ids=str
)
def test_a_bot_that_does_not_answer_is_not_waited_for(
    house: House,
    viber: Viber,
    replies: str,
    fallback: str,
    said: str | None,
) -> None:
    """At the deadline the user gets the bot's standing message, or none."""
    house.bots.add(viber, asked(SHORT, fallback))
    gateway = house.start(replies)

    answer = open_chat(gateway, viber, "guest")

    assert answer.status == 200
    assert (answer.json()["text"] if answer.body else None) == said


def test_each_replica_is_answered_what_it_has_asked(
    house: House,
    viber: Viber,
    replies: str,
    people: Executor,
) -> None:
    """Whichever of a bot's own replicas answers, and in whichever order."""
    house.bots.add(viber, asked(LONG))
    replicas = [house.start(replies) for _ in range(2)]
    guests = ["Ann", "Bob", "Cem", "Dan"]

    answers = [
        people.submit(open_chat, replicas[number % 2], viber, guest)
        for number, guest in enumerate(guests)
    ]
    events = [house.question(guest) for guest in guests]
    greetings = [hello(f"Hello {guest}") for guest in guests]
    house.topics.write(list(reversed(list(map(reply, events, greetings)))))

    assert [text_of(answer) for answer in answers] == [f"Hello {g}" for g in guests]
    for replica in replicas:
        assert counts(replica) == {"used": 2}


def test_replies_that_come_to_nothing_are_counted_and_dropped(
    house: House,
    viber: Viber,
    simulator: Simulator,
    replies: str,
    people: Executor,
) -> None:
    """Wrong, late and second ones; a right one in between is the one that counts."""
    hasty = simulator.open_bot()
    house.bots.add(viber, asked(LONG))
    house.bots.add(hasty, asked(SHORT))
    gateway = house.start(replies)
    assert open_chat(gateway, hasty, "missed").json()["text"] == "nobody answered"
    late = house.question("missed")

    answer = people.submit(open_chat, gateway, viber, "guest")
    asking = house.question("guest")
    never_asked = asking.header("ce_correlationid")[:-1] + "x"
    house.topics.write(
        [
            reply(late, hello("too late")),
            reply(asking, hello("whose?"), "anything"),
            reply(asking, hello("whose?"), never_asked),
            reply(asking, b"[]"),
            reply(asking, b"no JSON"),
            reply(asking, b'{"text": "no message"}'),
            reply(asking, hello("x" * 30_000)),
            reply(asking, hello("the right one")),
            reply(asking, hello("the second one")),
        ]
    )

    assert text_of(answer) == "the right one"
    expected = {"late": 1, "unknown": 2, "invalid": 4, "used": 1, "second": 1}
    wait_for("its counts", lambda: counts(gateway), expected.__eq__)


@pytest.mark.real_kafka  # a topic that nobody made is missing
def test_only_bots_that_are_asked_need_a_topic_for_their_replies(
    house: House,
    viber: Viber,
    simulator: Simulator,
    broker: Kafka,
    people: Executor,
) -> None:
    """Of their own, where the name says so; one that is added later is heard, too."""
    replies, silent = broker.unique("replies") + "-{bot}", simulator.open_bot()
    later = simulator.open_bot()
    names = [replies.replace("{bot}", each.bot) for each in (viber, later)]
    create(house.topics.servers, names)
    house.bots.add(viber, asked(LONG))
    house.bots.add(silent)
    gateway = house.start(replies)
    house.bots.add(later, asked(LONG))
    wait_for("it", lambda: open_chat(gateway, later, "first").status == 200)

    for each, name in zip((viber, later), names, strict=True):
        answer = people.submit(open_chat, gateway, each, each.bot)
        asking = house.question(each.bot)
        house.topics.write([reply(asking, hello(f"Hello from {each.bot}"))])
        assert asking.header("ce_replyto") == name
        assert text_of(answer) == f"Hello from {each.bot}"
    assert open_chat(gateway, silent, "guest").body == b""
    assert gateway.logged("following_interrupted") == []
