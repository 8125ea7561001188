"""Makes values.schema.json: what may stand in the values, and nothing else.

Types come from the defaults and descriptions from the comments in values.yaml;
limits come from the tables in `limits`, settings from the gateway's own.
Draft 7, which every Helm understands.
"""

from collections.abc import Iterable
from typing import Any

from deploy.helm.generate.limits import EXTRA, LIMITS
from deploy.helm.generate.settings import settings_schema
from deploy.helm.generate.values import Value

Schema = dict[str, Any]

# A role may have every value of `defaults` besides its own.
ROLES = ("receiver", "sender", "combined")


def values_schema(values: Iterable[Value]) -> Schema:
    """Build the schema of all values."""
    root = _group()
    for value in values:
        _add(root, value.path, value)
    defaults = root["properties"]["defaults"]["properties"]
    for role in ROLES:
        own = root["properties"][role]["properties"]
        root["properties"][role]["properties"] = defaults | own
    root["properties"]["settings"] |= settings_schema()
    root["properties"] |= EXTRA
    root["properties"]["global"]["additionalProperties"] = True
    return {"$schema": "http://json-schema.org/draft-07/schema#", **root}


def _group() -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _add(schema: Schema, path: tuple[str, ...], value: Value) -> None:
    members = schema["properties"]
    if len(path) == 1:
        members[path[0]] = _leaf(value)
    else:
        _add(members.setdefault(path[0], _group()), path[1:], value)


def _leaf(value: Value) -> Schema:
    limits = LIMITS.get(".".join(value.path), LIMITS.get(value.path[-1], {}))
    return {"description": value.about, **_type(value.default), **limits}


def _type(default: Any) -> Schema:
    """Tell what a default allows; numbers are not negative."""
    match default:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "minimum": 0}
        case float():
            return {"type": "number", "minimum": 0}
        case str():
            return {"type": "string"}
        case list():
            return {"type": "array"}
        case _:
            return {"type": "object"}
