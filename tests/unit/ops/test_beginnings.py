"""Known label sets begin at 0, and hold all that the rooms can say."""

from gateway.core.errors import Reason
from gateway.core.outcome import RetryReason
from gateway.ingress import answer
from gateway.ingress.answer import Answer
from gateway.ingress.replies import ReplyOutcome
from gateway.ops.beginnings import (
    begin_callbacks,
    begin_callbacks_of,
    begin_commands,
    begin_commands_of,
    begin_dead_letters,
)
from gateway.ops.labels import REJECTIONS, REPLY_OUTCOMES, UNKNOWN_BOT
from gateway.ops.metrics import Metrics
from tests.unit.ops.desk import Desk

MOST_OF_A_BOT = 200  # lines of /metrics


def shown(metrics: Metrics) -> int:
    """Count the lines of `/metrics`."""
    return sum(len(family.samples) for family in metrics.registry.collect())


def begun() -> Desk:
    """Return a process that has begun with the bot `shop`."""
    desk = Desk()
    begin_dead_letters(desk.metrics, "viber.dlq")
    begin_callbacks(desk.metrics)
    begin_callbacks_of(desk.metrics, "shop")
    begin_commands(desk.metrics, "viber.outbound")
    begin_commands_of(desk.metrics, "shop")
    return desk


def test_what_alerts_count_begins_at_nought() -> None:
    """The first dead letter, wrong signature or refused call is seen as a growth."""
    desk = begun()

    for reason in Reason:
        letters = {"topic": "viber.dlq", "reason": reason}
        assert desk.value("viber_dead_letters_total", **letters) == 0
    for why in RetryReason:
        assert desk.value("viber_api_retries_total", bot="shop", reason=why) == 0
    calls = {"bot": "shop", "endpoint": "send_message"}
    outcome = {"outcome": "timeout"}
    assert desk.value("viber_api_requests_total", **calls, **outcome) == 0
    status = {"status": "too_many_requests"}
    assert desk.value("viber_api_responses_total", **calls, **status) == 0
    wrong = {"bot": "shop", "reason": "bad_signature"}
    assert desk.value("viber_webhook_rejected_total", **wrong) == 0
    assert desk.value("viber_kafka_commit_errors_total", topic="viber.outbound") == 0


def test_a_bot_that_comes_anew_takes_nothing_back() -> None:
    """The bots file changes while the process runs."""
    desk = begun()
    desk.observer.callback_answered("shop", "message", 403, "bad_signature", 0.01)
    before = shown(desk.metrics)

    begin_callbacks_of(desk.metrics, "shop")
    begin_commands_of(desk.metrics, "shop")

    wrong = {"bot": "shop", "reason": "bad_signature"}
    assert desk.value("viber_webhook_rejected_total", **wrong) == 1
    assert shown(desk.metrics) == before


def test_a_bot_costs_so_many_lines_and_no_more() -> None:
    """Hundreds of bots must not make a scrape that stops the event loop."""
    desk = begun()
    before = shown(desk.metrics)

    begin_callbacks_of(desk.metrics, "help")
    begin_commands_of(desk.metrics, "help")

    assert 100 < shown(desk.metrics) - before < MOST_OF_A_BOT


def test_every_refusal_of_a_callback_is_a_known_reason() -> None:
    """The table of answers and the set of labels are the same."""
    answers = [each for each in vars(answer).values() if isinstance(each, Answer)]
    refused = {each.label for each in answers if each.status != 200}

    assert refused == REJECTIONS | {UNKNOWN_BOT}


def test_every_end_of_a_reply_is_a_known_outcome() -> None:
    """So it is with replies."""
    assert set(ReplyOutcome) == REPLY_OUTCOMES
