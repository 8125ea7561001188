"""The bot of `bots/README.md` in Python; it knows nothing but three Kafka topics.

Offsets are committed once Kafka has acknowledged the answers.  To run it:

    KAFKA_BOOTSTRAP_SERVERS=localhost:9092 python echo_bot.py
"""

import signal
from collections import deque
from contextlib import suppress
from os import environ
from sys import stderr
from typing import Any, cast

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer

SERVERS = environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")
EVENTS = environ.get("TOPIC_INBOUND", "viber.inbound")
COMMANDS = environ.get("TOPIC_OUTBOUND", "viber.outbound")
RESULTS = environ.get("TOPIC_RESULTS", "viber.results")
NAME = environ.get("BOT_NAME", "echo-bot")
ANSWER, SORRY = f"{NAME}-answer-", f"{NAME}-sorry-"  # how our ids of commands begin
LOGO = "https://www.python.org/static/img/python-logo.png"
JSON = JSONFormat()
Body = dict[str, Any]
# What comes of a record that somebody else wrote, which may be anything.
UNREADABLE = (
    BaseCloudEventException,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def buttons(kind: str, columns: int, rows: int) -> Body:
    """Make a keyboard or a carousel, with a button for each word of the dialogue."""
    size = {"Columns": columns, "Rows": rows}
    words = ("keyboard", "carousel", "picture")
    made = [{"Text": word, "ActionBody": word, **size} for word in words]
    return {"Type": kind, "Buttons": made}


KEYBOARD, CARDS = buttons("keyboard", 2, 1), buttons("rich_media", 6, 7)
SHOWN: dict[str, Body] = {
    "keyboard": {"type": "text", "text": "Choose:", "keyboard": KEYBOARD},
    "carousel": {"type": "rich_media", "min_api_version": 2, "rich_media": CARDS},
    "picture": {"type": "picture", "text": "A picture", "media": LOGO},
}


def answer(event: BaseCloudEvent) -> Body | None:
    """Say what to answer, if anything; a welcome only where the event asks for one."""
    kind, said = event.get_type(), cast("Body", event.get_data())
    if kind.endswith(".subscribed") or event.get_extension("replyto"):
        words = f"Welcome, {said['user'].get('name', 'stranger')}!"
    elif kind.endswith(".callback.message") and said["message"]["type"] == "text":
        words = said["message"]["text"]
    elif kind.endswith(".rejected") and said["command_id"].startswith(ANSWER):
        words = f"Sorry, Viber refused my answer: {said['status_message']}"
    else:
        return None
    return SHOWN.get(words, {"type": "text", "text": words})


def command(event: BaseCloudEvent, body: Body) -> KafkaMessage:
    """Write an answer as a command, or as the welcome message that was asked for."""
    use = SORRY if event.get_type().startswith("com.viber.result.") else ANSWER
    attributes = {
        "specversion": "1.0",
        "id": f"{use}{event.get_id()}",
        "source": f"/bots/{NAME}",
        "type": "com.viber.command.send_message",
        "datacontenttype": "application/json",
        "bot": event.get_extension("bot"),
    }
    for name in ("correlationid", "traceparent"):  # the question, and the trace
        if given := event.get_extension(name):
            attributes[name] = given
    return to_binary(CloudEvent(attributes, body), JSON)


def acknowledged(error: KafkaError | None, _: Message) -> None:
    """End the process where Kafka did not take a command: the event comes again."""
    if error is not None:
        raise KafkaException(error)


def read(message: Message) -> tuple[BaseCloudEvent, Body | None]:
    """Read an event or a result, and what to answer to it."""
    headers, key = dict(cast("Any", message.headers() or ())), message.key()
    event = from_kafka(KafkaMessage(headers, key, message.value() or b""), JSON)
    return event, answer(event)


def handle(message: Message, seen: deque[str], out: Producer) -> None:
    """Answer an event or a result, unless it is about nobody or was answered before."""
    try:
        event, body = read(message)
    except UNREADABLE as why:
        place = f"{message.topic()}/{message.partition()}/{message.offset()}"
        print(f"{NAME}: left out {place}, no event: {why!r}", file=stderr)
        return
    user, topic = message.key(), event.get_extension("replyto")
    if body is None or user is None or event.get_id() in seen:
        return
    made = command(event, body if topic else body | {"receiver": user.decode()})
    key = event.get_extension("correlationid") if topic else user
    headers = cast("Any", list(made.headers.items()))
    out.produce(topic or COMMANDS, made.value, key, -1, acknowledged, headers=headers)
    seen.append(event.get_id())


def run(consumer: Consumer, producer: Producer) -> None:
    """Answer until the process is told to stop."""
    seen: deque[str] = deque(maxlen=10_000)
    while True:
        first = consumer.poll()
        if first is None or first.error():
            continue
        for message in [first, *consumer.consume(100, 0)]:
            if not message.error():
                handle(message, seen, producer)
        producer.flush()
        consumer.commit(asynchronous=False)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kafka = {"bootstrap.servers": SERVERS}
    group = {"group.id": NAME, "session.timeout.ms": 6000, "enable.auto.commit": False}
    reader = Consumer({**kafka, **group, "auto.offset.reset": "earliest"})
    reader.subscribe([EVENTS, RESULTS])
    with suppress(KeyboardInterrupt):
        placed = {"enable.idempotence": True, "partitioner": "murmur2_random"}
        run(reader, Producer({**kafka, **placed}))
    reader.close()
