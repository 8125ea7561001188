"""Known label sets begin at 0, since `increase` cannot see a counter's first event.

A bot's counters begin when the process hears of the bot.  What has no known set, such
as the errors of Kafka, begins with its first event.
"""

from collections.abc import Iterable
from itertools import product

from gateway.core.errors import Reason
from gateway.core.method import Method
from gateway.core.outcome import VERDICTS, RetryReason
from gateway.core.result import ResultOutcome
from gateway.ops.labels import (
    EVENTS,
    HTTP_OUTCOMES,
    OTHER,
    POST,
    REJECTIONS,
    REPLY_OUTCOMES,
    ROUTE,
    UNKNOWN_BOT,
)
from gateway.ops.metrics import Metrics


def begin_kafka(metrics: Metrics, clients: Iterable[str]) -> None:
    """Begin with the clients that the process has: none of them is connected."""
    for client in clients:
        metrics.kafka_connected.labels(client)


def begin_dead_letters(metrics: Metrics, topic: str) -> None:
    """Begin with the dead letters of a topic."""
    for reason in Reason:
        metrics.dead_letters.labels(topic, reason)


def begin_callbacks(metrics: Metrics) -> None:
    """Begin with what callbacks of all bots share."""
    metrics.http_requests.labels(POST, ROUTE, 200)
    metrics.http_active.labels(POST)
    metrics.webhook_rejected.labels(OTHER, UNKNOWN_BOT)
    for event in EVENTS:
        metrics.webhook_event_age.labels(event)
    for outcome in REPLY_OUTCOMES:
        metrics.welcome_replies.labels(outcome)


def begin_callbacks_of(metrics: Metrics, bot: str) -> None:
    """Begin with a bot's callbacks."""
    for event in EVENTS:
        metrics.webhook_events.labels(bot, event, "published")
    for reason in REJECTIONS:
        metrics.webhook_rejected.labels(bot, reason)


def begin_commands(metrics: Metrics, topic: str) -> None:
    """Begin with what commands of all bots share."""
    metrics.consumed.labels(topic)
    metrics.commit_errors.labels(topic)


def begin_commands_of(metrics: Metrics, bot: str) -> None:
    """Begin with a bot's commands, and the calls that they make."""
    for method, outcome in product(Method, ResultOutcome):
        metrics.outbound.labels(bot, method, outcome)
    for method, made_of_it in product(Method, HTTP_OUTCOMES):
        metrics.api_requests.labels(bot, method, made_of_it)
    for verdict in VERDICTS.values():
        metrics.api_responses.labels(bot, Method.SEND_MESSAGE, verdict.name)
    for reason in RetryReason:
        metrics.api_retries.labels(bot, reason)
    for of_bot in (
        metrics.in_flight,
        metrics.delivery_seconds,
        metrics.rate_limit_wait,
    ):
        of_bot.labels(bot)
