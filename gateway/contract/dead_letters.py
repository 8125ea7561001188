"""What operators read from the dead-letter topic: why a record could not go on.

Key, value and headers are the record's own; these headers come besides.  One without a
value is present and empty.
"""

from gateway.contract.headers import DECIMAL, RFC3339, cut
from gateway.contract.schema import Schema, choice, nullable, record, text
from gateway.core.dead_letter import MAX_ERROR_CHARACTERS
from gateway.core.errors import Reason

COUNT = r"^\d+$"


def _or_empty(pattern: str) -> str:
    return f"^$|{pattern}"


ALWAYS: dict[str, Schema] = {
    "dlq_reason": choice("Why, for programs.", *Reason),
    "dlq_error": text("Why, for people.", 0, MAX_ERROR_CHARACTERS),
    "dlq_timestamp": text("When the record was written, in ms.", pattern=DECIMAL),
    "dlq_attempts": text("Tries that used up the allowance.", pattern=COUNT),
    "dlq_first_attempt_at": text("The first try.", pattern=_or_empty(RFC3339)),
    "dlq_last_attempt_at": text("The last try.", pattern=_or_empty(RFC3339)),
    "dlq_bot": text("Whose record it is."),
    "dlq_status": text(
        "Viber's status in its last answer.", pattern=_or_empty(DECIMAL)
    ),
    "dlq_command_id": text("The command's id."),
}
OF_COMMANDS: dict[str, Schema] = {
    "dlq_topic": text("The topic it came from.", 1),
    "dlq_partition": text("The partition.", pattern=COUNT),
    "dlq_offset": text("The offset.", pattern=COUNT),
}
IF_TOO_LARGE: dict[str, Schema] = {
    "cut": cut("What is missing: the end of the `value`, the record's own `headers`"),
}
HEADERS = record(
    "Headers of a dead letter; those of the record stand beside them. Those that say "
    "where it came from are missing where it was a callback.",
    ALWAYS | OF_COMMANDS | IF_TOO_LARGE,
    tuple(ALWAYS),
)
KEY = nullable(text("The record's own key."))
VALUE: Schema = {
    "description": "The record's own value, but for a blanked token; of a callback too "
    "large for its topic the first 64 KiB."
}
