"""What can go wrong, as a tree, and the words for it.

GatewayError
├── SettingsError              the configuration is wrong; nothing was served
├── MalformedCallbackError     Viber signed something that is no callback
├── InvalidCommandError        a producer wrote something that is no command
└── PublishError               Kafka did not acknowledge a record
    ├── KafkaUnavailableError  not now; the same record may be taken later
    └── RecordTooLargeError    never; the topic takes no record of this size

`Reason` is the one vocabulary for dead letters, results, metrics and logs.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why something ended badly: the slug that operators group by."""

    REJECTED_MESSAGE = "rejected_message"
    REJECTED_RECEIVER = "rejected_receiver"
    NOT_GRANTED = "not_granted"
    BROADCAST_REFUSED = "broadcast_refused"
    HTTP_ERROR = "http_error"
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    EXPIRED = "expired"
    INVALID_COMMAND = "invalid_command"
    INTERNAL_ERROR = "internal_error"
    MALFORMED_CALLBACK = "malformed_callback"
    RECORD_TOO_LARGE = "record_too_large"


class GatewayError(Exception):
    """Never raised itself: the root of what this product raises."""


class SettingsError(GatewayError):
    """The configuration is wrong; one line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class MalformedCallbackError(GatewayError):
    """The signature is right, but the body is no callback."""


class InvalidCommandError(GatewayError):
    """The record cannot be understood as a command; the text says what and where."""


class PublishError(GatewayError):
    """Kafka did not acknowledge the record."""


class KafkaUnavailableError(PublishError):
    """Kafka did not take the record in time, or too many records wait already."""


class RecordTooLargeError(PublishError):
    """The record is larger than its topic takes (KIP-4, MESSAGE_TOO_LARGE)."""
