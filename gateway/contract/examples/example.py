"""What an example is.

A mistake is a right example with one thing changed, so that it can be refused for that
alone.
"""

from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ABSENT = object()


class Refuser(StrEnum):
    """Who refuses what a schema refuses.

    The gateway makes a dead letter `invalid_command` of it.  Viber answers with a
    status, or its client with a `failed` callback.  Nobody: it does harm unnoticed, or
    it is what never comes.
    """

    GATEWAY = "gateway"
    VIBER = "viber"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Example:
    """One value of a schema.

    Attributes:
        schema: The schema's name in the catalogue.
        name: Its own name; with the schema's it is its file's.
        refused_by: None for one that is right.
        why: What is wrong with it.
    """

    schema: str
    name: str
    value: Any
    refused_by: Refuser | None = None
    why: str = ""

    def with_mistake(
        self, name: str, path: str, value: Any, refused_by: Refuser, why: str
    ) -> "Example":
        """Change one thing.

        Args:
            name: The mistake's name.
            path: Where, such as `keyboard.Buttons.0.Rows`.
            value: What stands there instead; ABSENT: nothing.
            refused_by: Who refuses it.
            why: What is wrong with it.
        """
        wrong = changed(self.value, path, value)
        return Example(self.schema, name, wrong, refused_by, why)


def changed(value: Any, path: str, to: Any) -> Any:
    """Return a copy with another value at a path."""
    copy = deepcopy(value)
    *parents, last = (int(p) if p.isdigit() else p for p in path.split("."))
    place = copy
    for step in parents:
        place = place[step]
    if to is ABSENT:
        del place[last]
    else:
        place[last] = to
    return copy
