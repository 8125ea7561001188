"""Callbacks and Kafka: what is counted and logged when something happens."""

import pytest

from gateway.core.record import NewRecord, TopicPartition
from tests.fakes.logbook import capture_logs
from tests.unit.ops.desk import Desk

EVENT = NewRecord(
    "viber.inbound",
    b"user-1",
    b"a secret",
    (
        ("ce_id", b"e-1"),
        ("ce_bot", b"shop"),
        ("ce_type", b"com.viber.callback.seen"),
        ("ce_subject", b"user-1"),
    ),
)


@pytest.fixture
def desk() -> Desk:
    """Return a new observer."""
    return Desk()


def test_an_answered_callback_is_counted_by_event(desk: Desk) -> None:
    """And timed, by the route's template and not by its path."""
    desk.observer.callback_answered("shop", "message", 200, "published", 0.02)

    events = "viber_webhook_events_total"
    assert desk.value(events, bot="shop", event="message", outcome="published") == 1
    seconds = desk.value(
        "http_server_request_duration_seconds_sum",
        http_request_method="POST",
        http_route="/webhooks/{bot}",
        http_response_status_code="200",
    )
    assert seconds == 0.02


def test_a_rejected_callback_is_counted_by_reason(desk: Desk) -> None:
    """It has no event that could be believed."""
    desk.observer.callback_answered("shop", "other", 403, "bad_signature", 0.02)

    rejected = "viber_webhook_rejected_total"
    assert desk.value(rejected, bot="shop", reason="bad_signature") == 1


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("malformed", "malformed_callback"),
        ("record_too_large", "record_too_large"),
        ("published", "published"),
    ],
)
def test_a_buried_callback_counts_as_a_dead_letter(
    desk: Desk, label: str, reason: str
) -> None:
    """Whoever watches dead letters sees those of callbacks too."""
    desk.observer.callback_answered("shop", "message", 200, label, 0.02)

    found = desk.value("viber_dead_letters_total", topic="viber.dlq", reason=reason)
    assert (found or 0) == (label != "published")


def test_the_age_of_events_is_measured(desk: Desk) -> None:
    """An event that nobody has described falls into `other`."""
    for event, age in (("seen", 2.0), ("brand_new", 3.0), ("seen", None)):
        desk.observer.event_published(event, EVENT, age)

    ages = "viber_webhook_event_age_seconds_sum"
    assert (desk.value(ages, event="seen"), desk.value(ages, event="other")) == (2, 3)


def test_an_event_is_logged_by_its_ids() -> None:
    """At debug: which event, of which bot, about which user; never what it says."""
    with capture_logs() as logs:
        Desk().observer.event_published("seen", EVENT, 2.0)

    assert logs == [
        {
            "event": "event_published",
            "level": "debug",
            "bot": "shop",
            "event_id": "e-1",
            "type": "com.viber.callback.seen",
            "user": "user-1",
        }
    ]


def test_an_acknowledged_batch_counts_its_records(desk: Desk) -> None:
    """And the time that Kafka took."""
    desk.observer.batch_answered("viber.inbound", 7, 0.01, None)

    produced = "viber_kafka_produced_messages_total"
    seconds = "viber_kafka_produce_duration_seconds_sum"
    assert desk.value(produced, topic="viber.inbound") == 7
    assert desk.value(seconds, topic="viber.inbound") == 0.01


def test_a_refused_batch_counts_its_error(desk: Desk) -> None:
    """Its records are not counted as written."""
    desk.observer.batch_answered("viber.inbound", 7, 0.01, "NotLeader")

    errors = "viber_kafka_produce_errors_total"
    assert desk.value(errors, topic="viber.inbound", error="NotLeader") == 1
    produced = "viber_kafka_produced_messages_total"
    assert desk.value(produced, topic="viber.inbound") is None


def test_a_connection_is_logged_when_it_changes(desk: Desk) -> None:
    """Not each time that somebody tries."""
    with capture_logs() as logs:
        for trouble in ("refused", "refused", None, None, "refused"):
            desk.observer.kafka_state("consumer", trouble)

    assert [entry["event"] for entry in logs] == [
        "kafka_unavailable",
        "kafka_connected",
        "kafka_unavailable",
    ]
    assert desk.value("viber_kafka_connected", client="consumer") == 0


def test_each_reason_of_an_outage_is_logged_once(desk: Desk) -> None:
    """Brokers that are tried in turn may give different ones, second by second."""
    with capture_logs() as logs:
        for trouble in ("1 is down", "2 is down", "1 is down", None, "1 is down"):
            desk.observer.kafka_state("producer", trouble)

    assert [entry.get("error") for entry in logs] == [
        "1 is down",
        "2 is down",
        None,
        "1 is down",
    ]


def test_refused_batches_fill_no_log(desk: Desk) -> None:
    """There is one for each callback, and one line has told of the trouble."""
    with capture_logs() as logs:
        desk.observer.batch_answered("viber.inbound", 1, 0.01, "NotLeader")

    assert [entry["level"] for entry in logs] == ["debug"]


def test_a_topic_in_trouble_shows_beside_another_that_works(desk: Desk) -> None:
    """Also when the producer itself has just connected anew."""
    desk.observer.kafka_trouble("viber.inbound", "not authorised")
    desk.observer.kafka_trouble("viber.dlq", "no acknowledgement")
    desk.observer.kafka_trouble("viber.dlq", None)
    desk.observer.kafka_state("producer", None)

    assert desk.value("viber_kafka_connected", client="producer") == 0


def test_trouble_with_publishing_shows_until_it_is_over(desk: Desk) -> None:
    """As the producer's connection."""
    desk.observer.kafka_trouble("viber.inbound", "no acknowledgement")
    assert desk.value("viber_kafka_connected", client="producer") == 0

    desk.observer.kafka_trouble("viber.inbound", None)

    assert desk.value("viber_kafka_connected", client="producer") == 1


def test_a_rebalance_is_counted_by_topic(desk: Desk) -> None:
    """How many partitions are ours, and how often that changed."""
    mine = [TopicPartition("a", 0), TopicPartition("a", 1), TopicPartition("b", 0)]
    owned = "viber_kafka_consumer_assigned_partitions"

    desk.observer.rebalanced("assigned", mine)
    assert (desk.value(owned, topic="a"), desk.value(owned, topic="b")) == (2, 1)

    desk.observer.rebalanced("revoked", mine)
    assert (desk.value(owned, topic="a"), desk.value(owned, topic="b")) == (0, 0)
    for kind in ("assigned", "revoked"):
        rebalances = desk.value("viber_kafka_rebalances_total", topic="a", kind=kind)
        assert rebalances == 1


def test_a_refused_commit_is_counted(desk: Desk) -> None:
    """By the topic as it is configured."""
    desk.observer.commit_refused()

    assert desk.value("viber_kafka_commit_errors_total", topic="viber.outbound") == 1


def test_a_reply_is_counted_by_what_became_of_it(desk: Desk) -> None:
    """The reason why it was not used stands in the log only."""
    desk.observer.reply_taken("late", "deadbeef")

    assert desk.value("viber_welcome_replies_total", outcome="late") == 1
