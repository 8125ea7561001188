"""The closed sets that the values of labels come from.

Rule: what arrives from outside falls into `other`, so the number of time series has a
bound that no caller can move.
"""

from http import HTTPStatus

from gateway.core.outcome import Accepted, Outcome

OTHER = "other"
POST = "POST"
ROUTE = "/webhooks/{bot}"
EVENTS = frozenset(
    {
        "action",
        "client_status",
        "conversation_started",
        "delivered",
        "failed",
        "message",
        "seen",
        "subscribed",
        "unsubscribed",
        "webhook",
    }
)
# Why a callback is not answered with 200.
REJECTIONS = frozenset(
    {
        "bad_signature",
        "body_timeout",
        "kafka_unavailable",
        "method",
        "missing_signature",
        "overloaded",
        "too_large",
    }
)
UNKNOWN_BOT = "unknown_bot"
REPLY_OUTCOMES = frozenset({"invalid", "late", "second", "unknown", "used"})
# What HTTP made of a call.
HTTP_OUTCOMES = (
    "ok", "viber_error", "client_error", "server_error", "timeout", "network_error",
)  # fmt: skip
_STATUS_CODES = {status.value: str(status.value) for status in HTTPStatus}


def event_label(event: str) -> str:
    """Bound what arrives: events that nobody has described fall into `other`."""
    return event if event in EVENTS else OTHER


def status_code_label(status: int | None) -> str:
    """Return an HTTP status as text; none without a reply, `other` if HTTP has it not.

    Source: the IANA HTTP Status Code Registry, as far as Python knows it.
    """
    return "" if status is None else _STATUS_CODES.get(status, OTHER)


def http_outcome(outcome: Outcome) -> str:
    """Tell what HTTP made of an attempt."""
    answer = outcome.answer
    if answer.failure is not None:
        return "timeout" if answer.failure.kind == "timeout" else "network_error"
    status = answer.http_status or 0
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    if status != HTTPStatus.OK:
        return "client_error"
    return "ok" if isinstance(outcome, Accepted) else "viber_error"
