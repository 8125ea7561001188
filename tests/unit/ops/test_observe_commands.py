"""Commands: what is counted and logged of them, within bounds."""

from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.core.answer import Answer, FailureKind, Reply, TransportFailure
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import Reason
from gateway.core.method import Method
from gateway.core.outcome import (
    VERDICTS,
    Accepted,
    HaltBot,
    Outcome,
    ParkReceiver,
    Rejected,
    Retry,
    RetryReason,
    Throttled,
)
from gateway.core.result import Ending, ResultOutcome
from gateway.ops.labels import EVENTS
from gateway.ops.metrics import Metrics
from tests.fakes.commands import decoded, record
from tests.fakes.logbook import capture_logs
from tests.fakes.record import NOON
from tests.unit.ops.desk import Desk
from tests.unit.ops.test_observe import EVENT

COMMAND = decoded(record(id="c-1"))
ACCEPTED = Ending(ResultOutcome.ACCEPTED, NOON + 1.5)
SECRET = "4453b6ac1s345678"


@pytest.fixture
def desk() -> Desk:
    """Return a new observer."""
    return Desk()


OUTCOMES: list[tuple[Outcome, str, str | None, str | None]] = [
    (Accepted(Answer(http_status=200, status=0)), "ok", "ok", None),
    (
        Rejected(Answer(http_status=200, status=3), Reason.REJECTED_MESSAGE),
        "viber_error",
        "bad_data",
        None,
    ),
    (
        ParkReceiver(Answer(http_status=200, status=12)),
        "viber_error",
        "too_many_requests",
        "receiver_limit",
    ),
    (
        HaltBot(Answer(http_status=200, status=2)),
        "viber_error",
        "invalid_auth_token",
        "bot_halted",
    ),
    (
        Retry(Answer(http_status=200, status=4711), RetryReason.UNKNOWN_STATUS),
        "viber_error",
        "other",
        "unknown_status",
    ),
    (Throttled(Answer(http_status=429)), "client_error", None, "too_many_requests"),
    (
        Rejected(Answer(http_status=302), Reason.HTTP_ERROR),
        "client_error",
        None,
        None,
    ),
    (
        Retry(Answer(http_status=503), RetryReason.SERVER_ERROR),
        "server_error",
        None,
        "server_error",
    ),
    (
        Retry(
            Answer(failure=TransportFailure(FailureKind.TIMEOUT, "slow")),
            RetryReason.TIMEOUT,
        ),
        "timeout",
        None,
        "timeout",
    ),
    (
        Retry(
            Answer(failure=TransportFailure(FailureKind.NAME, "who?")),
            RetryReason.CONNECTION,
        ),
        "network_error",
        None,
        "connection",
    ),
]


VERDICT_NAMES = {verdict.name for verdict in VERDICTS.values()}
CODES = {str(status.value) for status in HTTPStatus}
KNOWN = {"shop", "other", *EVENTS, *Method, *VERDICT_NAMES, *CODES}


@pytest.mark.parametrize(("outcome", "http", "viber", "retry"), OUTCOMES)
def test_an_attempt_is_counted_by_what_http_and_viber_said(
    desk: Desk, outcome: Outcome, http: str, viber: str | None, retry: str | None
) -> None:
    """HTTP 200 hides errors, so both are counted; and why it must be tried again."""
    desk.observer.attempt_made(COMMAND, outcome, 0.5)

    where = {"bot": "shop", "endpoint": "send_message"}
    assert desk.value("viber_api_requests_total", **where, outcome=http) == 1
    if viber is not None:
        assert desk.value("viber_api_responses_total", **where, status=viber) == 1
    if retry is not None:
        assert desk.value("viber_api_retries_total", bot="shop", reason=retry) == 1
    assert desk.value("viber_rate_limit_wait_seconds_sum", bot="shop") == 0.5


@pytest.mark.parametrize(
    ("reply", "code", "error"),
    [
        (Reply(200, b"{}"), "200", ""),
        (Reply(599, b""), "other", ""),
        (TransportFailure(FailureKind.TLS, "expired"), "", "tls"),
    ],
)
def test_a_call_is_timed_by_what_came_back(
    desk: Desk, reply: Reply | TransportFailure, code: str, error: str
) -> None:
    """By HTTP's status, or by how the way to Viber failed."""
    desk.observer.call_made("chatapi.viber.com", reply, 0.25)

    seconds = desk.value(
        "http_client_request_duration_seconds_sum",
        http_request_method="POST",
        server_address="chatapi.viber.com",
        http_response_status_code=code,
        error_type=error,
    )
    assert seconds == 0.25


ACCOUNT = Accepted(Answer(200, status=0, data={"webhook": "https://gw/webhooks/shop"}))
REFUSED = HaltBot(Answer(200, status=2))
AWAY = Throttled(Answer(429))


@pytest.mark.parametrize(
    ("tried", "valid"),
    [
        ([], None),
        ([AWAY], None),
        ([ACCOUNT], 1),
        ([ACCOUNT, REFUSED], 0),
        ([REFUSED, AWAY], 0),
        ([REFUSED, ACCOUNT], 1),
    ],
)
def test_a_token_is_as_valid_as_viber_last_said(
    desk: Desk, tried: list[Outcome], valid: float | None
) -> None:
    """By commands and by looks at the account; other refusals say nothing of it."""
    for number, outcome in enumerate(tried):
        if number % 2:
            desk.observer.attempt_made(COMMAND, outcome, 0.0)
        else:
            desk.observer.account_seen("shop", outcome, None)

    assert desk.value("viber_bot_token_valid", bot="shop") == valid


@pytest.mark.parametrize(
    ("outcome", "webhook", "registered"),
    [
        (ACCOUNT, "https://gw/webhooks/shop", 1),
        (ACCOUNT, "https://other/webhooks/shop", 0),
        (Accepted(Answer(200, status=0)), "https://gw/webhooks/shop", 0),
        (ACCOUNT, None, None),
        (AWAY, "https://gw/webhooks/shop", None),
    ],
)
def test_a_webhook_is_registered_when_viber_knows_ours(
    desk: Desk, outcome: Outcome, webhook: str | None, registered: float | None
) -> None:
    """What is not known is not told: an alert would be wrong."""
    desk.observer.account_seen("shop", outcome, webhook)

    assert desk.value("viber_bot_webhook_registered", bot="shop") == registered


def test_an_accepted_command_is_counted_and_timed(desk: Desk) -> None:
    """From its record to Viber's acceptance; a clock that is behind makes it 0."""
    desk.observer.command_ended(COMMAND, ACCEPTED)
    desk.observer.command_ended(
        COMMAND, structs.replace(ACCEPTED, finished_at=NOON - 9)
    )

    outbound = "viber_outbound_messages_total"
    labels = {"bot": "shop", "type": "send_message", "outcome": "accepted"}
    assert desk.value(outbound, **labels) == 2
    assert desk.value("viber_outbound_delivery_seconds_sum", bot="shop") == 1.5


@pytest.mark.parametrize("bot", ["shop", "stranger", None])
def test_a_bad_end_is_counted_by_reason(desk: Desk, bot: str | None) -> None:
    """Of whichever bot: one that is not configured is an `other`."""
    invalid = InvalidCommand(record(b""), "no JSON", "c-1", bot, "fly")
    ending = Ending(ResultOutcome.FAILED, NOON, Reason.INVALID_COMMAND)

    desk.observer.command_ended(invalid, ending)

    label = "shop" if bot == "shop" else "other"
    labels = {"bot": label, "type": "other", "outcome": "failed"}
    assert desk.value("viber_outbound_messages_total", **labels) == 1
    letters = {"topic": "viber.dlq", "reason": "invalid_command"}
    assert desk.value("viber_dead_letters_total", **letters) == 1


texts = st.text(max_size=8)
invalid = st.builds(
    InvalidCommand, st.just(record(b"")), texts, texts, st.none() | texts, texts
)


@given(
    st.lists(st.tuples(texts, st.sampled_from([200, 403, 503])), max_size=5),
    st.lists(st.just(COMMAND) | invalid, max_size=5),
    st.lists(st.integers(), max_size=5),
)
def test_whatever_arrives_makes_no_new_label(
    events: list[tuple[str, int]],
    commands: list[Command | InvalidCommand],
    statuses: list[int],
) -> None:
    """Time series cost memory for ever, here and in Prometheus."""
    desk = Desk()
    for event, status in events:
        desk.observer.callback_answered("shop", event, status, "published", 0.1)
        desk.observer.event_published(event, EVENT, 1.0)
    for command in commands:
        desk.observer.command_ended(command, ACCEPTED)
    for number in statuses:
        answer = Answer(http_status=200, status=number)
        desk.observer.attempt_made(COMMAND, HaltBot(answer), 0.0)
        desk.observer.call_made("viber", Reply(number, b""), 0.1)

    assert label_values(desk.metrics) <= KNOWN


def label_values(metrics: Metrics) -> set[str]:
    """Return every value of a label that comes from outside."""
    watched = {"bot", "event", "type", "status", "http_response_status_code"}
    return {
        value
        for family in metrics.registry.collect()
        for sample in family.samples
        for name, value in sample.labels.items()
        if name in watched and family.name.startswith(("viber_", "http_"))
    }


def test_a_log_line_tells_no_text_and_no_token() -> None:
    """Ids are enough to find what is meant; a user's stands where it is hashed."""
    body = {"receiver": "user-1", "text": SECRET}
    command: Any = decoded(record(body, id="c-1"))

    with capture_logs() as logs:
        desk = Desk()
        desk.observer.command_ended(command, ACCEPTED)
        desk.observer.attempt_made(command, HaltBot(Answer(status=2)), 0.1)

    assert [entry["command_id"] for entry in logs] == ["c-1", "c-1"]
    assert [entry.get("user") for entry in logs] == ["user-1", None]
    assert SECRET not in str(logs)
