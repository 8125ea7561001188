"""Short forms for JSON Schema 2020-12.

AsyncAPI 3.1 takes its own superset of draft-07.  So only words are used that mean the
same in both: no `unevaluatedProperties`, no `prefixItems`, nothing beside a `$ref`.
`about` is what people read.  A member with `x-min-api-version` needs that version of
Viber's API; `versions` makes rules of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

DEFINITIONS = "#/$defs/"
SINCE = "x-min-api-version"


def text(about: str, least: int = 0, most: int | None = None, **more: Any) -> Schema:
    """Text of so many characters."""
    limits = {"minLength": least or None, "maxLength": most}
    return {"type": "string", "description": about, **_given(limits), **more}


def choice(about: str, *values: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "description": about, "enum": list(map(str, values))}


def constant(about: str, value: str) -> Schema:
    """This text and no other."""
    return {"type": "string", "description": about, "const": value}


def whole(about: str, least: int | None = None, most: int | None = None) -> Schema:
    """A whole number within limits."""
    limits = {"minimum": least, "maximum": most}
    return {"type": "integer", "description": about, **_given(limits)}


def number(about: str, least: float | None = None, most: float | None = None) -> Schema:
    """A number within limits."""
    limits = {"minimum": least, "maximum": most}
    return {"type": "number", "description": about, **_given(limits)}


def number_or_text(about: str, plain: Schema, pattern: str) -> Schema:
    """A number, or the same written as text, as Viber's documentation does both."""
    forms = [_without_about(plain), {"type": "string", "pattern": pattern}]
    return {"description": about, "anyOf": forms}


def flag(about: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": about}


def listing(
    about: str, items: Schema, least: int = 0, most: int | None = None
) -> Schema:
    """A list of so many."""
    limits = {"minItems": least or None, "maxItems": most}
    return {"type": "array", "description": about, "items": items, **_given(limits)}


def record(
    about: str,
    members: Mapping[str, Schema],
    required: tuple[str, ...] = (),
    *,
    is_closed: bool = False,
) -> Schema:
    """An object; a closed one holds nothing else."""
    return {
        "type": "object",
        "description": about,
        **({"required": list(required)} if required else {}),
        "properties": dict(members),
        **({"additionalProperties": False} if is_closed else {}),
    }


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | values


def since(version: int, schema: Schema) -> Schema:
    """The same, for a `min_api_version` of at least this."""
    about = f"{schema['description']} Needs min_api_version {version}."
    return schema | {"description": about, SINCE: version}


def ref(name: str) -> Schema:
    """What stands under that name among the definitions."""
    return {"$ref": DEFINITIONS + name}


def when(condition: Schema, then: Schema) -> Schema:
    """If it is so, this must hold too."""
    return {"if": condition, "then": then}


def holds(member: str, schema: Schema) -> Schema:
    """The member is there, and is so."""
    return {"required": [member], "properties": {member: schema}}


def any_of(*schemas: Schema) -> Schema:
    """At least one holds."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def versions(members: Mapping[str, Schema]) -> dict[int, list[str]]:
    """Tell which members need which `min_api_version`."""
    found: dict[int, list[str]] = {}
    for name, schema in members.items():
        if SINCE in schema:
            found.setdefault(schema[SINCE], []).append(name)
    return found


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix(DEFINITIONS)
        for inner in schema.values():
            yield from references(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from references(inner)


def relocate(schema: Any, folder: str) -> Any:
    """Return the same with the definitions looked for elsewhere."""
    if isinstance(schema, dict):
        return {
            key: inner.replace(DEFINITIONS, folder)
            if key == "$ref"
            else relocate(inner, folder)
            for key, inner in schema.items()
        }
    if isinstance(schema, list):
        return [relocate(inner, folder) for inner in schema]
    return schema


def _given(limits: Mapping[str, float | None]) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _without_about(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "description"}
