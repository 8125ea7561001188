"""Commands that are put off come back in order, and no more than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.deferral import Deferral, Group

KEY = Group("shop", "k")
BOT = Group("shop")


def put_off(*offsets: int, group: Group = KEY) -> Deferral:
    """Return what holds these offsets of a group."""
    deferral = Deferral()
    for offset in offsets:
        deferral.put(group, offset)
    return deferral


def test_a_group_comes_back_from_its_beginning() -> None:
    """So many at a time, in the order of the offsets."""
    deferral = put_off(3, 5, 8)

    assert list(deferral.recall(KEY, 2)) == [3, 5]
    deferral.recalled(KEY)
    assert list(deferral.recall(KEY, 2)) == [8]
    assert len(deferral) == 0


def test_a_group_is_held_until_all_of_it_is_back() -> None:
    """What comes meanwhile must join it behind the others."""
    deferral = put_off(3)
    assert deferral.holds(KEY)

    deferral.recall(KEY, 1)
    assert deferral.holds(KEY)

    deferral.recalled(KEY)
    assert not deferral.holds(KEY)


def test_a_group_is_not_read_twice_at_once() -> None:
    """What joined it meanwhile comes after what is being read."""
    deferral = put_off(3)
    assert deferral.is_due(KEY)

    deferral.recall(KEY, 1)
    deferral.put(KEY, 5)
    assert not deferral.is_due(KEY)

    deferral.recalled(KEY)
    assert deferral.is_due(KEY)


def test_an_empty_group_is_not_due() -> None:
    """There is nothing to read."""
    deferral = Deferral()
    deferral.recalled(KEY)

    assert not deferral.is_due(KEY)
    assert not deferral.holds(KEY)


def test_groups_do_not_know_of_each_other() -> None:
    """A bot's and that of one of its keys are two."""
    deferral = put_off(3, group=BOT)
    deferral.put(KEY, 5)

    deferral.recall(BOT, 9)

    assert deferral.is_due(KEY)
    assert not deferral.is_due(BOT)
    assert repr(deferral) == "<Deferral 1 put off in 1 groups>"


def test_an_offset_is_found_with_its_group_and_its_place_in_it() -> None:
    """Whoever asks after one command learns how many go before it."""
    deferral = put_off(3, 5, 8)
    deferral.put(BOT, 9)

    assert deferral.find(8) == (KEY, 2)
    assert deferral.find(9) == (BOT, 0)
    assert deferral.find(4) is None


@given(st.lists(st.sampled_from([KEY, BOT])), st.integers(1, 5))
def test_nothing_is_lost_or_turned_round(groups: list[Group], most: int) -> None:
    """Every offset comes back once, ascending within its group."""
    deferral = Deferral()
    for offset, group in enumerate(groups):
        deferral.put(group, offset)
    assert len(deferral) == len(groups)

    for group in (KEY, BOT):
        back: list[int] = []
        while deferral.is_due(group):
            back += deferral.recall(group, most)
            deferral.recalled(group)
        assert back == [n for n, its in enumerate(groups) if its == group]
