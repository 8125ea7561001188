"""The three forms of a command record, brought to one.

Binary CloudEvent (headers `ce_*`), structured CloudEvent (content type
`application/cloudevents+json`) and plain record (neither).  What stands in the
envelope is still text and unchecked; `command` says what it means.
Source: CloudEvents 1.0.2, "Kafka Protocol Binding" 3.2 and 3.3, "JSON Event Format".
"""

from base64 import b64decode
from binascii import Error as Base64Error
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
    """

    id: str | None
    type: str | None
    method: str | None
    bot: str | None
    expirytime: str | None
    notbefore: str | None
    body: bytes


class _Structured(msgspec.Struct):
    specversion: Any = None
    id: Any = None
    type: Any = None
    bot: Any = None
    expirytime: Any = None
    notbefore: Any = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: Any = None


_decode = msgspec.json.Decoder(_Structured).decode


def open_envelope(record: Record) -> Envelope:
    """Tell which form the record has, and read it.

    Raises:
        InvalidCommandError: A structured event is not JSON, lacks data, or a
            CloudEvent has a version other than 1.x.
    """
    headers = {name: _text(value) for name, value in record.headers}
    value = record.value or b""
    if (headers.get("content-type") or "").lower().startswith(STRUCTURED):
        return _structured(value)
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
    )


def _binary(headers: dict[str, str], value: bytes) -> Envelope:
    _check_version(headers.get("ce_specversion", "1.0"))
    return Envelope(
        headers.get("ce_id"),
        headers.get("ce_type", ""),
        None,
        headers.get("ce_bot"),
        headers.get("ce_expirytime"),
        headers.get("ce_notbefore"),
        value,
    )


def _structured(value: bytes) -> Envelope:
    try:
        event = _decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidCommandError(
            f"the value is no structured CloudEvent: {error}"
        ) from error
    _check_version(event.specversion)
    return Envelope(
        _attribute("id", event.id),
        _attribute("type", event.type) or "",
        None,
        _attribute("bot", event.bot),
        _attribute("expirytime", event.expirytime),
        _attribute("notbefore", event.notbefore),
        _data(event),
    )


def _data(event: _Structured) -> bytes:
    if event.data_base64 is None:
        return bytes(event.data)
    try:
        return b64decode(event.data_base64, validate=True)
    except (Base64Error, TypeError, ValueError) as error:
        raise InvalidCommandError(f"'data_base64' is not base64: {error}") from error


def _check_version(version: object) -> None:
    if not isinstance(version, str) or version.split(".")[0] != "1":
        raise InvalidCommandError(f"'specversion' is {version!r}, allowed is '1.0'")


def _attribute(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidCommandError(f"'{name}' must be text, not {type(value).__name__}")


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
