"""Reads values.yaml with its comments.

A comment `# -- text` describes the key below it, and more lines may follow; then the
key is one value, whatever it holds.  A key without one only groups those below it.
`# ---- Title ----` begins a section.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

_SECTION = re.compile(r"# ---- (.+?) -+")
_ABOUT = re.compile(r"\s*# -- ")
_MORE = re.compile(r"\s*# ?")


@dataclass(frozen=True, slots=True)
class Value:
    """One value that users may set.

    Attributes:
        path: Its keys from the top, such as `("image", "tag")`.
        about: What its comment says, in one line.
        section: The title above it.
    """

    path: tuple[str, ...]
    default: Any
    about: str
    section: str


def read_values(text: str) -> list[Value]:
    """Read all values, in their order.

    Raises:
        ValueError: A key has no comment and groups nothing.
        TypeError: It is no map.
    """
    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise TypeError("values are a map")
    return list(_below(root, text.splitlines(), ()))


def _below(
    node: yaml.MappingNode, lines: Sequence[str], above: tuple[str, ...]
) -> Iterator[Value]:
    for key, content in node.value:
        path = (*above, key.value)
        line = key.start_mark.line
        if about := _comment(lines, line):
            default = yaml.SafeLoader("").construct_document(content)
            yield Value(path, default, about, _section(lines, line))
        elif isinstance(content, yaml.MappingNode) and content.value:
            yield from _below(content, lines, path)
        else:
            raise ValueError(f"{'.'.join(path)} has no comment")


def _comment(lines: Sequence[str], line: int) -> str:
    """Return the text of the `# --` comment right above a line, or nothing."""
    first = line
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
        if _ABOUT.match(lines[first]):
            start = _ABOUT.sub("", lines[first])
            return " ".join(
                [start, *(_MORE.sub("", n) for n in lines[first + 1 : line])]
            )
    return ""


def _section(lines: Sequence[str], line: int) -> str:
    titles = (_SECTION.fullmatch(text) for text in reversed(lines[:line]))
    return next(title[1] for title in titles if title)
