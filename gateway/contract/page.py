"""The AsyncAPI document as a page that people read."""

from collections.abc import Iterator
from html import escape
from json import dumps
from typing import Any

from gateway.contract.asyncapi import Document
from gateway.contract.html import frame, prose
from gateway.contract.schema import Schema

COMPONENTS = "#/components/schemas/"
ACTIONS = {
    "send": "The gateway writes, bots read.",
    "receive": "Bots write, the gateway reads.",
}
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
}
# What a keyword says, in the order in which it is said.  Patterns are for machines.
LIMITS = {
    "const": "always {}",
    "enum": "one of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


def page(document: Document) -> str:
    """Write the page of a document."""
    schemas = document["components"]["schemas"]
    info = document["info"]
    body = [
        *(f"<p>{prose(p)}</p>" for p in info["description"].split("\n")),
        '<p>The same for machines: <a href="asyncapi.yaml">asyncapi.yaml</a></p>',
        f"<nav><ul>{''.join(_contents(document))}</ul></nav>",
        *(_channel(document, one) for one in document["operations"].values()),
        '<h2 id="schemas">Schemas</h2>',
        *(_schema(name, schema) for name, schema in schemas.items()),
    ]
    return frame(info["title"], info["version"], "\n".join(body))


def _contents(document: Document) -> Iterator[str]:
    for name, channel in document["channels"].items():
        yield f'<li><a href="#{name}">{escape(channel["address"])}</a></li>'
    yield '<li><a href="#schemas">Schemas</a></li>'


def _channel(document: Document, operation: Document) -> str:
    name = operation["channel"]["$ref"].rpartition("/")[2]
    channel = document["channels"][name]
    messages = document["components"]["messages"]
    kinds = [messages[f"{name}.{kind}"] for kind in channel["messages"]]
    key = kinds[0]["bindings"]["kafka"]["key"]
    return (
        f'<h2 id="{name}">{escape(channel["address"])}</h2>'
        f"<p>{prose(channel['description'])} {ACTIONS[operation['action']]}</p>"
        f"<p>Key: {prose(key['description'])}</p>" + "".join(map(_message, kinds))
    )


def _message(message: Document) -> str:
    common, *own = message["headers"].get("allOf", [message["headers"]])
    kind = own[0]["properties"]["ce_type"]["const"] if own else ""
    payload = message.get("payload", {})
    values = [_link(schema) for schema in payload.get("anyOf", [payload]) if schema]
    return (
        f"<h3>{escape(message['title'])}</h3><p>{prose(message['summary'])}</p><ul>"
        + (f"<li>Type: <code>{escape(kind)}</code></li>" if kind else "")
        + f"<li>Headers: {_link(common)}</li>"
        + (f"<li>Value: {', '.join(values)}</li>" if values else "")
        + "</ul>"
        + "".join(map(_example, message["examples"]))
    )


def _example(example: Document) -> str:
    headers = "\n".join(f"{name}: {text}" for name, text in example["headers"].items())
    value = dumps(example["payload"], indent=2, ensure_ascii=False)
    return (
        f"<details><summary>Example: {escape(example['name'])}</summary>"
        f"<pre>{escape(headers)}\n\n{escape(value)}</pre></details>"
    )


def _schema(name: str, schema: Schema) -> str:
    closed = schema.get("additionalProperties", True) is False
    return (
        f'<h3 id="{name}">{escape(name)}</h3><p>{prose(schema["description"])}'
        f"{' Holds nothing else.' if closed else ''}</p>"
        + _members(schema)
        + "".join(_rules(schema))
    )


def _members(schema: Schema) -> str:
    required = schema.get("required", [])
    rows = [
        f"<tr><th><code>{escape(name)}</code></th>"
        f"<td>{'required' if name in required else ''}</td>"
        f"<td>{_kind(member)}</td><td>{_about(member)}</td></tr>"
        for name, member in schema.get("properties", {}).items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _kind(schema: Schema) -> str:
    """Say in a word or two what a member is."""
    if "$ref" in schema:
        return _link(schema)
    if "anyOf" in schema:
        return " or ".join(_kind(form) for form in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    types = schema.get("type", [])
    names = types if isinstance(types, list) else [types]
    return " or ".join(TYPES[name] for name in names)


def _about(schema: Schema) -> str:
    """Say what a member means, how far it goes, and what it holds."""
    limits = [
        words.format(f"<code>{escape(_plain(schema[keyword]))}</code>")
        for keyword, words in LIMITS.items()
        if keyword in schema
    ]
    inner = schema.get("items", schema)
    return " ".join(
        [
            prose(schema.get("description", "")),
            *([f"<small>{', '.join(limits)}</small>"] if limits else []),
            _members(inner),
        ]
    )


def _rules(schema: Schema) -> Iterator[str]:
    """Say what holds for one word of one member, such as each type of message."""
    rows = []
    for rule in schema.get("allOf", []):
        for member, condition in rule.get("if", {}).get("properties", {}).items():
            if isinstance(condition.get("const"), str):
                rows.append(_rule(member, condition["const"], rule["then"]))
    if rows:
        yield f"<table>{''.join(rows)}</table>"


def _rule(member: str, value: str, then: Schema) -> str:
    needs = ", ".join(
        f"<code>{escape(name)}</code>" for name in then.get("required", [])
    )
    limits = "".join(
        f"<div><code>{escape(name)}</code>: {_kind(inner)}{_about(inner)}</div>"
        for name, inner in then.get("properties", {}).items()
    )
    return (
        f"<tr><th><code>{escape(member)}</code> is <code>{escape(value)}</code></th>"
        f"<td>{f'needs {needs}' if needs else ''}</td><td>{limits}</td></tr>"
    )


def _link(schema: Schema) -> str:
    name = schema["$ref"].removeprefix(COMPONENTS)
    return f'<a href="#{name}">{escape(name)}</a>'


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value)
