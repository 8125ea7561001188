"""What is put off comes back in order, and nothing of its group before it."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.deferral import Deferral, Group

KEY, BOT = Group("shop", "anna"), Group("shop")


def put_off(*offsets: int, group: Group = KEY) -> Deferral:
    """Return a deferral that holds these."""
    deferral = Deferral()
    for offset in offsets:
        deferral.put(group, offset)
    return deferral


def test_a_group_holds_until_its_last_is_taken() -> None:
    """While one is put off, or being read again, all of the group must be."""
    deferral = put_off(5)
    assert deferral.holds(KEY)

    assert list(deferral.recall(KEY, 10)) == [5]
    assert deferral.holds(KEY)

    deferral.recalled(KEY)
    assert not deferral.holds(KEY)
    assert not deferral


def test_groups_do_not_know_of_each_other() -> None:
    """A key's group is not its bot's."""
    assert not put_off(5).holds(BOT)


def test_what_is_being_read_again_is_not_due() -> None:
    """One reading of a group at a time, or its order would be lost."""
    deferral = put_off(1, 2, 3)
    deferral.recall(KEY, 1)

    assert not deferral.is_due(KEY)

    deferral.recalled(KEY)
    assert deferral.is_due(KEY)


def test_an_empty_group_is_not_due() -> None:
    """There is nothing to read."""
    assert not Deferral().is_due(KEY)


@given(st.lists(st.integers(1, 5), min_size=1), st.integers(1, 7))
def test_recalls_bring_back_all_in_order(gaps: list[int], most: int) -> None:
    """However many there is room for each time."""
    offsets = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    deferral, back = put_off(*offsets), list[int]()
    while deferral:
        batch = deferral.recall(KEY, most)
        assert 1 <= len(batch) <= most
        deferral.recalled(KEY)
        back += batch

    assert back == offsets


def test_it_says_how_much_it_holds() -> None:
    """For logs and failing tests."""
    assert repr(put_off(1, 2)) == "<Deferral 2 put off in 1 groups>"
