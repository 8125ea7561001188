"""Ids that repeat when the thing repeats: UUIDv5 (RFC 9562) over what names it.

The name is the compact JSON array of its parts, so that no two lists of parts
share a name.  The namespaces are part of the contract and never change.
"""

from uuid import UUID, uuid5

import msgspec

EVENT_NAMESPACE = UUID("6f1d3f0e-6a86-5b3a-9d4c-7e6b2f1c0a51")
RESULT_NAMESPACE = UUID("c2a7c8f4-0b1e-5c55-8f6b-3d9e4a7b1c92")

_name = msgspec.json.Encoder().encode


def repeatable_id(namespace: UUID, *parts: str | int | None) -> str:
    """Return the same id for the same parts, today and after a restart."""
    return str(uuid5(namespace, _name(parts).decode()))
