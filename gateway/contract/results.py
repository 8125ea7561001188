"""What bots read from the results topic: what became of a command.

Every member is in every result, null where there is nothing to say.
"""

from gateway.contract.headers import DECIMAL, cut, instant, written_by_gateway
from gateway.contract.schema import (
    Schema,
    choice,
    holds,
    listing,
    nullable,
    record,
    text,
    when,
    whole,
)
from gateway.core.errors import Reason
from gateway.core.result import TYPE_PREFIX, ResultOutcome

# A callback's dead letter has no command, hence no result.
CALLBACK_REASONS = frozenset({Reason.MALFORMED_CALLBACK, Reason.RECORD_TOO_LARGE})
REASONS = tuple(reason for reason in Reason if reason not in CALLBACK_REASONS)
TYPES = {outcome: f"{TYPE_PREFIX}{outcome}" for outcome in ResultOutcome}

FAILED_RECEIVER = record(
    "A user whom a broadcast did not reach.",
    {
        "receiver": text("The user's id."),
        "status": nullable(whole("Viber's status.")),
        "status_message": nullable(text("Viber's text.")),
    },
    ("receiver", "status", "status_message"),
)
COORDINATES = record(
    "Where the command stands.",
    {
        "topic": text("The topic.", 1),
        "partition": whole("The partition.", 0),
        "offset": whole("The offset.", 0),
    },
    ("topic", "partition", "offset"),
)
MEMBERS = {
    "command_id": text("The command's own id, else topic/partition/offset.", 1),
    "bot": nullable(text("Whose command; null where none was named that exists.")),
    "method": nullable(text("What was asked for, as the command names it.")),
    "outcome": choice("What became of it.", *ResultOutcome),
    "reason": nullable(choice("Why it was not accepted.", *REASONS)),
    "status": nullable(whole("Viber's status in its last answer.")),
    "status_message": nullable(text("Viber's text, else the gateway's.")),
    "message_token": nullable(
        text("As decimal text; callbacks about the message carry it.", pattern=DECIMAL)
    ),
    "billing_status": nullable(whole("Viber's billing status.")),
    "failed_list": nullable(
        listing("Whom a broadcast did not reach.", FAILED_RECEIVER)
    ),
    "data": nullable(record("The answer to a get_* command.", {})),
    "attempts": whole("Tries that could have used up the allowance.", 0),
    "received_at": instant("When the command was written."),
    "finished_at": instant("When it ended."),
    "command": COORDINATES,
    "receiver": nullable(text("The user of a send_message.")),
    "tracking_data": nullable(text("That of the message.")),
}


def _result() -> Schema:
    about = "What became of a command; at least once, repeats have the same ce_id."
    accepted = holds("outcome", {"const": ResultOutcome.ACCEPTED.value})
    reasons = [
        when(accepted, {"properties": {"reason": {"type": "null"}}}),
        when({"not": accepted}, {"properties": {"reason": {"type": "string"}}}),
    ]
    return record(about, MEMBERS, tuple(MEMBERS)) | {"allOf": reasons}


RESULT = _result()
HEADERS = written_by_gateway(
    "Headers of a result: a CloudEvent in binary mode. More may be added.",
    {
        "ce_type": choice("What became of it.", *TYPES.values()),
        "ce_time": instant("When the command ended."),
        "ce_bot": text("Whose command; `unknown` where none was named that exists.", 1),
        "cut": cut(
            "What is missing: `texts` beyond 1000 letters, `data`, `failed_list`"
        ),
    },
    ("ce_type", "ce_time", "ce_bot"),
)
KEY = nullable(text("The command's key."))
