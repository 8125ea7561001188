"""What is wrong with a value, in an operator's words in place of a library's.

Rule: one short line that says what is allowed; no class, no number of an error.
"""

from collections.abc import Mapping
from typing import Any

# By pydantic's type of error; braces take from the error's context.
_FAULTS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "extra_forbidden": "no such member",
    "finite_number": "must be a number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "int_parsing": "must be a whole number",
    "less_than_equal": "must be at most {le:g}",
    "list_type": "must be a list",
    "literal_error": "must be {expected}",
    "missing": "is required",
    "model_type": "must be a table",
    "path_type": "must be a path",
    "string_too_long": "must have at most {max_length} characters",
    "string_type": "must be text",
    "value_error": "{error}",
}


def plain(fault: Mapping[str, Any]) -> str:
    """Say one of the faults of a `ValidationError`; what is not known, as it is."""
    words = _FAULTS.get(fault["type"])
    return fault["msg"] if words is None else words.format(**fault.get("ctx", {}))


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Say why a file cannot be read; the path is the caller's to tell."""
    return getattr(error, "strerror", None) or "is no text"
