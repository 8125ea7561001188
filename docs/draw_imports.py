"""Draws which room of the gateway imports which, from the code itself, as Mermaid.

A room is a package or module right below `gateway`.  An arrow that follows from
others is left out.  Rule: arrows go one way; a circle among rooms is an error.

`python docs/draw_imports.py` puts the picture into `docs/architecture.md`.
"""
# ruff: noqa: INP001  a script that stands beside the pages it draws for

import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = "gateway"
PAGE = Path(__file__).parent / "architecture.md"
PICTURE = re.compile(r"```mermaid\n.*?\n```", re.DOTALL)
Imports = Mapping[str, set[str]]


def draw() -> str:
    """Return the picture.

    Raises:
        graphlib.CycleError: Rooms import each other in a circle.
    """
    imports = rooms_imports()
    sorter = TopologicalSorter(
        {room: sorted(imports[room]) for room in sorted(imports)}
    )
    order = [*sorter.static_order()][::-1]
    arrows = "\n".join(f"    {a} --> {b}" for a, b in sorted_arrows(imports, order))
    return f"```mermaid\nflowchart TD\n{arrows}\n```"


def rooms_imports() -> Imports:
    """Tell for each room which others it imports."""
    graph = grimp.build_graph(ROOT, cache_dir=None)
    imports: dict[str, set[str]] = {}
    for module in graph.modules - {ROOT}:
        here = imports.setdefault(_room(module), set())
        here |= {_room(m) for m in graph.find_modules_directly_imported_by(module)}
    return {room: others - {room, ROOT} for room, others in imports.items()}


def sorted_arrows(imports: Imports, order: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the arrows that do not follow from others, from the outside in."""
    for room in order:
        behind = {far for other in imports[room] for far in _reached(imports, other)}
        for other in sorted(imports[room] - behind, key=order.index):
            yield room, other


def _reached(imports: Imports, room: str) -> set[str]:
    """Tell what a room imports, directly or through others."""
    found = set(imports[room])
    return found.union(*(_reached(imports, other) for other in found))


def _room(module: str) -> str:
    return module.removeprefix(f"{ROOT}.").split(".")[0]


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(PICTURE.sub(draw(), page, count=1), encoding="utf-8")
