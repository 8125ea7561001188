"""Headers that more than one kind of record carries: CloudEvents attributes as text.

Kafka headers are bytes; here and in the examples they stand as the UTF-8 text they are.
Source: CloudEvents 1.0.2, "Kafka Protocol Binding" 3.2.
"""

from collections.abc import Mapping

from gateway.contract.schema import Schema, constant, record, text
from gateway.kinds import BOT_NAME

RFC3339 = r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"
UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
DECIMAL = r"^-?\d+$"
TRACEPARENT = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"


def instant(about: str) -> Schema:
    """Describe a point in time, RFC 3339."""
    return text(about, format="date-time", pattern=RFC3339)


def bot_name(about: str) -> Schema:
    """Describe a bot's name."""
    return text(about, pattern=BOT_NAME)


def trace_context(about: str) -> Schema:
    """Describe W3C's trace context, version 00 or one that only adds to it."""
    return text(about, pattern=TRACEPARENT)


def cut(about: str) -> Schema:
    """Describe what is missing of a record that was too large for its topic."""
    return text(f"{about}; only where it was too large for its topic.", 1)


def written_by_gateway(
    about: str, members: Mapping[str, Schema], required: tuple[str, ...]
) -> Schema:
    """Describe the headers of a CloudEvent that the gateway writes, in binary mode."""
    common = {
        "content-type": constant("What the value is.", "application/json"),
        "ce_specversion": constant("CloudEvents.", "1.0"),
        "ce_id": text("The same in every repeat: skip what you know.", pattern=UUID),
        "ce_source": text(
            "`/viber/bots/` and the bot's name.", pattern="^/viber/bots/."
        ),
    }
    trace = {
        "ce_traceparent": trace_context("The span that wrote it; with tracing on."),
        "traceparent": trace_context("The same, for instrumentations of Kafka."),
    }
    return record(about, common | dict(members) | trace, (*common, *required))
