"""What the client library last complained of.

aiokafka 0.14 raises the same "Unable to bootstrap" for a wrong password, a wrong
certificate, a closed port and an unknown name; only its log tells them apart.  So what
it says of connecting is kept here, for whoever reports that Kafka is away, instead of
being written several times a second.  All clients of a process connect to the same
brokers; of other errors each has its own.
"""

import logging

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)

LIBRARY = "aiokafka"
CONNECTING = "Unable connect to"

# What the library says of these is a number and a class.
WORDS: dict[type[Exception], str] = {
    ClusterAuthorizationFailedError: "no right to write to any topic (WRITE)",
    GroupAuthorizationFailedError: "no right to be a member of the group (READ on it)",
    TopicAuthorizationFailedError: "no right to the topic (READ of what we read, "
    "WRITE of what we write)",
}
BROKEN_OFF = "a broker breaks off: is KAFKA_SECURITY_PROTOCOL what its listener speaks?"
ASK_DOCTOR = "('doctor' tells why)"


class Complaints(logging.Handler):
    """Keeps the library's last error of connecting."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""
        logger = logging.getLogger(LIBRARY)
        logger.addHandler(self)
        logger.setLevel(logging.ERROR)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's text, if it is about that."""
        text = record.getMessage()
        if text.startswith(CONNECTING):
            self.last = text.removesuffix(": ")

    def explain(self, error: Exception) -> str:
        """Say what went wrong: in our words where we have some, else the library's."""
        if isinstance(error, KafkaConnectionError):
            return f"{self.last or BROKEN_OFF} {ASK_DOCTOR}"
        return in_words(error)


def in_words(error: Exception) -> str:
    """Say what Kafka answered, other than nothing at all."""
    return WORDS.get(type(error)) or f"{type(error).__name__}: {error}"
