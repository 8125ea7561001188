"""Viber's official SDKs parse the raw value of our events, as they do callbacks.

So a bot that moves behind the gateway keeps its code.  What an SDK cannot parse it
could not parse as a callback either.  Without pip, npm or a registry the tests are
skipped by name.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.core.callback import parse
from gateway.core.event import EventEncoder
from gateway.core.record import NewRecord
from tests.contract.toolchain import BUILD_SECONDS, Project, answer_of
from tests.fakes.record import NOON, content
from tests.fixtures import load, names, raw

FOLDER = Path(__file__).parents[1] / "contract" / "sdks"
PYTHON = Project(
    FOLDER / "viber_python",
    (
        (sys.executable, "-m", "venv", "own"),
        ("own/bin/python", "-m", "pip", "install", "-q", "-r", "requirements.txt"),
    ),
    ("own/bin/python", "parse.py"),
)
NODE = Project(
    FOLDER / "viber_node",
    (("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),),
    ("node", "parse.js"),
)
# What the SDK for Python raises at: events and types newer than it is, and a `failed`
# without the members that Viber sometimes leaves out.  The one for Node lets all pass.
CANNOT = {
    "callbacks/action_unknown.json",
    "callbacks/client_status_payment.json",
    "callbacks/failed_minimal.json",
    "callbacks/message_unknown_type.json",
}
by_sdk = pytest.mark.parametrize("sdk", [PYTHON, NODE], ids=str)
pytestmark = pytest.mark.timeout(2 * BUILD_SECONDS)


def event(name: str) -> NewRecord:
    """Write the event of a callback."""
    body = raw(name)
    return EventEncoder("shop", "viber.inbound").record(parse(body), body, NOON)


def told(sdk: Project) -> dict[str, dict[str, Any]]:
    """Return what an SDK made of each event, by the callback's name."""
    values = [event(name).value for name in names("callbacks")]
    answers = msgspec.json.decode(answer_of(sdk, msgspec.json.encode(values)))
    return dict(zip(names("callbacks"), answers, strict=True))


@by_sdk
def test_an_sdk_parses_the_values_of_our_events(sdk: Project) -> None:
    """Event, user, token and text as Viber sent them, wherever the SDK tells them."""
    parsed = told(sdk)
    refused = {name for name, found in parsed.items() if "error" in found}

    assert refused == (CANNOT if sdk is PYTHON else set())
    for name in parsed.keys() - refused:
        found, said = parsed[name], parse(raw(name))
        assert found["event"] == said.event
        assert found["user"] in {said.user_id, None}
        assert found["token"] in {said.message_token, None}
        assert (found["text"] or "") == load(name).get("message", {}).get("text", "")


@by_sdk
def test_an_sdk_finds_user_token_and_text_of_a_message(sdk: Project) -> None:
    """The commonest event, whole."""
    found = told(sdk)["callbacks/message_text.json"]
    value = load("callbacks/message_text.json")

    assert found["user"] == value["sender"]["id"]
    assert found["token"] == str(value["message_token"])
    assert found["text"] == value["message"]["text"]


def test_the_message_token_survives_javascript() -> None:
    """JSON.parse ruins the number; the text in the header is whole."""
    parsed = told(NODE)
    ruined = []
    for name, found in parsed.items():
        number = load(name).get("message_token")
        headers = content(event(name).headers)
        assert headers.get("ce_messagetoken") == (number and str(number))
        if number is not None and found["ruined"] != str(number):
            ruined.append(name)

    assert len(ruined) > len(parsed) // 2
