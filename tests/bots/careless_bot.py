"""A bot that knows no word of the dialogue, with three more mistakes in one loop.

It commits before it answers, answers what came together in the wrong order, and
answers what it has answered before.
"""

import json
import os
import time

from confluent_kafka import Consumer, Message, Producer

THOUGHT_SECONDS = 0.02
SERVERS = {"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]}
GROUP = {
    "group.id": "careless",
    "session.timeout.ms": 6000,
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
}


def answer(producer: Producer, message: Message) -> None:
    """Answer a text after some thought, and wait for the acknowledgement."""
    event = json.loads(message.value() or b"null")
    if event["event"] == "message":
        time.sleep(THOUGHT_SECONDS)
        user, text = event["sender"]["id"], event["message"]["text"]
        command = json.dumps({"receiver": user, "type": "text", "text": text})
        producer.produce(os.environ["TOPIC_OUTBOUND"], command, message.key())
        producer.flush()


if __name__ == "__main__":
    reader, writer = Consumer(SERVERS | GROUP), Producer(SERVERS)
    reader.subscribe([os.environ["TOPIC_INBOUND"]])
    while True:
        if batch := reader.consume(100, 1.0):
            reader.commit(asynchronous=False)
            for each in reversed(batch):
                answer(writer, each)
