"""Every schema of the contract by name, and each as a JSON Schema document.

A name is its file's in `schemas/`.  A document is whole: what it refers to stands in
its `$defs`.
"""

from collections.abc import Mapping

from gateway.contract import (
    commands,
    dead_letters,
    events,
    keyboards,
    messages,
    results,
    welcome,
)
from gateway.contract.schema import Schema, references, relocate
from gateway.core.method import Method

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: Mapping[str, Schema] = {
    **{f"events/{event}": schema for event, schema in events.EVENTS.items()},
    "events/other": events.OTHER,
    "events/headers": events.HEADERS,
    **{f"commands/{method}": commands.BODIES[method] for method in Method},
    "commands/binary_headers": commands.BINARY_HEADERS,
    "commands/structured_headers": commands.STRUCTURED_HEADERS,
    "commands/structured": commands.STRUCTURED_COMMAND,
    "commands/plain_headers": commands.PLAIN_HEADERS,
    "results/result": results.RESULT,
    "results/headers": results.HEADERS,
    "dead_letters/headers": dead_letters.HEADERS,
    "welcome/message": welcome.MESSAGE,
    "welcome/headers": welcome.HEADERS,
}
# A structured command holds the bodies, so they may be referred to as well.
SHARED: Mapping[str, Schema] = {
    **events.DEFINITIONS,
    **messages.DEFINITIONS,
    **keyboards.DEFINITIONS,
    **{f"commands.{method}": commands.BODIES[method] for method in Method},
}


def json_schema(name: str) -> Schema:
    """Write one schema as a document of its own."""
    schema = SCHEMAS[name]
    needed = _needed(schema)
    return {
        "$schema": DIALECT,
        "$id": f"urn:viber-gateway:schema:{name.replace('/', ':')}",
        "title": title(name),
        **schema,
        **({"$defs": needed} if needed else {}),
    }


def components() -> dict[str, Schema]:
    """Write all schemas as AsyncAPI's components, which refer to each other."""
    named = {name.replace("/", "."): schema for name, schema in SCHEMAS.items()}
    return {
        name: {"title": title(name), **relocate(schema, "#/components/schemas/")}
        for name, schema in (named | dict(SHARED)).items()
    }


def title(name: str) -> str:
    """Say a schema's name in words: `events/client_status` is `client status`."""
    return name.replace("/", ".").rpartition(".")[2].replace("_", " ")


def _needed(schema: Schema) -> dict[str, Schema]:
    """Return the definitions that a schema refers to, and those that these do."""
    found: dict[str, Schema] = {}
    waiting = list(references(schema))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = SHARED[name]
            waiting += references(found[name])
    return dict(sorted(found.items()))
