"""The AsyncAPI 3.1 document, written from the channels and the catalogue."""

from typing import Any

import yaml

from gateway.contract.catalogue import components, title
from gateway.contract.channels import CHANNELS, Channel, ExampleRecord, Message, Topics

# Of the contract, not of the program; it grows by the rules of semver.org.
VERSION = "0.1.0"
KAFKA_BINDING = "0.5.0"
DEFAULTS = Topics()

INFO: dict[str, Any] = {
    "title": "viber-gateway",
    "version": VERSION,
    "description": (
        "Viber bots over Kafka: a callback of Viber's becomes an event, a command "
        "becomes a call of Viber's REST API, and the command's end becomes a result.\n"
        "Events, commands and results are CloudEvents 1.0; a command may be a plain "
        "record, too.\n"
        "All come at least once: skip an id that you know."
    ),
    "contact": {"name": "The maintainers of viber-gateway"},
    "license": {"name": "Apache-2.0"},
    "tags": [{"name": "viber"}, {"name": "kafka"}, {"name": "cloudevents"}],
}
SERVER: dict[str, Any] = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "description": "The Kafka cluster; how to log in is its owner's business.",
    "variables": {
        "bootstrap": {
            "default": "localhost:9092",
            "description": "What the gateway knows as KAFKA_BOOTSTRAP_SERVERS.",
        }
    },
}
BOT: dict[str, Any] = {"bot": {"description": "A bot's name.", "examples": ["shop"]}}

Document = dict[str, Any]


def document(topics: Topics = DEFAULTS) -> Document:
    """Write the document for these topics; one without a name is left out."""
    names = topics._asdict()
    known = {name: c for name, c in CHANNELS.items() if names[c.topic]}
    return {
        "asyncapi": "3.1.0",
        "info": INFO,
        "defaultContentType": "application/json",
        "servers": {"kafka": SERVER},
        "channels": {
            name: _channel(name, channel, names[channel.topic])
            for name, channel in known.items()
        },
        "operations": {
            channel.operation: _operation(name, channel, known)
            for name, channel in known.items()
        },
        "components": {
            "messages": {
                f"{name}.{kind}": _message(kind, message, channel)
                for name, channel in known.items()
                for kind, message in channel.messages.items()
            },
            "schemas": components(),
        },
    }


def as_yaml(content: Document) -> str:
    """Write a document as YAML, members in their order."""
    return yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88
    )


class _Dumper(yaml.SafeDumper):
    """Repeats what stands in two places: readers of YAML stumble over aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Never write an alias."""
        return True


def _channel(name: str, channel: Channel, topic: str) -> Document:
    return {
        "address": topic,
        "title": channel.about.partition(":")[0],
        "description": channel.about,
        "servers": [{"$ref": "#/servers/kafka"}],
        **({"parameters": BOT} if "{bot}" in topic else {}),
        "messages": {
            kind: {"$ref": f"#/components/messages/{name}.{kind}"}
            for kind in channel.messages
        },
        "bindings": {"kafka": {"bindingVersion": KAFKA_BINDING}},
    }


def _operation(name: str, channel: Channel, known: dict[str, Channel]) -> Document:
    operation: Document = {
        "action": channel.action,
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": channel.about,
        "messages": _messages(name, channel),
    }
    answer = channel.answered_on
    if answer in known:
        operation["reply"] = {
            "channel": {"$ref": f"#/channels/{answer}"},
            "messages": _messages(answer, known[answer]),
        }
    return operation


def _messages(name: str, channel: Channel) -> list[Document]:
    return [{"$ref": f"#/channels/{name}/messages/{kind}"} for kind in channel.messages]


def _message(kind: str, message: Message, channel: Channel) -> Document:
    return {
        "name": kind,
        "title": title(kind),
        "summary": message.about,
        "contentType": message.content_type,
        "headers": _headers(message),
        **({"payload": _payload(message)} if message.payload else {}),
        "bindings": {"kafka": {"key": channel.key, "bindingVersion": KAFKA_BINDING}},
        "examples": [_example(example) for example in message.examples],
    }


def _headers(message: Message) -> Document:
    common = _component(message.headers)
    if message.ce_type is None:
        return common
    own = {"properties": {"ce_type": {"const": message.ce_type}}}
    return {"type": "object", "allOf": [common, own]}


def _payload(message: Message) -> Document:
    kinds = [_component(name) for name in message.payload]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _component(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name.replace('/', '.')}"}


def _example(example: ExampleRecord) -> Document:
    return {
        "name": example.name,
        "headers": dict(example.headers),
        "payload": example.value,
    }
