"""Which command may run now, against every interleaving."""

from collections import defaultdict
from collections.abc import Hashable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.core.ordering import Ordering

KEYS = ("a", "b", "c")


def test_a_free_key_may_run_at_once() -> None:
    """Nothing of it runs yet."""
    assert Ordering[int]().offer("a", 1)


def test_a_busy_key_waits_for_its_turn() -> None:
    """One at a time, in the order of arrival."""
    ordering = Ordering[int]()
    assert [ordering.offer("a", n) for n in (1, 2, 3)] == [True, False, False]
    assert ordering.queued == 2

    assert [ordering.finish("a") for _ in range(3)] == [2, 3, None]
    assert ordering.queued == 0


def test_keys_do_not_know_of_each_other() -> None:
    """A key that is stuck delays no other."""
    ordering = Ordering[int]()
    ordering.offer("a", 1)
    ordering.offer("a", 2)

    assert ordering.offer("b", 3)
    assert ordering.finish("b") is None


def test_without_a_key_there_is_no_order() -> None:
    """Any number may run at once, and none of them waits."""
    ordering = Ordering[int]()

    assert all(ordering.offer(None, n) for n in range(3))
    assert ordering.finish(None) is None
    assert ordering.queued == 0


def test_a_key_that_has_ended_is_forgotten() -> None:
    """Memory grows with what runs and waits, not with every user ever met."""
    ordering = Ordering[int]()
    for user in range(100):
        ordering.offer(user, user)
        ordering.finish(user)

    assert repr(ordering) == "<Ordering 0 keys busy, 0 queued>"


def test_nothing_can_end_twice() -> None:
    """A key that is not busy has nothing to finish: a bug of the caller's."""
    ordering = Ordering[int]()

    with pytest.raises(KeyError):
        ordering.finish("a")


class OrderingMachine(RuleBasedStateMachine):
    """Offers and finishes in any order; a naive list per key is the model."""

    def __init__(self) -> None:
        super().__init__()
        self.ordering = Ordering[int]()
        self.offered = 0
        self.expected: dict[Hashable, list[int]] = defaultdict(list)
        self.running: dict[Hashable, int] = {}

    @rule(key=st.sampled_from(KEYS))
    def offer(self, key: str) -> None:
        """Offer the next item; it runs exactly when nothing of its key does."""
        self.offered += 1
        may_run = self.ordering.offer(key, self.offered)

        assert may_run == (key not in self.running)
        if may_run:
            self.running[key] = self.offered
        else:
            self.expected[key].append(self.offered)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """End what runs of a key; the one that has waited longest comes next."""
        key = data.draw(st.sampled_from(sorted(self.running, key=str)))
        del self.running[key]
        following = self.ordering.finish(key)

        waiting = self.expected[key]
        assert following == (waiting.pop(0) if waiting else None)
        if following is not None:
            self.running[key] = following

    @invariant()
    def everything_offered_is_known(self) -> None:
        """What does not run is queued; nothing is lost."""
        queued = sum(map(len, self.expected.values()))

        assert self.ordering.queued == queued
        waiting = {key: list(queue) for key, queue in self.ordering.queues()}
        assert waiting == {key: its for key, its in self.expected.items() if its}
        for key in KEYS:
            assert self.ordering.waiting(key) == len(self.expected[key])
        busy = f"<Ordering {len(self.running)} keys busy, {queued} queued>"
        assert repr(self.ordering) == busy


TestEveryInterleaving = OrderingMachine.TestCase
TestEveryInterleaving.settings = settings(stateful_step_count=25)
