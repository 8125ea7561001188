"""What the CloudEvents SDK for Python makes of our records, and what it writes.

JSON on standard input and output: `events` to read, `commands` to write, each command
as a binary and as a structured record.  Bytes stand in base64.
"""

import json
import sys
from base64 import b64decode, b64encode
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_kafka,
    to_binary,
    to_structured,
)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

JSON = JSONFormat()


def read(record: dict[str, Any]) -> dict[str, Any]:
    """Read one of our events."""
    headers = {name: b64decode(value) for name, value in record["headers"].items()}
    message = KafkaMessage(headers, None, b64decode(record["value"]))
    event: BaseCloudEvent = from_kafka(message, JSON)
    attributes = {name: str(value) for name, value in event.get_attributes().items()}
    return {"attributes": attributes, "data": event.get_data()}


def event_of(command: dict[str, Any]) -> CloudEvent:
    """Make the event of a command."""
    return CloudEvent(dict(command["attributes"]), command["data"])


def record_of(message: KafkaMessage) -> dict[str, Any]:
    """Write a record down."""
    headers = {n: b64encode(v).decode() for n, v in message.headers.items()}
    return {"headers": headers, "value": b64encode(message.value).decode()}


asked = json.load(sys.stdin)
events = [event_of(command) for command in asked["commands"]]
json.dump(
    {
        "events": [read(record) for record in asked["events"]],
        "binary": [record_of(to_binary(event, JSON)) for event in events],
        "structured": [record_of(to_structured(event, JSON)) for event in events],
    },
    sys.stdout,
)
