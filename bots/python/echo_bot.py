"""An echo bot: answers every text with the same text.

It knows nothing but two Kafka topics.  An event's offset is committed once Kafka has
acknowledged the answer; events come at least once, so a repeat is known by its id:

    KAFKA_BOOTSTRAP_SERVERS=localhost:9092 python echo_bot.py
"""

import json
import os
import signal
from collections import OrderedDict
from contextlib import suppress
from typing import Any, cast

from confluent_kafka import Consumer, Message, Producer

SERVERS = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")
EVENTS = os.environ.get("TOPIC_INBOUND", "viber.inbound")
COMMANDS = os.environ.get("TOPIC_OUTBOUND", "viber.outbound")
REMEMBERED = 10_000

Headers = dict[str, str | bytes | None]


def answer_to(event: dict[str, Any]) -> str | None:
    """Say what to answer, if anything."""
    if event["event"] == "subscribed":
        return f"Welcome, {event['user'].get('name', 'stranger')}!"
    if event["event"] == "message" and event["message"].get("type") == "text":
        return str(event["message"]["text"])
    return None


def answer(message: Message, about: dict[str, str], producer: Producer) -> None:
    """Answer one event; return when Kafka has the answer."""
    text = answer_to(json.loads(message.value() or b"{}"))
    if text is None:
        return
    command = {"receiver": about["ce_subject"], "type": "text", "text": text}
    headers: Headers = {
        "ce_specversion": "1.0",
        "ce_type": "com.viber.command.send_message",
        "ce_source": "/bots/echo",
        "ce_id": f"echo-{about['ce_id']}",
        "ce_bot": about["ce_bot"],
    }
    producer.produce(COMMANDS, json.dumps(command), message.key(), headers=headers)
    producer.flush()
    print(f"echo bot: answered {text!r}", flush=True)


def run(consumer: Consumer, producer: Producer) -> None:
    """Answer events, each once, until the process is told to stop."""
    seen: OrderedDict[str, None] = OrderedDict()
    while True:
        message = consumer.poll()
        if message is None or message.error():
            continue
        pairs = cast("list[tuple[str, bytes]]", message.headers())
        about = {name: value.decode() for name, value in pairs}
        if about["ce_id"] not in seen:
            answer(message, about, producer)
            seen[about["ce_id"]] = None
            if len(seen) > REMEMBERED:
                seen.popitem(last=False)
        consumer.commit(message=message, asynchronous=False)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = {"group.id": "echo-bot", "auto.offset.reset": "earliest"}
    reader = Consumer(
        options | {"bootstrap.servers": SERVERS, "enable.auto.commit": False}
    )
    reader.subscribe([EVENTS])
    with suppress(KeyboardInterrupt):
        run(reader, Producer({"bootstrap.servers": SERVERS}))
    reader.close()
