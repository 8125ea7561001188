"""The AsyncAPI document names the topics and schemas in use, and people can read it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from gateway.contract.asyncapi import Document, document
from gateway.contract.catalogue import SCHEMAS, SHARED
from gateway.contract.channels import Topics
from gateway.contract.page import page
from gateway.ops.asyncapi import asyncapi_routes
from gateway.settings import TopicSettings
from tests.contract.validators import FOLDER
from tests.fakes.asgi import Exchange, Response

PUBLISHED: Document = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text("utf-8"))
MESSAGES = PUBLISHED["components"]["messages"]
by_message = pytest.mark.parametrize("name", MESSAGES)


def references(content: Any) -> Iterator[str]:
    """Yield every reference in a document."""
    inner = content.values() if isinstance(content, dict) else content
    for name, value in content.items() if isinstance(content, dict) else ():
        if name == "$ref":
            yield value
    for value in inner:
        if isinstance(value, dict | list):
            yield from references(value)


def resolve(content: Document, reference: str) -> Any:
    """Follow a reference within a document; KeyError when it leads nowhere."""
    place: Any = content
    for step in reference.removeprefix("#/").split("/"):
        place = place[step]
    return place


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """Judge a value by a schema that refers to the published components."""
    whole = schema | {"components": PUBLISHED["components"]}
    return [fault.message for fault in Draft202012Validator(whole).iter_errors(value)]


async def served(path: str) -> Response:
    """Ask a gateway where every bot has topics of its own and results are off."""
    topic = TopicSettings(
        inbound="viber.{bot}.in", outbound="viber.{bot}.out", results=""
    )
    app = FastAPI()
    app.include_router(asyncapi_routes(topic))
    return (await Exchange(path, method="GET").run(app)).response


def test_every_reference_leads_somewhere() -> None:
    """Readers of the document follow them."""
    assert [resolve(PUBLISHED, reference) for reference in references(PUBLISHED)]


def test_every_schema_is_in_the_document() -> None:
    """The files and the document are one contract."""
    named = {name.replace("/", ".") for name in SCHEMAS}

    assert PUBLISHED["components"]["schemas"].keys() == named | SHARED.keys()


def test_the_channels_are_the_topics_that_are_the_default() -> None:
    """Each but the one that only the gateway itself reads."""
    defaults = {name: f.default for name, f in TopicSettings.model_fields.items()}
    addresses = {channel["address"] for channel in PUBLISHED["channels"].values()}

    assert addresses == {defaults[name] for name in defaults if name != "progress"}
    assert Topics() == Topics(*(defaults[name] for name in Topics._fields))


def test_every_channel_has_one_operation() -> None:
    """Seen by the gateway: what it writes, it sends."""
    actions = {
        operation["channel"]["$ref"].rpartition("/")[2]: operation["action"]
        for operation in PUBLISHED["operations"].values()
    }

    assert actions == {
        "inbound": "send",
        "outbound": "receive",
        "results": "send",
        "deadLetters": "send",
        "replies": "receive",
    }


@by_message
def test_every_message_says_all_that_a_reader_needs(name: str) -> None:
    """What it is, its headers, its key and at least one example."""
    message = MESSAGES[name]

    assert message["summary"]
    assert message["headers"]
    assert message["bindings"]["kafka"]["key"]["description"]
    assert message["examples"]


@by_message
def test_every_example_of_a_message_passes(name: str) -> None:
    """Its headers and its payload, by the schemas of this very document."""
    message = MESSAGES[name]

    for example in message["examples"]:
        assert faults(message["headers"], example["headers"]) == []
        assert faults(message.get("payload", {}), example["payload"]) == []


async def test_the_document_served_names_the_topics_configured() -> None:
    """`{bot}` becomes a parameter; a topic that is off is left out."""
    answer = await served("/asyncapi.yaml")
    told = yaml.safe_load(answer.body)

    assert answer.headers["content-type"] == "application/yaml"
    assert told["channels"]["inbound"]["address"] == "viber.{bot}.in"
    assert told["channels"]["outbound"]["parameters"].keys() == {"bot"}
    assert "results" not in told["channels"]
    assert "reply" not in told["operations"]["readCommands"]
    assert [resolve(told, reference) for reference in references(told)]


class Seen(HTMLParser):
    """What a browser would see: text, places, links, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        about = dict(attrs)
        self.places.add(about.get("id") or "")
        self.links.add(about.get("href") or "")
        self.fetched.add(about.get("src") or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that tags close in order."""
        assert self.open.pop() == tag


async def test_the_page_is_whole() -> None:
    """Every tag is closed, every link leads somewhere, nothing is fetched."""
    answer = await served("/asyncapi")
    seen = Seen(answer.body.decode())

    inner = {link[1:] for link in seen.links if link.startswith("#")}
    assert inner <= seen.places
    assert seen.links - {f"#{place}" for place in inner} == {"", "asyncapi.yaml"}
    assert seen.fetched == {""}
    assert seen.open == []
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_shows_every_topic_message_and_schema() -> None:
    """Whoever reads it needs no other page."""
    text = page(document())

    for channel in PUBLISHED["channels"].values():
        assert f">{channel['address']}</h2>" in text
    for message in MESSAGES.values():
        assert f"<h3>{message['title']}</h3>" in text
    for name in PUBLISHED["components"]["schemas"]:
        assert f'<h3 id="{name}">' in text


def test_the_page_shows_what_is_no_markup_as_it_is() -> None:
    """An example's `<b>` must not make the page bold."""
    text = page(document())

    assert "&lt;b&gt;Shop&lt;/b&gt;" in text
    assert "<b>" not in text
