"""When a bot's commands may go, and how that is found out again."""

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.answer import Answer
from gateway.core.backoff import Backoff
from gateway.core.circuit import TRANSITIONS, Circuit, Credit, Gate, Halt, State
from gateway.core.errors import Reason
from gateway.core.outcome import (
    Accepted,
    HaltBot,
    Outcome,
    ParkReceiver,
    Rejected,
    Retry,
    RetryReason,
    Throttled,
    WithoutCredit,
)

ANSWER = Answer(http_status=200)
ACCEPTED = Accepted(ANSWER)
REJECTED = Rejected(ANSWER, Reason.REJECTED_MESSAGE)
UNREACHABLE = Retry(Answer(http_status=503), RetryReason.SERVER_ERROR, unreachable=True)
GARBAGE = Retry(ANSWER, RetryReason.BAD_ANSWER)
HALTED = HaltBot(ANSWER)
WEBHOOK_FIRST = HaltBot(ANSWER, needs_webhook=True)
NO_CREDIT = WithoutCredit(ANSWER)

# Without dice: 1, 2, 4, ... up to 60 seconds.
BACKOFF = Backoff(1.0, 60.0, lambda: 0.0)


def throttled(retry_after: float | None) -> Throttled:
    """Return the outcome of a 429."""
    return Throttled(Answer(http_status=429, retry_after=retry_after))


def account(**members: Any) -> Accepted:
    """Return the outcome of a probe that Viber answered."""
    return Accepted(Answer(http_status=200, status=0, data=members))


def circuit_opened_at(now: float) -> Circuit:
    """Return a circuit that the third failure in a row has opened."""
    circuit = Circuit(3, BACKOFF)
    for _ in range(3):
        circuit.record(UNREACHABLE, now, now)
    return circuit


def halt_since(now: float, outcome: HaltBot = HALTED) -> Halt:
    """Return a halt that this outcome has caused."""
    halt = Halt(BACKOFF)
    halt.record(outcome, now, now)
    return halt


def probe(gate: Gate, outcome: Outcome, now: float) -> float | None:
    """Probe, and return the wait until the next probe."""
    assert gate.begin_probe(now)
    gate.end_probe(outcome, now)
    return gate.probe_in(now)


def test_the_table_is_what_the_drawing_says() -> None:
    """Every state can be left, and only half open leads back to closed."""
    assert {state for state, _ in TRANSITIONS} == set(State)
    to_closed = [pair for pair, to in TRANSITIONS.items() if to is State.CLOSED]
    assert to_closed == [("half_open", "succeed")]


def test_a_circuit_opens_after_failures_in_a_row() -> None:
    """Over all commands of the bot; then a probe is due after the backoff."""
    circuit = Circuit(3, BACKOFF)
    for expected in (State.CLOSED, State.CLOSED, State.OPEN):
        circuit.record(UNREACHABLE, sent_at=10, now=11)
        assert circuit.state is expected

    assert not circuit.is_closed
    assert circuit.probe_in(11) == 1
    assert circuit.probe_in(20) == 0
    assert repr(circuit) == "<Circuit open, 1 waits>"


@pytest.mark.parametrize(
    "answer", [ACCEPTED, REJECTED, GARBAGE, HALTED, ParkReceiver(ANSWER)]
)
def test_any_answer_ends_the_row(answer: Outcome) -> None:
    """Viber was reached, whatever it said."""
    circuit = Circuit(3, BACKOFF)
    for outcome in (UNREACHABLE, UNREACHABLE, answer, UNREACHABLE, UNREACHABLE):
        circuit.record(outcome, 0, 0)
        assert circuit.is_closed


@pytest.mark.parametrize("opening", [UNREACHABLE, throttled(None)])
def test_a_row_begins_anew_when_the_circuit_has_closed(opening: Outcome) -> None:
    """What was counted before it opened is done with."""
    circuit = Circuit(3, BACKOFF)
    for outcome in (UNREACHABLE, UNREACHABLE, opening):
        circuit.record(outcome, 0, 0)
    probe(circuit, account(), now=1)

    for expected in (State.CLOSED, State.CLOSED, State.OPEN):
        circuit.record(UNREACHABLE, 2, 2)
        assert circuit.state is expected


@pytest.mark.parametrize(("retry_after", "wait"), [(None, 1), (0.5, 1), (30, 30)])
def test_a_429_opens_the_circuit_at_once(
    retry_after: float | None, wait: float
) -> None:
    """Until Retry-After or the backoff, whatever is later."""
    circuit = Circuit(3, BACKOFF)
    circuit.record(throttled(retry_after), 0, 100)

    assert circuit.state is State.OPEN
    assert circuit.probe_in(100) == wait


def test_a_later_429_puts_the_probe_off() -> None:
    """Commands were under way when the circuit opened; one brings a longer wait."""
    circuit = Circuit(3, BACKOFF)
    circuit.record(throttled(30), 0, 100)

    circuit.record(throttled(None), 0, 101)
    circuit.record(throttled(10), 0, 102)
    assert circuit.probe_in(102) == 28

    circuit.record(throttled(60), 0, 103)
    assert circuit.probe_in(103) == 60


def test_a_503_with_retry_after_is_honoured_too() -> None:
    """The probe does not undercut what the last failure asked for."""
    circuit = Circuit(1, BACKOFF)
    busy = Answer(http_status=503, retry_after=20)
    circuit.record(Retry(busy, RetryReason.SERVER_ERROR, unreachable=True), 0, 0)

    assert circuit.probe_in(0) == 20


def test_one_probe_goes_at_a_time() -> None:
    """Who comes second, or early, gets none."""
    circuit = circuit_opened_at(0)

    assert not circuit.begin_probe(0.5)
    assert circuit.begin_probe(1)
    assert circuit.state is State.HALF_OPEN
    assert not circuit.begin_probe(1)
    assert circuit.probe_in(1) is None


@pytest.mark.parametrize("outcome", [account(), REJECTED, HALTED])
def test_a_circuit_closes_on_the_first_verdict(outcome: Outcome) -> None:
    """A probe that Viber answers closes it."""
    circuit = circuit_opened_at(0)

    assert probe(circuit, outcome, now=5) is None
    assert circuit.is_closed
    assert not circuit.begin_probe(5)


def test_failed_probes_back_off() -> None:
    """Twice as long each time, or as long as is asked for."""
    circuit = circuit_opened_at(0)

    assert probe(circuit, UNREACHABLE, now=1) == 2
    assert probe(circuit, GARBAGE, now=3) == 4
    assert probe(circuit, throttled(500), now=7) == 500
    assert circuit.state is State.OPEN


def test_the_backoff_starts_anew_with_a_command_that_got_through() -> None:
    """A probe that passes while commands fail does not make for quick probes."""
    circuit = circuit_opened_at(0)
    probe(circuit, account(), now=1)
    for _ in range(3):
        circuit.record(UNREACHABLE, 2, 2)
    assert circuit.probe_in(2) == 2

    probe(circuit, account(), now=4)
    circuit.record(REJECTED, 5, 5)
    for _ in range(3):
        circuit.record(UNREACHABLE, 6, 6)
    assert circuit.probe_in(6) == 1


def test_late_results_neither_close_nor_open_a_circuit() -> None:
    """An attempt from before the closing says nothing of now."""
    circuit = circuit_opened_at(0)
    circuit.record(ACCEPTED, -1, 0.5)
    circuit.record(UNREACHABLE, -1, 0.5)
    assert circuit.probe_in(0) == 1

    assert circuit.begin_probe(2)
    circuit.record(ACCEPTED, -1, 2)
    circuit.record(throttled(60), -1, 2)
    assert circuit.state is State.HALF_OPEN

    circuit.end_probe(account(), now=3)
    for _ in range(9):
        circuit.record(UNREACHABLE, 2.9, 4)
    assert circuit.is_closed


def test_an_abandoned_probe_is_left_to_somebody_else() -> None:
    """Whoever made it was cancelled; the next one need not wait."""
    circuit = circuit_opened_at(0)
    assert circuit.begin_probe(1)
    circuit.abandon_probe()

    assert circuit.state is State.OPEN
    assert circuit.begin_probe(1)


@pytest.mark.parametrize("outcome", [HALTED, WEBHOOK_FIRST])
def test_a_refusal_of_the_bot_halts_it(outcome: HaltBot) -> None:
    """At once, and whatever else comes back does not resume it."""
    halt = halt_since(0, outcome)
    halt.record(ACCEPTED, 0, 0.1)
    halt.record(HALTED, 0, 0.1)

    assert halt.state is State.OPEN
    assert halt.probe_in(0) == 1


@pytest.mark.parametrize("outcome", [ACCEPTED, REJECTED, UNREACHABLE, NO_CREDIT])
def test_nothing_else_halts_a_bot(outcome: Outcome) -> None:
    """Other failures belong to the command, the receiver, or the network."""
    halt = Halt(BACKOFF)
    halt.record(outcome, 0, 0)

    assert halt.is_closed


@pytest.mark.parametrize("outcome", [HALTED, UNREACHABLE, REJECTED, throttled(None)])
def test_a_halt_ends_only_when_viber_knows_the_bot(outcome: Outcome) -> None:
    """Any other answer to the probe is a reason to wait longer."""
    halt = halt_since(0)

    assert probe(halt, outcome, now=1) == 2
    assert probe(halt, account(), now=3) is None
    assert halt.is_closed


def test_a_missing_webhook_must_be_shown() -> None:
    """The probe's answer is fine without one, but the bot is not."""
    halt = halt_since(0, WEBHOOK_FIRST)

    assert probe(halt, account(), now=1) == 2
    assert probe(halt, account(webhook=""), now=3) == 4
    assert probe(halt, account(webhook="https://gw.example/a"), now=7) is None


def test_a_webhook_is_asked_for_only_by_the_last_refusal() -> None:
    """A wrong token later on is mended by a right one."""
    halt = halt_since(0, WEBHOOK_FIRST)
    probe(halt, account(webhook="https://gw.example/a"), now=1)
    halt.record(HALTED, 2, 2)

    assert probe(halt, account(), now=9) is None


def test_a_changed_token_is_probed_at_once() -> None:
    """Also when a probe with the old one is still on its way."""
    halt = halt_since(0)
    halt.hurry(0.1)
    assert halt.probe_in(0.1) == 0

    assert halt.begin_probe(0.1)
    halt.hurry(0.2)
    halt.end_probe(HALTED, 0.3)
    assert halt.probe_in(0.3) == 0

    assert halt.begin_probe(0.3)
    halt.end_probe(HALTED, 0.4)
    assert halt.probe_in(0.4) == 4


def test_a_changed_token_means_nothing_to_a_bot_that_runs() -> None:
    """There is nothing to find out."""
    halt = Halt(BACKOFF)
    halt.hurry(0)

    assert halt.is_closed
    assert halt.probe_in(0) is None


def test_a_halts_backoff_starts_anew_with_an_accepted_command() -> None:
    """A probe that passes while commands are refused does not."""
    halt = halt_since(0)
    probe(halt, account(), now=1)
    halt.record(REJECTED, 1, 1)
    halt.record(HALTED, 1, 2)
    assert halt.probe_in(2) == 2

    probe(halt, account(), now=4)
    halt.record(ACCEPTED, 4, 4)
    halt.record(HALTED, 5, 5)
    assert halt.probe_in(5) == 1


outcomes = st.sampled_from(
    [ACCEPTED, REJECTED, UNREACHABLE, GARBAGE, HALTED, WEBHOOK_FIRST]
) | st.builds(throttled, st.none() | st.floats(0, 100))


@given(
    st.builds(Halt, st.just(BACKOFF))
    | st.builds(Circuit, st.just(2), st.just(BACKOFF)),
    st.lists(st.tuples(st.sampled_from("rbea"), outcomes), max_size=40),
)
def test_a_gate_has_at_most_one_probe_and_never_sticks(
    gate: Gate, steps: list[tuple[str, Outcome]]
) -> None:
    """Whatever happens in whatever order, a later probe can close it."""
    probing = False
    clock = count()
    for action, outcome in steps:
        now = next(clock)
        if action == "r":
            gate.record(outcome, now, now)
        elif action == "b":
            due = gate.probe_in(now) == 0
            assert gate.begin_probe(now) == (due and not probing)
            probing = probing or due
        elif probing:
            probing = False
            if action == "e":
                gate.end_probe(outcome, now)
            else:
                gate.abandon_probe()
        assert (gate.state is State.HALF_OPEN) == probing

    if probing:
        gate.end_probe(UNREACHABLE, next(clock))
    if not gate.is_closed:
        probe(gate, account(webhook="https://gw.example/a"), now=10_000)
    assert gate.is_closed


def test_without_credit_commands_go_one_by_one() -> None:
    """Until one that was refused is accepted."""
    credit = Credit()
    assert not credit.record("a", ACCEPTED)
    assert repr(credit) == "<Credit 0 refused>"

    assert not credit.record("a", NO_CREDIT)
    assert not credit.record("b", NO_CREDIT)
    assert not credit.record("c", ACCEPTED)
    assert not credit.record("a", UNREACHABLE)
    assert credit.is_short
    assert repr(credit) == "<Credit 2 refused>"

    assert credit.record("a", ACCEPTED)
    assert not credit.is_short


def test_credit_is_not_short_when_nobody_is_left_to_tell() -> None:
    """The refused command expired, or its partition went to another replica."""
    credit = Credit()
    credit.record("a", NO_CREDIT)
    credit.forget("b")
    assert credit.is_short

    credit.forget("a")
    assert not credit.is_short
