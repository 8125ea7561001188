"""What is counted, timed and logged when something happens: one method per event.

The rooms know nothing of metrics: they call what they were given.  Label values are
bounded here.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from prometheus_client import Histogram

from gateway.core.answer import Reply, TransportFailure
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import Reason
from gateway.core.outcome import (
    Accepted,
    Outcome,
    Rejected,
    status_name,
)
from gateway.core.record import NewRecord, TopicPartition
from gateway.core.result import Ending, ResultOutcome
from gateway.log import USER_FIELD, get_logger
from gateway.ops.labels import (
    OTHER,
    POST,
    ROUTE,
    event_label,
    http_outcome,
    status_code_label,
)
from gateway.ops.metrics import Metrics

HTTP_OK = 200
# Callbacks that became dead letters: what they were answered is labelled so.
BURIED = {
    "malformed": Reason.MALFORMED_CALLBACK,
    "record_too_large": Reason.RECORD_TOO_LARGE,
}
SETTLED = (Accepted, Rejected)
CLIENTS = ("producer", "consumer")
INVALID_TOKEN = 2  # "REST Bot API", Error Codes

log = get_logger(__name__)


class Observer:
    """Hears of what happens.

    Args:
        metrics: Where it is counted.
        bots: The configured names; others are labelled `other`.
        outbound: The topic of commands, as configured.
        dead_letters: The topic of dead letters, as configured.
        exemplar: Names the present trace; None: there never is one.
    """

    def __init__(
        self,
        metrics: Metrics,
        bots: Collection[str],
        outbound: str,
        dead_letters: str,
        exemplar: Callable[[], Mapping[str, str] | None] | None = None,
    ) -> None:
        self._metrics = metrics
        self._bots = bots
        self._outbound = outbound
        self._dead_letters = dead_letters
        self._exemplar = exemplar
        self._connected: set[str] = set()
        self._reasons: dict[str, set[str]] = {client: set() for client in CLIENTS}
        self._failing_topics: set[str] = set()
        self._tokens: dict[str, bool] = {}
        # Decided once: a line that is left out costs as much as a metric.
        self._tells_details = log.isEnabledFor(logging.DEBUG)

    def _bot(self, name: str | None) -> str:
        return name if name in self._bots and name is not None else OTHER

    def _time(self, histogram: Histogram, seconds: float) -> None:
        """Measure what belongs to one callback or command, and so to one trace."""
        exemplar = None if self._exemplar is None else self._exemplar()
        histogram.observe(seconds, dict(exemplar) if exemplar else None)

    def callback_answered(
        self, bot: str, event: str, status: int, label: str, seconds: float
    ) -> None:
        """A callback was answered."""
        metrics = self._metrics
        self._time(metrics.http_requests.labels(POST, ROUTE, status), seconds)
        if status == HTTP_OK:
            metrics.webhook_events.labels(bot, event_label(event), label).inc()
            if label in BURIED:
                metrics.dead_letters.labels(self._dead_letters, BURIED[label]).inc()
        else:
            metrics.webhook_rejected.labels(bot, label).inc()

    def event_published(self, event: str, record: NewRecord, age: float | None) -> None:
        """An event is in Kafka; its callback was so many seconds old, if it says so."""
        if age is not None:
            self._metrics.webhook_event_age.labels(event_label(event)).observe(age)
        if self._tells_details:
            said = {name: value.decode() for name, value in record.headers}
            log.debug(
                "event_published",
                bot=said["ce_bot"],
                event_id=said["ce_id"],
                type=said["ce_type"],
                **_about(said.get("ce_subject")),
            )

    def batch_answered(
        self, topic: str, records: int, seconds: float, error: str | None
    ) -> None:
        """Kafka acknowledged or refused a batch."""
        if error is None:
            self._metrics.produced.labels(topic).inc(records)
            self._metrics.produce_seconds.labels(topic).observe(seconds)
        else:
            self._metrics.produce_errors.labels(topic, error).inc()
            log.debug("batch_refused", topic=topic, records=records, error=error)

    def records_read(self, count: int) -> None:
        """So many records were read from the outbound topic."""
        if count:
            self._metrics.consumed.labels(self._outbound).inc(count)

    def kafka_trouble(self, topic: str, trouble: str | None) -> None:
        """Publishing to a topic fails, for a reason that is new, or works again."""
        if trouble is None:
            self._failing_topics.discard(topic)
            log.info("publishing_recovered", topic=topic)
        else:
            self._failing_topics.add(topic)
            log.warning("publishing_fails", topic=topic, error=trouble)
        self._metrics.kafka_connected.labels("producer").set(not self._failing_topics)

    def kafka_state(self, client: str, trouble: str | None) -> None:
        """A client has reached Kafka, or has not, and why.

        Logged when it changes; of an outage each reason once, since brokers that are
        tried in turn may give a different one each time.
        """
        if trouble is None:
            if client not in self._connected:
                log.info("kafka_connected", client=client)
            self._connected.add(client)
            self._reasons[client].clear()
        else:
            if trouble not in self._reasons[client]:
                log.warning("kafka_unavailable", client=client, error=trouble)
            self._connected.discard(client)
            self._reasons[client].add(trouble)
        fails = client == "producer" and self._failing_topics
        self._metrics.kafka_connected.labels(client).set(trouble is None and not fails)

    def rebalanced(self, kind: str, partitions: Iterable[TopicPartition]) -> None:
        """The group gave us partitions, or takes them away."""
        moved = sorted(partitions)
        if kind == "revoked" and not moved:
            return  # we join, and had none
        for topic in {partition.topic for partition in moved}:
            count = sum(partition.topic == topic for partition in moved)
            self._metrics.rebalances.labels(topic, kind).inc()
            self._metrics.assigned.labels(topic).set(count * (kind == "assigned"))
        log.info("rebalanced", kind=kind, partitions=[f"{t}/{p}" for t, p in moved])

    def reply_taken(self, outcome: str, why: str) -> None:
        """A bot's reply to a question came; `why` tells what is wrong with it."""
        self._metrics.welcome_replies.labels(outcome).inc()
        log.debug("welcome_reply", outcome=outcome, why=why)

    def commit_refused(self) -> None:
        """The group did not take a commit; the next one tells it all again."""
        self._metrics.commit_errors.labels(self._outbound).inc()

    def bot_held_back(self, bot: str, condition: str, why: str) -> None:
        """Something else, or nothing, holds a bot back now."""
        tell = log.info if condition == "open" else log.warning
        tell("bot_condition", bot=bot, condition=condition, why=why)

    def attempt_made(self, command: Command, outcome: Outcome, waited: float) -> None:
        """Viber was called once, after so many seconds of waiting for a turn."""
        metrics, bot = self._metrics, command.bot
        answer = outcome.answer
        self._token_tried(bot, outcome)
        metrics.rate_limit_wait.labels(bot).observe(waited)
        metrics.api_requests.labels(bot, command.method, http_outcome(outcome)).inc()
        if answer.status is not None:
            name = status_name(answer.status)
            metrics.api_responses.labels(bot, command.method, name).inc()
        if not isinstance(outcome, SETTLED):
            metrics.api_retries.labels(bot, outcome.reason).inc()
            log.debug(
                "attempt_failed",
                bot=bot,
                command_id=command.id,
                why=str(answer),
            )

    def call_made(
        self, server: str, reply: Reply | TransportFailure, seconds: float
    ) -> None:
        """Viber was called, for a command or to look at an account."""
        if isinstance(reply, Reply):
            labels = (POST, server, status_code_label(reply.http_status), "")
        else:
            labels = (POST, server, "", reply.kind)
        self._time(self._metrics.http_calls.labels(*labels), seconds)

    def account_seen(self, bot: str, outcome: Outcome, webhook: str | None) -> None:
        """Viber told of a bot's account, or why it does not.

        Args:
            bot: Whose account.
            outcome: What the call came to.
            webhook: The URL that Viber should have; None: nobody has said.
        """
        self._token_tried(bot, outcome)
        if isinstance(outcome, Accepted) and webhook is not None:
            known = (outcome.answer.data or {}).get("webhook")
            self._metrics.webhook_registered.labels(bot).set(known == webhook)

    def _token_tried(self, bot: str, outcome: Outcome) -> None:
        """Note whether Viber took the token; other refusals say nothing of it."""
        is_valid = isinstance(outcome, Accepted)
        if not is_valid and outcome.answer.status != INVALID_TOKEN:
            return
        if self._tokens.get(bot) is not is_valid:
            self._tokens[bot] = is_valid
            self._metrics.token_valid.labels(bot).set(is_valid)

    def command_ended(self, command: Command | InvalidCommand, ending: Ending) -> None:
        """A command ended, and Kafka has what that calls for."""
        metrics, bot = self._metrics, self._bot(command.bot)
        kind = command.method if isinstance(command, Command) else OTHER
        metrics.outbound.labels(bot, kind, ending.outcome).inc()
        if ending.outcome is ResultOutcome.ACCEPTED:
            age = ending.finished_at - command.record.timestamp / 1000
            self._time(metrics.delivery_seconds.labels(bot), max(age, 0))
        if ending.reason is not None:
            metrics.dead_letters.labels(self._dead_letters, ending.reason).inc()
        if self._tells_details:
            log.debug(
                "command_ended",
                bot=bot,
                command_id=command.id,
                outcome=ending.outcome,
                reason=ending.reason,
                **_about(command.receiver if isinstance(command, Command) else None),
            )


def _about(user: str | None) -> dict[str, Any]:
    """Name a user in a line, where there is one; the log hashes it."""
    return {} if user is None else {USER_FIELD: user}
