"""Ids that repeat when the thing repeats."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identity import (
    EVENT_NAMESPACE,
    RESULT_NAMESPACE,
    repeatable_id,
)

parts = st.lists(st.text(max_size=5) | st.integers(0, 9) | st.none(), max_size=4)


def test_the_same_parts_have_the_same_id_for_ever() -> None:
    """Consumers keep ids: a release that changes them doubles every event."""
    name = ("shop", "message", "6109932746692773188", "8WxcSDq9eq+IzDQ1sS0mPA==")

    event = repeatable_id(EVENT_NAMESPACE, *name)
    result = repeatable_id(RESULT_NAMESPACE, *name)

    assert event == "a9f75f7c-b5cb-5ccc-8a20-7f3dd0fdd4ae"
    assert result == "761f194f-dc57-5811-8f9b-352d04859dd1"


@given(parts, parts)
def test_other_parts_have_another_id(
    one: list[str | int | None], other: list[str | int | None]
) -> None:
    """Not even the border between two parts may move, nor may "1" become 1."""
    ids = {repeatable_id(EVENT_NAMESPACE, *name) for name in (one, other)}

    assert len(ids) == (1 if one == other else 2)


@given(parts)
def test_an_id_is_a_uuid_of_version_5(name: list[str | int | None]) -> None:
    """RFC 9562 5.5; events and results share none."""
    event = repeatable_id(EVENT_NAMESPACE, *name)

    assert UUID(event).version == 5
    assert event != repeatable_id(RESULT_NAMESPACE, *name)
