"""What one attempt came to: HTTP status x Viber status x method -> outcome.

Rule 1: Viber's `status` decides by its number; texts vary between docs and life.
HTTP 200 alone is no success.  Rule 2: every reply has an outcome; what nobody has
described is tried again, a bounded number of times.  Rule 3: what each status means
stands in `VERDICTS`, what the methods change about it in `EXCEPTIONS`; the code only
looks up.  What follows from an outcome is the sender's.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar, NamedTuple

import msgspec

from gateway.core.answer import (
    Answer,
    FailureKind,
    Reply,
    TransportFailure,
    read_answer,
)
from gateway.core.errors import Reason
from gateway.core.method import QUERIES, Method

BROADCAST_ATTEMPTS = 3


class RetryReason(StrEnum):
    """Why a command is sent again: the metric's label."""

    CONNECTION = "connection"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    HTTP_STATUS = "http_status"
    BAD_ANSWER = "bad_answer"
    UNKNOWN_STATUS = "unknown_status"
    TOO_MANY_REQUESTS = "too_many_requests"
    CANNOT_BROADCAST = "cannot_broadcast"
    RECEIVER_LIMIT = "receiver_limit"
    FIRST_MESSAGE = "first_message"
    BOT_HALTED = "bot_halted"
    WITHOUT_CREDIT = "without_credit"


class Accepted(msgspec.Struct, frozen=True):
    """Viber took it; that is not yet delivery."""

    answer: Answer


class Retry(msgspec.Struct, frozen=True):
    """Send it again after backoff, not before the answer's `retry_after`.

    Attributes:
        unreachable: It counts towards opening the bot's circuit.
        slow_down: The bot as a whole is too fast: its rate limit is halved.
        limit: After so many attempts it is rejected as `broadcast_refused`; None:
            the general limit of attempts.
    """

    answer: Answer
    reason: RetryReason
    unreachable: bool = False
    slow_down: bool = False
    limit: int | None = None


class ParkReceiver(msgspec.Struct, frozen=True):
    """This user gets no more until they write, or until the next clock hour."""

    answer: Answer
    reason: ClassVar[RetryReason] = RetryReason.RECEIVER_LIMIT


class FirstMessageRace(msgspec.Struct, frozen=True):
    """Viber may not yet know that this user subscribed by writing just now.

    One retry after about a second; a second time it is `rejection`.
    """

    answer: Answer
    reason: ClassVar[RetryReason] = RetryReason.FIRST_MESSAGE

    @property
    def rejection(self) -> "Rejected":
        """What it is when the one retry has brought the same."""
        return Rejected(self.answer, Reason.REJECTED_RECEIVER)


class Rejected(msgspec.Struct, frozen=True):
    """It will never be accepted; others go on."""

    answer: Answer
    reason: Reason


class HaltBot(msgspec.Struct, frozen=True):
    """The bot itself is refused: nothing of it is sent, the command is kept.

    Attributes:
        needs_webhook: It lacks a webhook; a probe must show one.
    """

    answer: Answer
    needs_webhook: bool = False
    reason: ClassVar[RetryReason] = RetryReason.BOT_HALTED


class WithoutCredit(msgspec.Struct, frozen=True):
    """Out-of-session messages are not paid for; in-session ones still pass."""

    answer: Answer
    reason: ClassVar[RetryReason] = RetryReason.WITHOUT_CREDIT


class Throttled(msgspec.Struct, frozen=True):
    """HTTP 429: the circuit opens, the rate limit is halved, no attempt is used up."""

    answer: Answer
    reason: ClassVar[RetryReason] = RetryReason.TOO_MANY_REQUESTS


Outcome = (
    Accepted
    | Retry
    | ParkReceiver
    | FirstMessageRace
    | Rejected
    | HaltBot
    | WithoutCredit
    | Throttled
)
Judge = Callable[[Answer], Outcome]


class Verdict(NamedTuple):
    """What a Viber status is called in metrics, and what an answer with it comes to."""

    name: str
    judge: Judge


_message = partial(Rejected, reason=Reason.REJECTED_MESSAGE)
_receiver = partial(Rejected, reason=Reason.REJECTED_RECEIVER)
_not_granted = partial(Rejected, reason=Reason.NOT_GRANTED)
_http_error = partial(Rejected, reason=Reason.HTTP_ERROR)
_webhook_first = partial(HaltBot, needs_webhook=True)
_too_many = partial(Retry, reason=RetryReason.TOO_MANY_REQUESTS)
_bad_answer = partial(Retry, reason=RetryReason.BAD_ANSWER)
_http_status = partial(Retry, reason=RetryReason.HTTP_STATUS)
_server_error = partial(Retry, reason=RetryReason.SERVER_ERROR, unreachable=True)
_no_connection = partial(Retry, reason=RetryReason.CONNECTION, unreachable=True)
_timeout = partial(Retry, reason=RetryReason.TIMEOUT, unreachable=True)
_cannot_broadcast = partial(
    Retry, reason=RetryReason.CANNOT_BROADCAST, limit=BROADCAST_ATTEMPTS
)

# Names and meanings: developers.viber.com, "REST Bot API" 7.3.0, Error Codes.
VERDICTS: Mapping[int, Verdict] = MappingProxyType(
    {
        0: Verdict("ok", Accepted),
        # Set a webhook first ("Webhooks": without one there is no 1-on-1 chat).
        1: Verdict("invalid_url", _webhook_first),
        10: Verdict("webhook_not_set", _webhook_first),
        # The account: nothing of this bot passes until its owner acts.
        2: Verdict("invalid_auth_token", HaltBot),
        7: Verdict("public_account_blocked", HaltBot),
        8: Verdict("public_account_not_found", HaltBot),
        9: Verdict("public_account_suspended", HaltBot),
        # The message: it is wrong in itself, or beyond the receiver's client (13).
        3: Verdict("bad_data", _message),
        4: Verdict("missing_data", _message),
        13: Verdict("api_version_not_supported", _message),
        14: Verdict("incompatible_with_version", _message),
        # The receiver.  6 can race with a user's first message (seen live:
        # Bogdaan/viber-bot-php issue 22).
        5: Verdict("receiver_not_registered", _receiver),
        6: Verdict("receiver_not_subscribed", FirstMessageRace),
        11: Verdict("receiver_no_suitable_device", _receiver),
        21: Verdict("unsupported_country", _receiver),
        # Outside the table, "Bad receiver ID" (seen live: Viber/sample-bot-isitup
        # issue 7, bottender issue 568).
        999: Verdict("bad_receiver_id", _receiver),
        # What this bot may not do.  18 stands in the older table only.
        15: Verdict("public_account_not_authorized", _not_granted),
        16: Verdict("inchat_reply_message_not_allowed", _not_granted),
        17: Verdict("public_account_is_not_inline", _not_granted),
        18: Verdict("no_public_chat", _not_granted),
        20: Verdict("broadcast_not_allowed", _not_granted),
        22: Verdict("payment_unsupported", _not_granted),
        # Permission or trouble: the docs leave it open, so a few attempts.
        19: Verdict("cannot_send_broadcast", _cannot_broadcast),
        # "Rate control breach": of the bot, unless EXCEPTIONS knows better.
        12: Verdict("too_many_requests", partial(_too_many, slow_down=True)),
        # help.viber.com, "Bot commercial model".
        23: Verdict("free_messages_exceeded", WithoutCredit),
        24: Verdict("no_balance", WithoutCredit),
    }
)

# "Every other value is a general error": the same page.
_OTHER = Verdict("other", partial(Retry, reason=RetryReason.UNKNOWN_STATUS))

# "REST Bot API", Send Message: 100 messages an hour to a user who does not answer;
# Get User Details: two calls in 12 hours per user.  Both are limits of one user, so
# they need a receiver, and no fault of the bot.
EXCEPTIONS: Mapping[tuple[Method | None, int], Judge] = MappingProxyType(
    {
        (Method.SEND_MESSAGE, 12): ParkReceiver,
        (Method.GET_USER_DETAILS, 12): _too_many,
    }
)

# RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4: not now.  The proxies in front of Viber
# send them, and 5xx; Viber itself documents HTTP 200 only.
HTTP_VERDICTS: Mapping[int, Judge] = MappingProxyType(
    {408: _http_status, 425: _http_status, 429: Throttled}
)
# By the hundreds.  A redirect is never followed: the token would go with it.
HTTP_CLASSES: Mapping[int, Judge] = MappingProxyType(
    {3: _http_error, 4: _http_error, 5: _server_error}
)
FAILURES: Mapping[FailureKind, Judge] = MappingProxyType(
    {
        FailureKind.CONNECT: _no_connection,
        FailureKind.NAME: _no_connection,
        FailureKind.TLS: _no_connection,
        FailureKind.RESET: _no_connection,
        FailureKind.TIMEOUT: _timeout,
        FailureKind.TOO_LARGE: _bad_answer,
        FailureKind.UNREADABLE: _bad_answer,
    }
)
_CLIENT_ERRORS = range(400, 500)


def classify(
    method: Method, reply: Reply | TransportFailure, *, has_receiver: bool
) -> Outcome:
    """Tell what one attempt came to; a user's own limits apply if it has a receiver."""
    answer = read_answer(reply, is_query=method in QUERIES)
    if isinstance(reply, TransportFailure):
        judge = FAILURES[reply.kind]
    elif _status_decides(reply.http_status, answer.status):
        judge = _by_status(method if has_receiver else None, answer.status)
    else:
        judge = _by_http(reply.http_status)
    return judge(answer)


def status_name(status: int) -> str:
    """Return a status's name for metrics; `other` for what Viber never described."""
    return VERDICTS.get(status, _OTHER).name


def _status_decides(http_status: int, status: int | None) -> bool:
    """Tell who decides: a 4xx may say Viber's reason, but 0 is none."""
    if http_status in _CLIENT_ERRORS and http_status not in HTTP_VERDICTS:
        return bool(status)
    return http_status == HTTPStatus.OK


def _by_status(method: Method | None, status: int | None) -> Judge:
    if status is None:
        return _bad_answer
    return EXCEPTIONS.get((method, status)) or VERDICTS.get(status, _OTHER).judge


def _by_http(status: int) -> Judge:
    return HTTP_VERDICTS.get(status) or HTTP_CLASSES.get(status // 100, _http_status)
