"""Faults of values, in an operator's words."""

import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.plain_words import plain


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (bool, "perhaps", "must be true or false"),
        (dict[str, str], 1, "must be a table"),
        (float, "fast", "must be a number"),
        (int, "2.5", "must be a whole number"),
        (list[str], 1, "must be a list"),
        (str, 1, "must be text"),
    ],
)
def test_a_fault_says_what_is_allowed(kind: type, value: object, words: str) -> None:
    """And nothing of classes and parsers."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)

    assert [plain(fault) for fault in caught.value.errors()] == [words]


def test_a_fault_that_nobody_foresaw_is_told_as_it_is() -> None:
    """Better odd words than none."""
    assert plain({"type": "brand_new", "msg": "Odd words"}) == "Odd words"
