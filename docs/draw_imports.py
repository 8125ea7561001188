"""Draws which room of the gateway imports which, from the code itself.

A room is a package or module right below `gateway`.  Rooms stand in rows: each below
all that import it.  A line that follows from others is left out.  Rule: lines go one
way; a circle among rooms is an error.

`python docs/draw_imports.py` writes the picture, `docs/rooms.svg`.
"""
# ruff: noqa: INP001  a script that stands beside the pages it draws for

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from string import Template

import grimp

ROOT = "gateway"
PICTURE = Path(__file__).parent / "rooms.svg"
Imports = Mapping[str, set[str]]
Places = Mapping[str, tuple[float, float]]

WIDTH, ROW, BOX = 720, 70, (110, 30)  # of the picture, a row, a room; in pixels
SVG = Template("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height"
  font-family="ui-monospace, monospace" font-size="14" text-anchor="middle">
<rect width="100%" height="100%" fill="#fff"/>
<g stroke="#777">
$lines
</g>
<g fill="#f1efff" stroke="#7360f2">
$boxes
</g>
$names
</svg>
""")


def draw() -> str:
    """Return the picture.

    Raises:
        graphlib.CycleError: Rooms import each other in a circle.
    """
    imports = rooms_imports()
    places = placed(imports)
    wide, high = BOX
    return SVG.substitute(
        width=WIDTH,
        height=round(max(y for _, y in places.values()) + ROW / 2),
        lines="\n".join(_line(places[a], places[b]) for a, b in lines(imports)),
        boxes="\n".join(
            f'<rect x="{x - wide / 2:.0f}" y="{y - high / 2:.0f}" '
            f'width="{wide}" height="{high}" rx="5"/>'
            for x, y in places.values()
        ),
        names="\n".join(
            f'<text x="{x:.0f}" y="{y + 5:.0f}">{room}</text>'
            for room, (x, y) in places.items()
        ),
    )


def placed(imports: Imports) -> Places:
    """Give each room its place: a row below all that import it."""
    sorter = TopologicalSorter({room: sorted(imports[room]) for room in imports})
    rows: dict[str, int] = {}
    for room in [*sorter.static_order()][::-1]:
        above = [rows[other] for other in rows if room in imports[other]]
        rows[room] = max(above, default=-1) + 1
    places = {}
    for row in range(max(rows.values()) + 1):
        here = sorted(room for room in rows if rows[room] == row)
        for number, room in enumerate(here):
            places[room] = (WIDTH * (number + 0.5) / len(here), ROW * (row + 0.5))
    return places


def _line(above: tuple[float, float], below: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = above, below
    return f'<path d="M{x1:.0f} {y1 + 15:.0f}L{x2:.0f} {y2 - 15:.0f}"/>'


def rooms_imports() -> Imports:
    """Tell for each room which others it imports."""
    graph = grimp.build_graph(ROOT, cache_dir=None)
    imports: dict[str, set[str]] = {}
    for module in graph.modules - {ROOT}:
        here = imports.setdefault(_room(module), set())
        here |= {_room(m) for m in graph.find_modules_directly_imported_by(module)}
    return {room: others - {room, ROOT} for room, others in imports.items()}


def lines(imports: Imports) -> Iterator[tuple[str, str]]:
    """Yield who imports whom, without what follows from others."""
    for room in sorted(imports):
        behind = {far for other in imports[room] for far in _reached(imports, other)}
        for other in sorted(imports[room] - behind):
            yield room, other


def _reached(imports: Imports, room: str) -> set[str]:
    """Tell what a room imports, directly or through others."""
    found = set(imports[room])
    return found.union(*(_reached(imports, other) for other in found))


def _room(module: str) -> str:
    return module.removeprefix(f"{ROOT}.").split(".")[0]


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
