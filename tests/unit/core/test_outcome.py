"""The verdict table, row by row and as a whole."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.errors import Reason
from gateway.core.method import Method
from gateway.core.outcome import (
    BROADCAST_ATTEMPTS,
    FAILURES,
    VERDICTS,
    Accepted,
    FirstMessageRace,
    HaltBot,
    Outcome,
    ParkReceiver,
    Rejected,
    Retry,
    RetryReason,
    Throttled,
    WithoutCredit,
    classify,
    status_name,
)

methods = st.sampled_from(Method)
statuses = st.integers(-2, 30) | st.just(999) | st.integers()
http_statuses = st.integers(100, 599) | st.integers()


def judge(
    status: int,
    *,
    http: int = 200,
    method: Method = Method.SEND_MESSAGE,
    has_receiver: bool = True,
) -> Outcome:
    """Classify a reply with this Viber status."""
    reply = Reply(http, b'{"status":%d}' % status)
    return classify(method, reply, has_receiver=has_receiver)


@given(methods, st.booleans())
def test_status_0_is_accepted(method: Method, has_receiver: bool) -> None:  # noqa: FBT001  drawn by hypothesis
    """HTTP 200 and status 0 is success, whatever was asked."""
    outcome = judge(0, method=method, has_receiver=has_receiver)

    assert isinstance(outcome, Accepted)
    assert outcome.answer.status == 0


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *[(status, Reason.REJECTED_MESSAGE) for status in (3, 4, 13, 14)],
        *[(status, Reason.REJECTED_RECEIVER) for status in (5, 11, 21, 999)],
        *[(status, Reason.NOT_GRANTED) for status in (15, 16, 17, 18, 20, 22)],
    ],
)
def test_a_refusal_of_one_command_is_final(
    method: Method, status: int, reason: Reason
) -> None:
    """A wrong message, receiver or permission does not mend itself."""
    outcome = judge(status, method=method)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is reason


@pytest.mark.parametrize("method", Method)
def test_not_subscribed_may_be_a_race_once(method: Method) -> None:
    """Status 6 is tried once more; the second time it is the receiver's refusal."""
    outcome = judge(6, method=method)

    assert isinstance(outcome, FirstMessageRace)
    assert outcome.rejection == Rejected(outcome.answer, Reason.REJECTED_RECEIVER)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("status", "needs_webhook"),
    [(1, True), (10, True), (2, False), (7, False), (8, False), (9, False)],
)
def test_a_refusal_of_the_account_halts_the_bot(
    method: Method, status: int, *, needs_webhook: bool
) -> None:
    """Token, account and webhook are no fault of the command."""
    outcome = judge(status, method=method)

    assert outcome == HaltBot(outcome.answer, needs_webhook=needs_webhook)


@pytest.mark.parametrize("status", [23, 24])
def test_no_credit_is_told_apart(status: int) -> None:
    """In-session messages still pass, so the bot is not halted."""
    assert isinstance(judge(status), WithoutCredit)


def test_too_many_messages_to_a_user_park_that_user() -> None:
    """Status 12 on a message to one user is that user's hourly limit."""
    assert isinstance(judge(12), ParkReceiver)


@pytest.mark.parametrize(
    "method", [m for m in Method if m is not Method.GET_USER_DETAILS]
)
def test_too_many_requests_without_a_receiver_slow_the_bot_down(method: Method) -> None:
    """Status 12 without one receiver is about the bot: retry, more slowly."""
    outcome = judge(12, method=method, has_receiver=False)

    assert outcome == Retry(
        outcome.answer, RetryReason.TOO_MANY_REQUESTS, slow_down=True
    )


def test_too_many_queries_about_a_user_do_not_slow_the_bot_down() -> None:
    """Two calls in twelve hours is a limit of that user."""
    outcome = judge(12, method=Method.GET_USER_DETAILS)

    assert outcome == Retry(outcome.answer, RetryReason.TOO_MANY_REQUESTS)


def test_a_failed_broadcast_is_tried_three_times() -> None:
    """Status 19 may be trouble or a missing permission."""
    outcome = judge(19, method=Method.BROADCAST_MESSAGE, has_receiver=False)

    assert outcome == Retry(
        outcome.answer, RetryReason.CANNOT_BROADCAST, limit=BROADCAST_ATTEMPTS
    )
    assert BROADCAST_ATTEMPTS == 3


@given(st.integers().filter(lambda status: status not in VERDICTS), methods)
def test_an_unknown_status_is_retried(status: int, method: Method) -> None:
    """Viber calls every other value a general error."""
    outcome = judge(status, method=method)

    assert outcome == Retry(outcome.answer, RetryReason.UNKNOWN_STATUS)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[0]", b"ok", b'{"status":true}', b'{"status":null}']
)
def test_http_200_without_a_status_is_retried(body: bytes) -> None:
    """A page of some proxy is no success, and no fault of the command."""
    outcome = classify(Method.SEND_MESSAGE, Reply(200, body), has_receiver=True)

    assert outcome == Retry(outcome.answer, RetryReason.BAD_ANSWER)


@pytest.mark.parametrize("status", [0, 2, 3, 12])
@pytest.mark.parametrize("http", [201, 202, 204, 206, 299, 408, 425, 101, 0, 600])
def test_an_odd_http_status_is_retried_whatever_the_body_says(
    http: int, status: int
) -> None:
    """Viber answers 200; anything else of these comes from in between."""
    outcome = judge(status, http=http)

    assert outcome == Retry(outcome.answer, RetryReason.HTTP_STATUS)


@pytest.mark.parametrize("status", [0, 3])
@pytest.mark.parametrize("http", [500, 502, 503, 504, 599])
def test_a_server_error_counts_as_unreachable(http: int, status: int) -> None:
    """A 5xx counts for the circuit, whatever the body says."""
    outcome = judge(status, http=http)

    assert outcome == Retry(outcome.answer, RetryReason.SERVER_ERROR, unreachable=True)


@pytest.mark.parametrize("status", [0, 3])
def test_http_429_throttles_the_bot(status: int) -> None:
    """Whatever the body says, and with the wait that was asked for."""
    reply = Reply(429, b'{"status":%d}' % status, retry_after=7.0)
    outcome = classify(Method.SEND_MESSAGE, reply, has_receiver=True)

    assert isinstance(outcome, Throttled)
    assert outcome.answer.retry_after == 7.0


@pytest.mark.parametrize("http", [300, 301, 302, 304, 307, 308, 399])
def test_a_redirect_is_rejected(http: int) -> None:
    """It is never followed: the token would go with it."""
    outcome = judge(0, http=http)

    assert outcome == Rejected(outcome.answer, Reason.HTTP_ERROR)


@pytest.mark.parametrize("http", [400, 401, 403, 404, 413, 499])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"status":0}'])
def test_another_4xx_without_a_reason_of_vibers_is_rejected(
    http: int, body: bytes
) -> None:
    """Status 0 is no reason, and a 4xx no success."""
    outcome = classify(Method.SEND_MESSAGE, Reply(http, body), has_receiver=True)

    assert outcome == Rejected(outcome.answer, Reason.HTTP_ERROR)


@given(
    st.sampled_from([400, 401, 403, 404, 413, 499]),
    statuses.filter(bool),
    methods,
    st.booleans(),
)
def test_another_4xx_with_vibers_status_goes_by_the_status(
    http: int,
    status: int,
    method: Method,
    has_receiver: bool,  # noqa: FBT001  drawn by hypothesis
) -> None:
    """What Viber says of the reason counts more than the HTTP status around it."""
    outcome = judge(status, http=http, method=method, has_receiver=has_receiver)
    plain = judge(status, method=method, has_receiver=has_receiver)

    assert type(outcome) is type(plain)
    assert getattr(outcome, "reason", None) == getattr(plain, "reason", None)


@pytest.mark.parametrize(
    ("kind", "reason", "unreachable"),
    [
        (FailureKind.CONNECT, RetryReason.CONNECTION, True),
        (FailureKind.NAME, RetryReason.CONNECTION, True),
        (FailureKind.TLS, RetryReason.CONNECTION, True),
        (FailureKind.RESET, RetryReason.CONNECTION, True),
        (FailureKind.TIMEOUT, RetryReason.TIMEOUT, True),
        (FailureKind.TOO_LARGE, RetryReason.BAD_ANSWER, False),
        (FailureKind.UNREADABLE, RetryReason.BAD_ANSWER, False),
    ],
)
def test_a_transport_failure_is_retried(
    kind: FailureKind, reason: RetryReason, *, unreachable: bool
) -> None:
    """No reply counts for the circuit; a reply that cannot be read does not."""
    failure = TransportFailure(kind, "cut short")
    outcome = classify(Method.POST, failure, has_receiver=False)

    assert outcome == Retry(outcome.answer, reason, unreachable=unreachable)
    assert outcome.answer.failure == failure


def test_every_kind_of_transport_failure_has_a_verdict() -> None:
    """A new kind needs a row."""
    assert set(FAILURES) == set(FailureKind)


@given(
    methods,
    http_statuses,
    statuses.map(b'{"status":%d}'.__mod__) | st.binary(),
    st.booleans(),
)
def test_every_reply_has_an_outcome(
    method: Method,
    http: int,
    body: bytes,
    has_receiver: bool,  # noqa: FBT001  drawn by hypothesis
) -> None:
    """The table is total, and success has only one form."""
    outcome = classify(method, Reply(http, body), has_receiver=has_receiver)

    assert isinstance(outcome, get_args(Outcome))
    is_success = http == 200 and outcome.answer.status == 0
    assert isinstance(outcome, Accepted) == is_success


def test_metrics_name_every_status_differently() -> None:
    """Names are slugs of their own; what nobody described shares one."""
    names = [status_name(status) for status in VERDICTS]

    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)
    assert status_name(7) == "public_account_blocked"
    assert status_name(-1) == "other"
