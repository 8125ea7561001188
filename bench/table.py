"""Figures of several rounds as one table.

Medians, since other work on the machine makes single runs too slow now and then;
beside them the lowest and the highest, so that a reader sees how far to trust them.
"""

from collections.abc import Mapping, Sequence
from statistics import median

Figures = Mapping[str, float]
Words = tuple[str, str, str]


def show(title: str, rounds: Mapping[str, Sequence[Figures]]) -> None:
    """Print what each candidate's rounds came to, a line per candidate."""
    names = list(dict.fromkeys(name for runs in rounds.values() for name in runs[0]))
    lines = [["", *names]]
    for candidate, runs in rounds.items():
        cells = [_cell([run[name] for run in runs if name in run]) for name in names]
        lines.append([candidate, *cells])
    print(f"\n{title}\n{_align(lines)}", flush=True)


def show_ratios(
    rounds: Mapping[str, Sequence[Figures]], name: str, to: Mapping[str, str]
) -> None:
    """Print one figure of some candidates as a multiple of another's.

    Each round is compared within itself, so that load from outside hits both.
    """
    for candidate, reference in to.items():
        pairs = zip(rounds[candidate], rounds[reference], strict=True)
        quotients = [mine[name] / theirs[name] for mine, theirs in pairs]
        print(f"{name}: {candidate} / {reference} = {_cell(quotients)}", flush=True)


def show_words(title: str, rows: Sequence[Words]) -> None:
    """Print what is no figure: what happened to whom, and what they made of it."""
    print(f"\n{title}", flush=True)
    for what, who, words in rows:
        print(f"{what:26}{who:11}{words}", flush=True)


def _cell(values: Sequence[float]) -> str:
    if not values:
        return "-"
    middle, lowest, highest = median(values), min(values), max(values)
    if lowest == highest:
        return _number(middle)
    return f"{_number(middle)} ({_number(lowest)}-{_number(highest)})"


def _number(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _align(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
        for line in lines
    )
