"""The catalogue of metrics: every name, its labels, its meaning.

Label values come from the closed sets of `labels`.  Units are in the names
(Prometheus, "Metric and label naming").
"""

import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

Metric = TypeVar("Metric", bound=MetricWrapperBase)

# OpenTelemetry's advice for http.*.request.duration.
HTTP_BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
)  # fmt: skip
PRODUCE_BUCKETS = (0.001, 0.0025, *HTTP_BUCKETS, 30)
DELIVERY_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
WAIT_BUCKETS = (0.001, 0.01, 0.1, 0.5, 1, 5, 30)
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
CALL_BUCKETS = (*HTTP_BUCKETS, 30)
AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600)


class Metrics:
    """All metrics of one process, in a registry of their own.

    Args:
        role: What the process does.
        revision: Of the source that it was built from, where that is known.
    """

    def __init__(self, role: str, revision: str = "") -> None:
        disable_created_metrics()  # a second line for each counter; nobody asks for it
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._declare_process(role, revision)
        self._declare_callbacks()
        self._declare_producer()
        self._declare_consumer()
        self._declare_commands()
        self._declare_calls()
        self._declare_lanes()

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return _remember(Counter(name, meaning, labels, registry=self.registry))

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return _remember(Gauge(name, meaning, labels, registry=self.registry))

    def _histogram(
        self, name: str, meaning: str, buckets: Iterable[float], *labels: str
    ) -> Histogram:
        return _remember(
            Histogram(
                name, meaning, labels, buckets=tuple(buckets), registry=self.registry
            )
        )

    def _declare_process(self, role: str, revision: str) -> None:
        build = {
            "version": version("viber-gateway"),
            "revision": revision,
            "role": role,
            "python": platform.python_version(),
        }
        self._gauge("viber_build_info", "What runs; always 1.", *build).labels(
            **build
        ).set(1)
        self.ready = self._gauge(
            "viber_ready", "Conditions of readiness; 1 is well.", "check"
        )
        self.loop_lag = self._histogram(
            "viber_event_loop_lag_seconds",
            "How much later than asked for the event loop goes on.",
            LAG_BUCKETS,
        )

    def _declare_callbacks(self) -> None:
        self.http_requests = self._histogram(
            "http_server_request_duration_seconds",
            "Callbacks: first byte to answer.",
            HTTP_BUCKETS,
            "http_request_method",
            "http_route",
            "http_response_status_code",
        )
        self.http_active = self._gauge(
            "http_server_active_requests",
            "Callbacks that are being answered.",
            "http_request_method",
        )
        self.webhook_events = self._counter(
            "viber_webhook_events_total",
            "Callbacks answered with 200.",
            "bot",
            "event",
            "outcome",
        )
        self.webhook_rejected = self._counter(
            "viber_webhook_rejected_total",
            "Callbacks answered with anything else.",
            "bot",
            "reason",
        )
        self.welcome_replies = self._counter(
            "viber_welcome_replies_total",
            "Bots' replies to conversation_started.",
            "outcome",
        )
        self.webhook_event_age = self._histogram(
            "viber_webhook_event_age_seconds",
            "Age of a callback by its own timestamp: high while Viber repeats.",
            AGE_BUCKETS,
            "event",
        )

    def _declare_producer(self) -> None:
        self.kafka_connected = self._gauge(
            "viber_kafka_connected", "1 while connected.", "client"
        )
        self.produced = self._counter(
            "viber_kafka_produced_messages_total", "Acknowledged records.", "topic"
        )
        self.produce_errors = self._counter(
            "viber_kafka_produce_errors_total", "Refused batches.", "topic", "error"
        )
        self.produce_seconds = self._histogram(
            "viber_kafka_produce_duration_seconds",
            "A batch: sending to acknowledgement.",
            PRODUCE_BUCKETS,
            "topic",
        )
        self.producer_buffered = self._gauge(
            "viber_kafka_producer_buffered_messages",
            "Records that wait for their acknowledgement.",
        )

    def _declare_consumer(self) -> None:
        self.consumed = self._counter(
            "viber_kafka_consumed_messages_total", "Records read.", "topic"
        )
        self.lag = self._gauge(
            "viber_kafka_consumer_lag_messages",
            "Commands that could be sent now: unread, or waiting only for a turn.",
            "topic",
            "partition",
        )
        self.oldest_age = self._gauge(
            "viber_kafka_consumer_oldest_message_age_seconds",
            "Age of the oldest command that was read and could be sent now.",
            "topic",
        )
        self.assigned = self._gauge(
            "viber_kafka_consumer_assigned_partitions", "Partitions owned.", "topic"
        )
        self.paused = self._gauge(
            "viber_kafka_consumer_paused_partitions",
            "Partitions paused because they fill the buffer, or have too much put off.",
            "topic",
        )
        self.rebalances = self._counter(
            "viber_kafka_rebalances_total",
            "Partitions assigned or revoked.",
            "topic",
            "kind",
        )
        self.progress_map = self._gauge(
            "viber_kafka_progress_map_bytes",
            "Size of the map of finished offsets at the last commit.",
            "topic",
            "partition",
        )
        self.commit_errors = self._counter(
            "viber_kafka_commit_errors_total", "Refused commits.", "topic"
        )

    def _declare_commands(self) -> None:
        self.outbound = self._counter(
            "viber_outbound_messages_total",
            "Ended commands; each is counted once.",
            "bot",
            "type",
            "outcome",
        )
        self.delivery_seconds = self._histogram(
            "viber_outbound_delivery_seconds",
            "A command's record to Viber's acceptance.",
            DELIVERY_BUCKETS,
            "bot",
        )
        self.waiting = self._gauge(
            "viber_outbound_waiting", "Commands that wait, by what for.", "reason"
        )
        self.deferred = self._gauge(
            "viber_outbound_deferred",
            "Commands put off: only their offsets are in memory.",
            "topic",
            "partition",
        )
        self.dead_letters = self._counter(
            "viber_dead_letters_total", "Dead letters.", "topic", "reason"
        )

    def _declare_calls(self) -> None:
        self.http_calls = self._histogram(
            "http_client_request_duration_seconds",
            "Calls of Viber: connecting to the end of the answer.",
            CALL_BUCKETS,
            "http_request_method",
            "server_address",
            "http_response_status_code",
            "error_type",
        )
        self.in_flight = self._gauge(
            "viber_outbound_inflight", "Calls of Viber under way.", "bot"
        )
        self.api_requests = self._counter(
            "viber_api_requests_total",
            "Calls of Viber by what HTTP made of them.",
            "bot",
            "endpoint",
            "outcome",
        )
        self.api_responses = self._counter(
            "viber_api_responses_total",
            "Answers of Viber by their status: HTTP 200 hides errors.",
            "bot",
            "endpoint",
            "status",
        )
        self.api_retries = self._counter(
            "viber_api_retries_total",
            "Attempts that call for another.",
            "bot",
            "reason",
        )

    def _declare_lanes(self) -> None:
        self.circuit_state = self._gauge(
            "viber_circuit_state",
            "1 for the state of a bot's circuit.",
            "bot",
            "state",
        )
        self.halted = self._gauge(
            "viber_bot_halted", "1 while Viber refuses the bot itself.", "bot"
        )
        self.without_credit = self._gauge(
            "viber_bot_without_credit", "1 while messages are refused unpaid.", "bot"
        )
        self.braked = self._gauge(
            "viber_bot_braked", "1 once dead letters have stopped the bot.", "bot"
        )
        self.token_valid = self._gauge(
            "viber_bot_token_valid",
            "0 once Viber has refused the bot's token, 1 once it took it.",
            "bot",
        )
        self.webhook_registered = self._gauge(
            "viber_bot_webhook_registered",
            "1 while Viber's webhook of the bot is the one of VIBER_WEBHOOK_URL.",
            "bot",
        )
        self.rate_limit = self._gauge(
            "viber_bot_rate_limit_per_second",
            "The bot's present limit, over all replicas.",
            "bot",
        )
        self.permits = self._gauge(
            "viber_bot_permits", "Permits that this replica has left.", "bot"
        )
        self.rate_limit_wait = self._histogram(
            "viber_rate_limit_wait_seconds",
            "Wait for a turn: permit, slot, and while the bot is held back.",
            WAIT_BUCKETS,
            "bot",
        )


def _remember(metric: Metric) -> Metric:
    """Find each child once, which costs more than counting; label sets are closed."""
    metric.labels = cache(metric.labels)  # type: ignore[method-assign]
    return metric
