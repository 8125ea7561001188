"""What the dashboard shows: one table, from the question down to the query.

In a query, `$namespace` and `$__rate_interval` are Grafana's.
"""

from typing import Final, NamedTuple

_WHERE: Final = 'namespace="$namespace"'


class Query(NamedTuple):
    """One line, or many, of a panel."""

    expression: str
    legend: str


class Panel(NamedTuple):
    """One question and its answer; `unit` is Grafana's name of it."""

    title: str
    unit: str
    queries: tuple[Query, ...]


def _rate(metric: str, *by: str, where: str = "") -> Query:
    """Ask for events per second, by labels."""
    selected = f"{metric}{{{_WHERE}{where}}}[$__rate_interval]"
    legend = " ".join(f"{{{{{label}}}}}" for label in by)
    return Query(f"sum by ({', '.join(by)}) (rate({selected}))", legend)


def _quantiles(metric: str, by: str) -> tuple[Query, ...]:
    """Ask for the median and for what 99 % stay below."""
    selected = f"{metric}_bucket{{{_WHERE}}}[$__rate_interval]"
    return tuple(
        Query(
            f"histogram_quantile({share}, sum by ({by}, le) (rate({selected})))",
            f"{{{{{by}}}}} {name}",
        )
        for share, name in ((0.5, "median"), (0.99, "99 %"))
    )


def _gauge(how: str, metric: str, *by: str, where: str = "") -> Query:
    """Ask for a present value, by labels."""
    legend = " ".join(f"{{{{{label}}}}}" for label in by)
    return Query(f"{how} by ({', '.join(by)}) ({metric}{{{_WHERE}{where}}})", legend)


def _panel(title: str, unit: str, *queries: Query) -> Panel:
    return Panel(title, unit, queries)


CALLBACKS: Final = (
    _panel(
        "Answered, by status",
        "reqps",
        _rate(
            "http_server_request_duration_seconds_count",
            "http_response_status_code",
        ),
    ),
    _panel(
        "Time to the answer",
        "s",
        *_quantiles("http_server_request_duration_seconds", "http_route"),
    ),
    _panel("Turned away", "reqps", _rate("viber_webhook_rejected_total", "reason")),
    _panel("Events", "cps", _rate("viber_webhook_events_total", "bot", "event")),
    _panel(
        "Age of callbacks: high while Viber repeats",
        "s",
        *_quantiles("viber_webhook_event_age_seconds", "event"),
    ),
    _panel(
        "Bots' replies to conversation_started",
        "cps",
        _rate("viber_welcome_replies_total", "outcome"),
    ),
    _panel(
        "Being answered", "short", _gauge("sum", "http_server_active_requests", "pod")
    ),
)

KAFKA: Final = (
    _panel(
        "Acknowledged records",
        "cps",
        _rate("viber_kafka_produced_messages_total", "topic"),
    ),
    _panel(
        "Records that wait for their acknowledgement",
        "short",
        _gauge("sum", "viber_kafka_producer_buffered_messages", "pod"),
    ),
    _panel(
        "From sending to acknowledgement",
        "s",
        *_quantiles("viber_kafka_produce_duration_seconds", "topic"),
    ),
    _panel(
        "Refused batches and commits",
        "cps",
        _rate("viber_kafka_produce_errors_total", "topic", "error"),
        _rate("viber_kafka_commit_errors_total", "topic"),
    ),
    _panel("Read", "cps", _rate("viber_kafka_consumed_messages_total", "topic")),
    _panel(
        "Connected: 1 is so",
        "short",
        _gauge("min", "viber_kafka_connected", "component", "client"),
    ),
    _panel(
        "Partitions, by pod",
        "short",
        _gauge("sum", "viber_kafka_consumer_assigned_partitions", "pod"),
        _gauge("sum", "viber_kafka_consumer_paused_partitions", "pod")._replace(
            legend="{{pod}} paused"
        ),
    ),
    _panel("Rebalances", "cps", _rate("viber_kafka_rebalances_total", "topic", "kind")),
    _panel(
        "Maps of what ended beyond the committed offset",
        "bytes",
        _gauge("max", "viber_kafka_progress_map_bytes", "topic"),
    ),
)

SENDING: Final = (
    _panel(
        "Ended, by outcome",
        "cps",
        _rate("viber_outbound_messages_total", "bot", "outcome"),
    ),
    _panel(
        "From a command's record to Viber's acceptance",
        "s",
        *_quantiles("viber_outbound_delivery_seconds", "bot"),
    ),
    _panel(
        "Could be sent now: the lag",
        "short",
        _gauge("sum", "viber_kafka_consumer_lag_messages", "topic"),
    ),
    _panel(
        "Age of the oldest of them",
        "s",
        _gauge("max", "viber_kafka_consumer_oldest_message_age_seconds", "topic"),
    ),
    _panel(
        "What commands wait for",
        "short",
        _gauge("sum", "viber_outbound_waiting", "reason"),
        _gauge("sum", "viber_outbound_deferred", "topic")._replace(
            legend="{{topic}} put off"
        ),
    ),
    _panel(
        "Dead letters, by reason",
        "cps",
        _rate("viber_dead_letters_total", "reason"),
    ),
    _panel("Calls under way", "short", _gauge("sum", "viber_outbound_inflight", "bot")),
    _panel("Wait for a turn", "s", *_quantiles("viber_rate_limit_wait_seconds", "bot")),
)

VIBER: Final = (
    _panel(
        "Calls, by what HTTP made of them",
        "reqps",
        _rate("viber_api_requests_total", "endpoint", "outcome"),
    ),
    _panel(
        "Answers other than ok",
        "reqps",
        _rate("viber_api_responses_total", "bot", "status", where=',status!="ok"'),
    ),
    _panel(
        "Attempts that failed, by reason",
        "cps",
        _rate("viber_api_retries_total", "bot", "reason"),
    ),
    _panel(
        "Time that a call takes",
        "s",
        *_quantiles("http_client_request_duration_seconds", "server_address"),
    ),
)

BOTS: Final = (
    _panel(
        "Present limit, per second",
        "cps",
        _gauge("max", "viber_bot_rate_limit_per_second", "bot"),
    ),
    _panel("Permits left", "short", _gauge("sum", "viber_bot_permits", "bot")),
    _panel(
        "Held back: 1 is so",
        "short",
        _gauge("max", "viber_bot_halted", "bot")._replace(legend="{{bot}} halted"),
        _gauge("max", "viber_bot_without_credit", "bot")._replace(
            legend="{{bot}} without credit"
        ),
        _gauge("max", "viber_bot_braked", "bot")._replace(legend="{{bot}} braked"),
        _gauge("max", "viber_circuit_state", "bot", where=',state="open"')._replace(
            legend="{{bot}} circuit open"
        ),
    ),
    _panel(
        "Known to Viber: 0 is wrong",
        "short",
        _gauge("min", "viber_bot_token_valid", "bot")._replace(legend="{{bot}} token"),
        _gauge("max", "viber_bot_webhook_registered", "bot")._replace(
            legend="{{bot}} webhook"
        ),
    ),
)

PROCESS: Final = (
    _panel(
        "Ready: 1 is so",
        "short",
        _gauge("min", "viber_ready", "component", "check"),
    ),
    _panel("CPU, in cores", "short", _rate("process_cpu_seconds_total", "pod")),
    _panel("Memory", "bytes", _gauge("sum", "process_resident_memory_bytes", "pod")),
    _panel(
        "Delay of the event loop",
        "s",
        *_quantiles("viber_event_loop_lag_seconds", "component"),
    ),
    _panel(
        "What runs",
        "short",
        _gauge("count", "viber_build_info", "role", "version", "revision"),
    ),
)

ROWS: Final[dict[str, tuple[Panel, ...]]] = {
    "Callbacks": CALLBACKS,
    "Kafka": KAFKA,
    "Sending": SENDING,
    "Viber": VIBER,
    "Bots": BOTS,
    "Process": PROCESS,
}
