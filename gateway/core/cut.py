"""A result or dead letter that is too large for its topic, made smaller step by step.

First texts are cut, then what was asked for gives way to its size and hash, and the
list of failed receivers to none; then a dead letter's value is cut.  Header `cut` names
what is missing; what is left keeps to the published schemas.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from gateway.core.record import NewRecord

MAX_TEXT_CHARACTERS = 1000
MAX_VALUE_BYTES = 65_536
LAST_VALUE_BYTES = 1024
HEADER = "cut"
DEAD_LETTER_PREFIX = "dlq_"


def result_versions(record: NewRecord) -> Iterator[NewRecord]:
    """Yield a result as it is, then ever smaller."""
    yield record
    content = msgspec.json.decode(record.value or b"{}")
    content = {name: _shorten(value) for name, value in content.items()}
    yield _marked(record, msgspec.json.encode(content), "texts")
    if content.get("data") is not None:
        content["data"] = _fingerprint(content["data"])
    if "failed_list" in content:
        content["failed_list"] = None
    yield _marked(record, msgspec.json.encode(content), "texts,data,failed_list")


def dead_letter_versions(record: NewRecord) -> Iterator[NewRecord]:
    """Yield a dead letter as it is, then ever smaller."""
    yield record
    value = record.value or b""
    yield _marked(record, value[:MAX_VALUE_BYTES], "value")
    ours = tuple(h for h in record.headers if h[0].startswith(DEAD_LETTER_PREFIX))
    bare = record._replace(headers=ours)
    yield _marked(bare, value[:LAST_VALUE_BYTES], "value,headers")


def _marked(record: NewRecord, value: bytes, missing: str) -> NewRecord:
    headers = (*record.headers, (HEADER, missing.encode()))
    return record._replace(value=value, headers=headers)


def _shorten(value: Any) -> Any:
    return value[:MAX_TEXT_CHARACTERS] if isinstance(value, str) else value


def _fingerprint(value: Any) -> dict[str, object]:
    written = msgspec.json.encode(value)
    return {"bytes": len(written), "sha256": hashlib.sha256(written).hexdigest()}
