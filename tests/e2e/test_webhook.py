"""The public port from outside: who gets which answer, and what ends up in Kafka."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.gateway import SIGNATURE, Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import begin, get, request
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)

MAX_BODY_BYTES = 10_000
WELCOME = "Hello! Write to us."
GREETING = f"""
    welcome.mode = "static"
    welcome.message = {{ type = "text", text = "{WELCOME}" }}
"""
BODIES = Path(__file__).parents[1] / "fixtures" / "viber" / "callbacks"


@pytest.fixture(scope="module")
def place(
    kafka: Kafka, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Return the running receiver; its bot greets who opens the chat."""
    folder = tmp_path_factory.mktemp("webhook")
    topics, viber = Topics.create(kafka), simulator.open_bot()
    bots = BotsFile(folder / "bots")
    bots.add(viber, GREETING)
    settings = {
        **bots.settings,
        "HTTP_MAX_BODY_BYTES": str(MAX_BODY_BYTES),
        "HTTP_BODY_TIMEOUT_SECONDS": "0.3",
    }
    with Gateways(topics, viber, folder) as gateways:
        yield Place(gateways.start("receiver", settings), viber, topics)


@pytest.mark.parametrize("body", sorted(BODIES.iterdir()), ids=lambda path: path.stem)
def test_every_callback_that_was_ever_seen_arrives_byte_for_byte(
    place: Place, body: Path
) -> None:
    """Unknown events and members, old forms and odd numbers pass unchanged."""
    content = body.read_bytes()

    assert place.post(content).status == 200

    assert place.holds(content)


def test_a_signature_in_the_query_counts_too(place: Place) -> None:
    """Viber sends it in both places, and proxies drop headers."""
    body = b'{"event": "seen", "message_token": 1, "user_id": "in the query"}'

    answer = request("POST", f"{place.url}?sig={place.viber.sign(body)}", body)

    assert answer.status == 200
    assert place.holds(body)


@pytest.mark.parametrize(
    "signature",
    ["00" * 32, "AB" * 32, "", "not hex", "0" * 10_000],
    ids=["another", "upper-case", "empty", "no hex", "endless"],
)
def test_a_wrong_signature_is_refused(place: Place, signature: str) -> None:
    """Whoever does not know the token writes no event."""
    body = json.dumps({"event": "seen", "user_id": signature[:10]}).encode()

    answer = request("POST", place.url, body, {SIGNATURE: signature})

    assert answer.status == 403
    assert not place.holds(body)


def test_a_right_signature_in_capitals_is_refused(place: Place) -> None:
    """Viber writes lower-case; there is one right way to sign."""
    body = b'{"event": "seen", "user_id": "in capitals"}'

    assert place.post(body, place.viber.sign(body).upper()).status == 403
    assert not place.holds(body)


def test_no_signature_is_refused(place: Place) -> None:
    """An event cannot be had without one."""
    body = b'{"event": "message", "sender": {"id": "nobody"}}'

    assert request("POST", place.url, body).status == 403
    assert not place.holds(body)


def test_the_check_of_a_webhook_needs_no_signature(place: Place) -> None:
    """Viber may send it unsigned; it is answered and tells nothing."""
    body = b'{"event": "webhook", "timestamp": 1, "message_token": 2}'

    assert request("POST", place.url, body).status == 200
    assert not place.holds(body)


def test_a_long_unsigned_check_is_refused(place: Place) -> None:
    """Viber's own is short; nobody else may have much parsed."""
    body = json.dumps({"event": "webhook", "more": "x" * 4096}).encode()

    assert request("POST", place.url, body).status == 403


def test_an_unknown_bot_is_404(place: Place) -> None:
    """Its body is not waited for."""
    url = f"{place.gateway.url()}/webhooks/nobody"

    assert begin(url, {"content-length": "100"}, b"").status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_allowed(place: Place, method: str) -> None:
    """The answer says so."""
    answer = request(method, place.url)

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "/metrics", "/livez", "/docs", "/webhooks"])
def test_the_public_port_has_nothing_else(place: Place, path: str) -> None:
    """Probes, metrics and documents stay inside."""
    assert get(place.gateway.url() + path).status == 404


def test_a_body_declared_too_large_is_not_read(place: Place) -> None:
    """The answer comes before the first byte of it."""
    headers = {"content-length": str(MAX_BODY_BYTES + 1)}

    assert begin(place.url, headers, b"").status == 413


def test_a_chunked_body_is_not_read_beyond_the_limit(place: Place) -> None:
    """Its length is not declared, so it is counted."""
    chunk = b"%x\r\n%s\r\n" % (MAX_BODY_BYTES + 1, b" " * (MAX_BODY_BYTES + 1))

    answer = begin(place.url, {"transfer-encoding": "chunked"}, chunk)

    assert answer.status == 413


def test_a_body_of_the_limits_size_is_taken(place: Place) -> None:
    """The limit itself is allowed."""
    start = b'{"event": "seen", "user_id": "large", "more": "'
    body = start + b"x" * (MAX_BODY_BYTES - len(start) - 2) + b'"}'
    assert len(body) == MAX_BODY_BYTES

    assert place.post(body).status == 200
    assert place.holds(body)


def test_a_body_that_does_not_come_is_408(place: Place) -> None:
    """Nobody holds a connection for ever."""
    assert begin(place.url, {"content-length": "100"}, b'{"event"').status == 408


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[1]",
        b'{"event": ""}',
        b'{"event": 7}',
        b"\xff\xfe",
        b"[" * 9999,
    ],
    ids=["empty", "text", "list", "no name", "number", "no UTF-8", "deep"],
)
def test_a_signed_body_that_is_no_callback_is_a_dead_letter(
    place: Place, body: bytes
) -> None:
    """Viber would repeat it for an hour for nothing, so it is answered with 200."""
    before = place.topics.count(place.topics.dead_letters)

    assert place.post(body).status == 200

    letters = place.topics.read(place.topics.dead_letters)
    assert len(letters) == before + 1
    (letter,) = [letter for letter in letters if letter.value == body]
    assert letter.header("dlq_reason") == "malformed_callback"
    assert letter.header("dlq_bot") == place.viber.bot
    assert letter.header("dlq_error")


def test_a_repeated_callback_has_the_same_id(place: Place) -> None:
    """So bots can tell a repeat."""
    body = b'{"event": "subscribed", "message_token": 7, "user": {"id": "twice"}}'

    assert [place.post(body).status, place.post(body).status] == [200, 200]

    events = [e for e in place.topics.events() if e.key == b"twice"]
    assert len(events) == 2
    assert len({event.header("ce_id") for event in events}) == 1


def test_who_opens_the_chat_is_greeted(place: Place) -> None:
    """The welcome message comes with the answer, before any bot is asked."""
    place.viber.set_webhook(place.url, ["conversation_started"])
    user = place.viber.add_guest()

    place.viber.act(user, "open")

    wait_for("the greeting", lambda: place.viber.texts(user))
    assert place.viber.texts(user) == [WELCOME]
    assert place.viber.calls() == []
    (event,) = [e for e in place.topics.events() if e.key == user.encode()]
    assert event.header("ce_type") == "com.viber.callback.conversation_started"


def test_no_answer_tells_a_secret(place: Place) -> None:
    """Neither the token nor what was posted comes back, nor is it logged."""
    secret = "do-not-repeat-this"
    body = json.dumps({"event": "message", "secret": secret}).encode()

    answer = request("POST", f"{place.url}?sig={secret}", body)

    assert answer.status == 403
    told = f"{answer.body!r} {answer.headers} {place.gateway.complaints}"
    assert secret not in told
    assert place.viber.token not in told
