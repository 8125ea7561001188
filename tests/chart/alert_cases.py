"""What each alert must fire for, and stay quiet for, as tables for promtool.

Series are in promtool's notation: `1x30` is 1 for half an hour, `0+60x30` grows by 60
each minute.  Every series gets the namespace; labels stand as in the metric.
"""

from typing import Final, NamedTuple

NAMESPACE: Final = "bots"

Series = dict[str, str]


class Case(NamedTuple):
    """One alert: a situation in which it fires, one in which it does not.

    Attributes:
        fires: Series in which it fires at `minutes`.
        quiet: Series in which it does not; but for one thing the same.
        labels: Of the alert, besides namespace and severity.
        summary: As a person reads it.
    """

    fires: Series
    quiet: Series
    labels: dict[str, str]
    summary: str
    minutes: int = 30


def _callbacks(status: int, growth: int) -> Series:
    labels = f'http_route="/webhooks/{{bot}}",http_response_status_code="{status}"'
    return {f"http_server_request_duration_seconds_count{{{labels}}}": grows(growth)}


def grows(by: float) -> str:
    """Write a counter that grows by so much each minute, for an hour."""
    return f"0+{by}x60"


def stays(value: float) -> str:
    """Write a gauge that stays, for an hour."""
    return f"{value}x60"


def _one(metric: str, labels: str, fires: str, quiet: str) -> tuple[Series, Series]:
    return {f"{metric}{{{labels}}}": fires}, {f"{metric}{{{labels}}}": quiet}


def _up(component: str, value: int) -> Series:
    return {f'up{{component="{component}"}}': stays(value)}


def _histogram(metric: str, labels: str, below: dict[str, float]) -> Series:
    return {
        f'{metric}_bucket{{{labels},le="{limit}"}}': grows(count)
        for limit, count in below.items()
    }


def _waits(seconds: float) -> Series:
    name, bot = "viber_rate_limit_wait_seconds", 'bot="shop"'
    return {
        f"{name}_sum{{{bot}}}": grows(60 * seconds),
        f"{name}_count{{{bot}}}": grows(60),
    }


LAG: Final = 'viber_kafka_consumer_lag_messages{topic="out",partition="0"}'
EXPORTED: Final = (
    'kafka_consumergroup_lag{consumergroup="gw-viber-gateway",'
    'topic="out",partition="0"}'
)
_REJECTED: Final = 'viber_webhook_rejected_total{bot="shop",reason="bad_signature"}'
_EVENTS: Final = 'viber_webhook_events_total{bot="shop",event="message"}'
_OUTBOUND: Final = 'viber_outbound_messages_total{bot="shop",type="send_message"'
_CALLS: Final = 'viber_api_requests_total{bot="shop",endpoint="send_message"'
_LOOP: Final = "viber_event_loop_lag_seconds"
_PUBLISH: Final = "viber_kafka_produce_duration_seconds"


def _ended(accepted: int, rejected: int) -> Series:
    return {
        f'{_OUTBOUND},outcome="accepted"}}': grows(accepted),
        f'{_OUTBOUND},outcome="rejected"}}': grows(rejected),
    }


def _called(ok: int, failed: int) -> Series:
    return {
        f'{_CALLS},outcome="ok"}}': grows(ok),
        f'{_CALLS},outcome="timeout"}}': grows(failed),
    }


CASES: Final[dict[str, Case]] = {
    "ViberReceiverDown": Case(
        _up("receiver", 0),
        _up("receiver", 1),
        {},
        "No pod takes Viber's callbacks",
    ),
    "ViberSenderDown": Case(
        _up("sender", 0), _up("sender", 1), {}, "No pod sends commands to Viber"
    ),
    "ViberCallbackErrorsHigh": Case(
        _callbacks(200, 60) | _callbacks(503, 20),
        _callbacks(200, 60) | _callbacks(503, 2),
        {},
        "25% of callbacks are answered with 5xx",
    ),
    "ViberSignatureFailures": Case(
        {_REJECTED: grows(20), _EVENTS: grows(60)},
        {_REJECTED: grows(20), _EVENTS: grows(600)},
        {"bot": "shop"},
        "Callbacks of shop are wrongly signed",
    ),
    "ViberKafkaDisconnected": Case(
        *_one(
            "viber_kafka_connected",
            'component="receiver",client="producer"',
            stays(0),
            stays(1),
        ),
        {"component": "receiver", "client": "producer"},
        "The producer of a receiver does not reach Kafka",
    ),
    "ViberKafkaPublishFailing": Case(
        *_one(
            "viber_kafka_produce_errors_total",
            'topic="in",error="timeout"',
            grows(1),
            stays(7),
        ),
        {"topic": "in"},
        "Kafka refuses records for in",
    ),
    "ViberKafkaPublishSlow": Case(
        _histogram(_PUBLISH, 'topic="in"', {"1": 0, "2.5": 100, "+Inf": 100}),
        _histogram(_PUBLISH, 'topic="in"', {"1": 100, "2.5": 100, "+Inf": 100}),
        {"topic": "in"},
        "Kafka acknowledges in after 2.485s (99 %)",
    ),
    "ViberCommitsFailing": Case(
        *_one("viber_kafka_commit_errors_total", 'topic="out"', grows(1), grows(0.2)),
        {"topic": "out"},
        "The group's commits for out are refused",
    ),
    "ViberRebalanceStorm": Case(
        *_one(
            "viber_kafka_rebalances_total",
            'topic="out",kind="assigned"',
            grows(1),
            grows(0.5),
        ),
        {"topic": "out"},
        "15 rebalances of out in 15 minutes",
    ),
    "ViberOutboundLagUnknown": Case(
        {f'{_OUTBOUND},outcome="accepted"}}': grows(5)},
        {f'{_OUTBOUND},outcome="accepted"}}': grows(5), EXPORTED: stays(0)},
        {"consumergroup": "gw-viber-gateway"},
        "Commands end, and Kafka's exporter knows no lag of gw-viber-gateway",
    ),
    "ViberOutboundDelayHigh": Case(
        *_one(
            "viber_kafka_consumer_oldest_message_age_seconds",
            'topic="out"',
            stays(360),
            stays(240),
        ),
        {"topic": "out"},
        "A command of out has waited 6m 0s",
    ),
    "ViberOutboundStalled": Case(
        {LAG: stays(7), f'{_OUTBOUND},outcome="accepted"}}': stays(5)},
        {LAG: stays(7), f'{_OUTBOUND},outcome="accepted"}}': grows(1)},
        {},
        "7 commands could be sent, and none ends",
    ),
    "ViberOutboundLagGrowing": Case(
        {LAG: "1000+100x60"},
        {LAG: "9000-100x60"},
        {"topic": "out"},
        "4k commands of out wait, and there are more and more",
    ),
    "ViberDeadLetters": Case(
        *_one(
            "viber_dead_letters_total",
            'topic="dlq",reason="expired"',
            grows(1),
            stays(9),
        ),
        {"reason": "expired"},
        "15 dead letters: expired",
    ),
    "ViberDeadLetterRatioHigh": Case(
        _ended(90, 10),
        _ended(990, 10),
        {},
        "10% of commands end as dead letters",
    ),
    "ViberRateLimitSaturated": Case(
        _waits(2),
        _waits(0.5),
        {"bot": "shop"},
        "Commands of shop wait 2s for their turn",
    ),
    "ViberApiErrorsHigh": Case(
        _called(60, 20), _called(60, 6), {}, "25% of calls of Viber fail on the way"
    ),
    "ViberCircuitOpen": Case(
        *_one("viber_circuit_state", 'bot="shop",state="open"', stays(1), stays(0)),
        {"bot": "shop"},
        "Viber is out of reach for shop",
    ),
    "ViberApiRateLimited": Case(
        *_one(
            "viber_api_responses_total",
            'bot="shop",endpoint="send_message",status="too_many_requests"',
            grows(1),
            stays(3),
        ),
        {"bot": "shop"},
        "Viber wants fewer messages of shop",
    ),
    "ViberBotHalted": Case(
        *_one("viber_bot_halted", 'bot="shop"', stays(1), stays(0)),
        {"bot": "shop"},
        "Viber refuses shop itself",
    ),
    "ViberTokenInvalid": Case(
        *_one("viber_bot_token_valid", 'bot="shop"', stays(0), stays(1)),
        {"bot": "shop"},
        "Viber does not take the token of shop",
    ),
    "ViberWebhookNotRegistered": Case(
        *_one("viber_bot_webhook_registered", 'bot="shop"', stays(0), stays(1)),
        {"bot": "shop"},
        "Viber sends the callbacks of shop elsewhere, or nowhere",
    ),
    "ViberEventLoopBlocked": Case(
        _histogram(_LOOP, 'component="sender"', {"0.25": 0, "0.5": 100, "+Inf": 100}),
        _histogram(_LOOP, 'component="sender"', {"0.25": 100, "+Inf": 100}),
        {"component": "sender"},
        "The event loop of a sender goes on 497.5ms late (99 %)",
    ),
    "ViberBotWithoutCredit": Case(
        *_one("viber_bot_without_credit", 'bot="shop"', stays(1), stays(0)),
        {"bot": "shop"},
        "shop has no credit left at Viber",
    ),
    "ViberBotBraked": Case(
        *_one("viber_bot_braked", 'bot="shop"', stays(1), stays(0)),
        {"bot": "shop"},
        "So many dead letters that nothing more of shop is sent",
    ),
    "ViberNotReady": Case(
        *_one("viber_ready", 'component="sender",check="sender"', stays(0), stays(1)),
        {"component": "sender", "check": "sender"},
        "A sender is not ready: sender",
    ),
}
