"""Ids that repeat when the thing repeats: UUIDv5 (RFC 9562) over what names it.

The name is the compact JSON array of its parts, so that no two lists of parts
share a name.  The namespaces are part of the contract and never change.
"""

from hashlib import sha1
from uuid import UUID

import msgspec

EVENT_NAMESPACE = UUID("6f1d3f0e-6a86-5b3a-9d4c-7e6b2f1c0a51")
RESULT_NAMESPACE = UUID("c2a7c8f4-0b1e-5c55-8f6b-3d9e4a7b1c92")

_name = msgspec.json.Encoder().encode
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))  # RFC 9562 4.1


def repeatable_id(namespace: UUID, *parts: str | int | None) -> str:
    """Return the same id for the same parts, today and after a restart.

    As `uuid.uuid5` makes it, which costs four times as much.
    """
    hashed = sha1(namespace.bytes + _name(parts), usedforsecurity=False).hexdigest()
    version_and_variant = f"5{hashed[13:16]}-{_VARIANT[hashed[16]]}{hashed[17:20]}"
    return f"{hashed[:8]}-{hashed[8:12]}-{version_and_variant}-{hashed[20:32]}"
