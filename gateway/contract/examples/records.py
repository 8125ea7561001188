"""Examples of what the gateway writes: events, results, headers of dead letters.

Nobody refuses their mistakes: they show what never comes.
"""

from typing import Any

from gateway.contract.examples.example import ABSENT, Example, Refuser
from gateway.contract.examples.messages import OTHER_USER, USER

_NOBODY = Refuser.NOBODY
HEAD: dict[str, Any] = {
    "timestamp": 1_772_366_400_250,
    "chat_hostname": "SN-CHAT-05_",
    "message_token": 6_208_897_543_413_694_468,
}
PERSON: dict[str, Any] = {
    "id": USER,
    "name": "Oksana Prykladna",
    "avatar": "https://media-direct.cdn.viber.com/download_photo?dlid=oksana",
    "language": "uk-UA",
    "country": "UA",
    "api_version": 10,
}


def _message(name: str, **content: Any) -> Example:
    head = {"event": "message", **HEAD}
    value = {**head, "sender": PERSON, "message": content, "silent": False}
    return Example("events/message", name, value)


def _event(event: str, **members: Any) -> Example:
    return Example(f"events/{event}", event, {"event": event, **HEAD, **members})


TEXT = _message("text", text="Привіт", type="text", tracking_data="order=A-1001")
STARTED = _event(
    "conversation_started", type="open", context="flyer", user=PERSON, subscribed=False
)
FAILED = _event("failed", user_id=USER, desc="message validation failed")
DELIVERED = _event("delivered", user_id=USER)
PAYMENT = _event("client_status", user=PERSON, status={"type": "payment", "code": 0})
EVENT_HEADERS = Example(
    "events/headers",
    "message",
    {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": "0b1f6ab4-6d4e-5f0e-9f7c-2f3f0a5ddc11",
        "ce_source": "/viber/bots/shop",
        "ce_type": "com.viber.callback.message",
        "ce_bot": "shop",
        "ce_receivedat": "2026-03-01T12:00:00.481Z",
        "ce_time": "2026-03-01T12:00:00.250Z",
        "ce_messagetoken": "6208897543413694468",
        "ce_subject": USER,
    },
)
EVENTS = [
    TEXT,
    _message("sticker", type="sticker", sticker_id=153_500),
    _message("location", type="location", location={"lat": 50.4501, "lon": 30.5234}),
    _message("a_type_yet_to_come", type="hologram", depth=3),
    TEXT.with_mistake("without_sender", "sender", ABSENT, _NOBODY, "somebody wrote it"),
    TEXT.with_mistake("token_as_text", "message_token", "62", _NOBODY, "a number here"),
    _event("subscribed", user=PERSON),
    _event("subscribed", user=PERSON).with_mistake(
        "without_user", "user.id", ABSENT, _NOBODY, "always there"
    ),
    _event("unsubscribed", user_id=USER),
    _event("unsubscribed", user_id=USER).with_mistake(
        "without_user", "user_id", ABSENT, _NOBODY, "always there"
    ),
    STARTED,
    STARTED.with_mistake("without_user", "user", ABSENT, _NOBODY, "always there"),
    DELIVERED,
    DELIVERED.with_mistake("without_user", "user_id", ABSENT, _NOBODY, "always there"),
    _event("seen", user_id=USER),
    _event("seen", user_id=USER).with_mistake(
        "without_token", "message_token", ABSENT, _NOBODY, "always there"
    ),
    FAILED,
    Example(
        "events/failed", "minimal", {"event": "failed", "timestamp": HEAD["timestamp"]}
    ),
    FAILED.with_mistake("without_time", "timestamp", ABSENT, _NOBODY, "always there"),
    PAYMENT,
    PAYMENT.with_mistake("without_status", "status", ABSENT, _NOBODY, "always there"),
    _event("webhook"),
    _event("webhook").with_mistake(
        "another_event", "event", "seen", _NOBODY, "another schema"
    ),
    _event("action"),
    _event("action").with_mistake(
        "another_event", "event", "seen", _NOBODY, "another schema"
    ),
    Example("events/other", "reaction", {"event": "reaction", "emoji": "👍"}),
    Example("events/other", "nameless", {"event": ""}, _NOBODY, "a dead letter"),
    EVENT_HEADERS,
    Example(
        "events/headers",
        "welcome_asked_for",
        EVENT_HEADERS.value
        | {
            "ce_type": "com.viber.callback.conversation_started",
            "ce_replyto": "viber.replies",
            "ce_correlationid": "5f2b9c1e-0d4f7a1b6c2e4f8a9b3d5e7f1a2c4b6d",
            "ce_deadline": "2026-03-01T12:00:02.481Z",
        },
    ),
    EVENT_HEADERS.with_mistake("without_id", "ce_id", ABSENT, _NOBODY, "always there"),
    EVENT_HEADERS.with_mistake(
        "type", "ce_type", "message", _NOBODY, "begins with com.viber.callback."
    ),
]

ACCEPTED = Example(
    "results/result",
    "accepted",
    {
        "command_id": "order-A-1001-ready",
        "bot": "shop",
        "method": "send_message",
        "outcome": "accepted",
        "reason": None,
        "status": 0,
        "status_message": "ok",
        "message_token": "6208897550124580868",
        "billing_status": 1,
        "failed_list": None,
        "data": None,
        "attempts": 1,
        "received_at": "2026-03-01T12:00:01.000Z",
        "finished_at": "2026-03-01T12:00:01.180Z",
        "command": {"topic": "viber.outbound", "partition": 3, "offset": 4711},
        "receiver": USER,
        "tracking_data": "order=A-1001",
    },
)
REJECTED = Example(
    "results/result",
    "rejected",
    ACCEPTED.value
    | {
        "outcome": "rejected",
        "reason": "rejected_receiver",
        "status": 6,
        "status_message": "notSubscribed",
        "message_token": None,
        "billing_status": None,
    },
)
BROADCAST = Example(
    "results/result",
    "broadcast",
    ACCEPTED.value
    | {
        "method": "broadcast_message",
        "failed_list": [
            {"receiver": OTHER_USER, "status": 6, "status_message": "Not subscribed"}
        ],
        "receiver": None,
    },
)
RESULT_HEADERS = Example(
    "results/headers",
    "accepted",
    {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": "7a0f2c0e-9a53-5d0d-8a4e-0d4e1b6b2f55",
        "ce_source": "/viber/bots/shop",
        "ce_type": "com.viber.result.accepted",
        "ce_time": "2026-03-01T12:00:01.180Z",
        "ce_bot": "shop",
    },
)
RESULTS = [
    ACCEPTED,
    REJECTED,
    BROADCAST,
    ACCEPTED.with_mistake(
        "accepted_for_a_reason", "reason", "expired", _NOBODY, "null when accepted"
    ),
    REJECTED.with_mistake("without_reason", "reason", None, _NOBODY, "always says why"),
    ACCEPTED.with_mistake(
        "token_as_number", "message_token", 6_208_897, _NOBODY, "text: it exceeds 2^53"
    ),
    ACCEPTED.with_mistake("without_data", "data", ABSENT, _NOBODY, "null, not absent"),
    RESULT_HEADERS,
    RESULT_HEADERS.with_mistake(
        "outcome", "ce_type", "com.viber.result.sent", _NOBODY, "no such outcome"
    ),
]

DEAD_COMMAND = Example(
    "dead_letters/headers",
    "command",
    {
        "dlq_reason": "rejected_receiver",
        "dlq_error": "HTTP 200, Viber status 6: notSubscribed",
        "dlq_topic": "viber.outbound",
        "dlq_partition": "3",
        "dlq_offset": "4711",
        "dlq_timestamp": "1772366401000",
        "dlq_attempts": "2",
        "dlq_first_attempt_at": "2026-03-01T12:00:01.020Z",
        "dlq_last_attempt_at": "2026-03-01T12:00:02.180Z",
        "dlq_bot": "shop",
        "dlq_status": "6",
        "dlq_command_id": "order-A-1001-ready",
    },
)
DEAD_CALLBACK = Example(
    "dead_letters/headers",
    "callback",
    {
        "dlq_reason": "malformed_callback",
        "dlq_error": "the body has no non-empty text member 'event'",
        "dlq_timestamp": "1772366401000",
        "dlq_attempts": "0",
        "dlq_first_attempt_at": "",
        "dlq_last_attempt_at": "",
        "dlq_bot": "shop",
        "dlq_status": "",
        "dlq_command_id": "",
    },
)
DEAD_LETTERS = [
    DEAD_COMMAND,
    DEAD_CALLBACK,
    DEAD_COMMAND.with_mistake(
        "reason", "dlq_reason", "bad luck", _NOBODY, "one of the slugs"
    ),
    DEAD_COMMAND.with_mistake(
        "without_bot", "dlq_bot", ABSENT, _NOBODY, "empty, not absent"
    ),
]
