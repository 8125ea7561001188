"""The turnstile by itself: who is let in, in which order, and what giving up costs."""

from collections import deque
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from gateway.egress.turnstile import Queue, Turn, Turnstile
from tests.fakes.clock import FakeClock


class Gate:
    """Whether something may be, as a test sets it."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def __call__(self) -> float:
        """Tell the seconds until it is worth asking again."""
        return self.value


def free(slots: int) -> Turnstile:
    """Return a turnstile that is not held back."""
    return Turnstile(slots, lambda: True, FakeClock())


def ask(turnstile: Turnstile, queue: Queue) -> Turn:
    """Ask for a turn."""
    turn = Turn()
    turnstile.join(queue, turn)
    return turn


def is_in(turn: Turn) -> bool:
    """Whether a turn was given."""
    return turn.done() and not turn.cancelled()


async def test_a_queue_is_first_in_first_out() -> None:
    """One slot, handed on in the order of asking."""
    turnstile, queue = free(1), Queue(lambda: 0.0)
    turns = [ask(turnstile, queue) for _ in range(4)]

    for given_so_far in range(1, 5):
        assert [is_in(t) for t in turns] == [n < given_so_far for n in range(4)]
        turnstile.leave()


async def test_turns_go_round_the_bots() -> None:
    """However much one of them has asked for."""
    turnstile = free(0)
    queues = {name: Queue(lambda: 0.0) for name in "abc"}
    turns = {f"{n}{i}": ask(turnstile, q) for n, q in queues.items() for i in range(3)}

    order = []
    for _ in turns:
        turnstile.leave()
        order += [n for n, turn in turns.items() if is_in(turn) and n not in order]

    assert order == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]


async def test_a_bot_that_may_not_go_holds_nobody() -> None:
    """It keeps its place; its time comes when it may."""
    gate = Gate(inf)
    turnstile, shut, open_ = free(2), Queue(gate), Queue(lambda: 0.0)
    waiting, going = ask(turnstile, shut), ask(turnstile, open_)
    assert (is_in(waiting), is_in(going)) == (False, True)

    gate.value = 0.0
    turnstile.advance()

    assert is_in(waiting)


async def test_it_looks_again_when_the_soonest_may_go() -> None:
    """Not earlier, and nobody has to ask it to."""
    clock, slow, slower = FakeClock(), Gate(5.0), Gate(9.0)
    turnstile = Turnstile(2, lambda: True, clock)
    first, second = ask(turnstile, Queue(slow)), ask(turnstile, Queue(slower))
    await clock.pass_time(4.9)
    assert not is_in(first)

    slow.value = 0.0
    await clock.pass_time(0.2)

    assert (is_in(first), is_in(second)) == (True, False)


async def test_nothing_starts_while_nothing_may() -> None:
    """All queues wait until it is told that this has changed."""
    may_start = False
    turnstile = Turnstile(1, lambda: may_start, FakeClock())
    turn = ask(turnstile, Queue(lambda: 0.0))
    assert not is_in(turn)

    may_start = True
    turnstile.advance()

    assert is_in(turn)


async def test_who_gives_up_in_the_queue_is_passed_over() -> None:
    """And takes no permit of the bot's."""
    permits = deque([0.0, 0.0])
    turnstile = free(1)
    queue = Queue(lambda: permits.popleft() if permits else inf)
    first, gone, last = (ask(turnstile, queue) for _ in range(3))
    gone.cancel()
    turnstile.leave()

    assert (is_in(first), is_in(last)) == (True, True)
    assert not permits
    assert repr(turnstile) == "<Turnstile 0 free, 0 waiting>"


@given(
    slots=st.integers(1, 4),
    steps=st.lists(
        st.tuples(st.sampled_from(["ask", "leave", "cancel"]), st.integers(0, 9)),
        max_size=60,
    ),
)
async def test_no_slot_is_lost_or_won(slots: int, steps: list[tuple[str, int]]) -> None:
    """As many are in as there are slots, or all who want to be."""
    turnstile = free(slots)
    queues = [Queue(lambda: 0.0), Queue(lambda: 0.0)]
    turns: list[Turn] = []
    for act, number in steps:
        inside = [t for t in turns if is_in(t)]
        outside = [t for t in turns if not t.done()]
        if act == "ask":
            turns.append(ask(turnstile, queues[number % 2]))
        elif act == "leave" and inside:
            turns.remove(inside[number % len(inside)])
            turnstile.leave()
        elif act == "cancel" and outside:
            outside[number % len(outside)].cancel()
        wanted = [t for t in turns if not t.cancelled()]
        assert sum(map(is_in, wanted)) == min(slots, len(wanted))
