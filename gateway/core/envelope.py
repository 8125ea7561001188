"""The three forms of a command record, brought to one.

Binary CloudEvent (headers `ce_*`), structured CloudEvent (content type
`application/cloudevents+json`) and plain record (neither).  What stands in the
envelope is still text and unchecked; `command` says what it means.
Source: CloudEvents 1.0.2, "Kafka Protocol Binding" 3.2 and 3.3, "JSON Event Format".
"""

from base64 import b64decode
from typing import Any, NamedTuple

import msgspec

from gateway.core.errors import InvalidCommandError
from gateway.core.record import Record

STRUCTURED = "application/cloudevents+json"


class Envelope(NamedTuple):
    """What surrounds a command's body; None where the record says nothing.

    Attributes:
        type: The CloudEvent's type; None in the plain form.
        method: Header `method` of the plain form.
        body: The request body for Viber, raw.
        fault: What is wrong with the envelope itself; the rest could be read.
        traceparent: Whose trace goes on here (W3C, "Trace Context").
    """

    id: str | None
    type: str | None
    method: str | None
    bot: str | None
    expirytime: str | None
    notbefore: str | None
    body: bytes
    fault: str | None = None
    traceparent: str | None = None


class _Structured(msgspec.Struct):
    specversion: Any = None
    id: Any = None
    type: Any = None
    bot: Any = None
    expirytime: Any = None
    notbefore: Any = None
    traceparent: Any = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: Any = None


_decode = msgspec.json.Decoder(_Structured).decode
_TEXTS = ("id", "type", "bot", "expirytime", "notbefore")


def open_envelope(record: Record) -> Envelope:
    """Tell which form the record has, and read it.

    Raises:
        InvalidCommandError: A structured event is no JSON object.
    """
    headers = {name: _text(value) for name, value in record.headers}
    value = record.value or b""
    if (headers.get("content-type") or "").lower().startswith(STRUCTURED):
        return _structured(value, headers.get("traceparent"))
    if any(name.startswith("ce_") for name in headers):
        return _binary(headers, value)
    return Envelope(
        headers.get("id"),
        None,
        headers.get("method"),
        headers.get("bot"),
        headers.get("expirytime"),
        headers.get("notbefore"),
        value,
        traceparent=headers.get("traceparent"),
    )


def _binary(headers: dict[str, str], value: bytes) -> Envelope:
    return Envelope(
        headers.get("ce_id"),
        headers.get("ce_type", ""),
        None,
        headers.get("ce_bot"),
        headers.get("ce_expirytime"),
        headers.get("ce_notbefore"),
        value,
        _version_fault(headers.get("ce_specversion", "1.0")),
        headers.get("ce_traceparent") or headers.get("traceparent"),
    )


def _structured(value: bytes, traceparent: str | None) -> Envelope:
    try:
        event = _decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidCommandError(
            f"the value is no structured CloudEvent: {error}"
        ) from error
    body, fault = _data(event)
    return Envelope(
        _text_or_none(event.id),
        _text_or_none(event.type) or "",
        None,
        _text_or_none(event.bot),
        _text_or_none(event.expirytime),
        _text_or_none(event.notbefore),
        body,
        _version_fault(event.specversion) or _type_fault(event) or fault,
        _text_or_none(event.traceparent) or traceparent,
    )


def _data(event: _Structured) -> tuple[bytes, str | None]:
    """Return the body, and what is wrong with it."""
    if event.data_base64 is None:
        return bytes(event.data), None if event.data else "'data' is missing"
    try:
        return b64decode(event.data_base64, validate=True), None
    except (TypeError, ValueError) as error:
        return b"", f"'data_base64' is not base64: {error}"


def _version_fault(version: object) -> str | None:
    if isinstance(version, str) and version.split(".")[0] == "1":
        return None
    return f"'specversion' is {version!r}, allowed is '1.0'"


def _type_fault(event: _Structured) -> str | None:
    for name in _TEXTS:
        value = getattr(event, name)
        if not isinstance(value, str | None):
            return f"'{name}' must be text, not {type(value).__name__}"
    return None


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
