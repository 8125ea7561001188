"""A small JSON schema with the wording of the validator that Viber runs.

The texts are those of fge's json-schema-validator, as Viber's answers show them:
``keyboard is not valid. [object has missing required properties (["Type"])]``.
A field may need a ``min_api_version`` (``since``); such findings are kept apart,
because Viber answers them with another status.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

TYPE_NAMES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}
DIGITS = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Field:
    """What one member may be.

    Args:
        kind: its JSON type.
        minimum: of a number, or of the length of a string or array.
        maximum: likewise.
        choices: the allowed values.
        pattern: a regular expression that the whole string must match.
        members: of an object.
        items: of an array.
        required: whether it must be there.
        since: the lowest ``min_api_version`` that allows it.
        lenient: take numbers as text too, as Viber does for some members.
    """

    kind: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    members: Mapping[str, "Field"] = field(default_factory=dict)
    items: "Field | None" = None
    required: bool = False
    since: int = 1
    lenient: bool = False


def faults(value: Any, rule: Field) -> Iterator[str]:
    """Yield what is wrong with a value, in the validator's words."""
    if (number := _number(value, rule)) is not None:
        yield from _number_faults(number, rule)
    elif TYPE_NAMES.get(type(value)) != rule.kind:
        yield _type_fault(value, rule)
    else:
        yield from _CHECKS[rule.kind](value, rule)


def too_new(value: Any, rule: Field, version: int, path: str = "") -> Iterator[str]:
    """Yield the members that need a higher ``min_api_version``, with paths."""
    if rule.since > version:
        yield f"{path} needs min_api_version {rule.since}"
    elif isinstance(value, dict):
        for name, inner in rule.members.items():
            if name in value:
                yield from too_new(value[name], inner, version, f"{path}/{name}")
    elif isinstance(value, list) and rule.items is not None:
        for position, item in enumerate(value):
            yield from too_new(item, rule.items, version, f"{path}/{position}")


def _number(value: Any, rule: Field) -> float | None:
    if rule.kind not in {"integer", "number"} or isinstance(value, bool):
        return None
    if isinstance(value, int) or (isinstance(value, float) and rule.kind == "number"):
        return value
    shape = DIGITS if rule.kind == "integer" else NUMBER
    if rule.lenient and isinstance(value, str) and shape.fullmatch(value):
        return float(value)
    return None


def _type_fault(value: Any, rule: Field) -> str:
    found = TYPE_NAMES.get(type(value), "null")
    return (
        f"instance type ({found}) does not match any allowed primitive type"
        f' (allowed: ["{rule.kind}"])'
    )


def _number_faults(value: float, rule: Field) -> Iterator[str]:
    if rule.maximum is not None and value > rule.maximum:
        yield (
            "numeric instance is greater than the required maximum"
            f" (maximum: {rule.maximum:g}, found: {_plain(value)})"
        )
    if rule.minimum is not None and value < rule.minimum:
        yield (
            "numeric instance is lower than the required minimum"
            f" (minimum: {rule.minimum:g}, found: {_plain(value)})"
        )


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _string_faults(value: str, rule: Field) -> Iterator[str]:
    if rule.choices and value not in rule.choices:
        possible = msgspec.json.encode(rule.choices).decode()
        yield (
            f'instance value ("{value}") not found in enum (possible values:'
            f" {possible})"
        )
    if rule.maximum is not None and len(value) > rule.maximum:
        yield (
            f"string is too long (length: {len(value)},"
            f" maximum allowed: {rule.maximum:g})"
        )
    if rule.minimum is not None and len(value) < rule.minimum:
        yield (
            f"string is too short (length: {len(value)},"
            f" required minimum: {rule.minimum:g})"
        )
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        yield f'ECMA 262 regex "{rule.pattern}" does not match input string "{value}"'


def _array_faults(value: list[Any], rule: Field) -> Iterator[str]:
    count = len(value)
    if rule.minimum is not None and count < rule.minimum:
        yield (
            f"array is too short: must have at least {rule.minimum:g} elements"
            f" but instance has {count} elements"
        )
    if rule.maximum is not None and count > rule.maximum:
        yield (
            f"array is too long: must have at most {rule.maximum:g} elements"
            f" but instance has {count} elements"
        )
    if rule.items is not None:
        for item in value:
            yield from faults(item, rule.items)


def _object_faults(value: dict[str, Any], rule: Field) -> Iterator[str]:
    missing = [n for n, f in rule.members.items() if f.required and n not in value]
    if missing:
        listed = msgspec.json.encode(missing).decode()
        yield f"object has missing required properties ({listed})"
    for name, inner in rule.members.items():
        if name in value:
            yield from faults(value[name], inner)


def _no_faults(_value: bool, _rule: Field) -> Iterator[str]:  # noqa: FBT001 - a JSON value
    return iter(())


_CHECKS: Mapping[str, Any] = {
    "string": _string_faults,
    "array": _array_faults,
    "object": _object_faults,
    "boolean": _no_faults,
}
