"""Judges of the published schemas: the files in `schemas/`, as others will use them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[2] / "schemas"


def document(path: str) -> Any:
    """Read a file of `schemas/`."""
    return json.loads((FOLDER / path).read_text(encoding="utf-8"))


@cache
def validator(schema: str) -> Draft202012Validator:
    """Return the judge of a schema, such as `commands/send_message`."""
    return Draft202012Validator(document(f"{schema}.json"))


def faults(schema: str, value: Any) -> list[str]:
    """Tell what is wrong with a value, place and words."""
    found = validator(schema).iter_errors(value)
    return [f"{fault.json_path}: {fault.message}" for fault in found]
