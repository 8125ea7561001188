"""Draws the panels of the dashboard from what a Prometheus holds of a gateway.

Grafana draws them otherwise; this shows the same questions and the same numbers
without one.  Needs matplotlib, which nothing else here needs.

`python docs/draw_dashboard.py http://localhost:9090 480` writes the last 480 seconds
to `docs/images/dashboard.png`.
"""
# ruff: noqa: INP001  a script that stands beside the pages it draws for

import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter

ROOT = Path(__file__).parents[1]
DASHBOARD = ROOT / "deploy/helm/viber-gateway/files/dashboard.json"
PICTURE = ROOT / "docs/images/dashboard.png"
NAMESPACE, RATE_INTERVAL, STEP = "bots", "20s", 4
ACROSS = 3
LEGEND = 6  # lines; more would hide the curves
STYLE = {
    "axes.edgecolor": "#d0d0d8",
    "axes.facecolor": "#ffffff",
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "#f4f5f8",
    "font.family": "DejaVu Sans",
    "grid.color": "#ececf1",
    "legend.fontsize": 5.5,
    "legend.frameon": False,
    "lines.linewidth": 1.1,
    "xtick.labelsize": 6,
    "ytick.labelsize": 6,
}
Json = dict[str, Any]


def main(prometheus: str, seconds: float) -> None:
    """Write the picture."""
    mpl.rcParams.update(STYLE)
    rows = list(rows_of(json.loads(DASHBOARD.read_text(encoding="utf-8"))))
    heights = [
        h for _, panels in rows for h in [0.16] + [1] * -(-len(panels) // ACROSS)
    ]
    figure = plt.figure(figsize=(13, 1.75 * sum(heights)))
    grid = figure.add_gridspec(len(heights), ACROSS, height_ratios=heights)
    line = 0
    for title, panels in rows:
        head = figure.add_subplot(grid[line, :])
        head.axis("off")
        head.text(0, 0, title, fontsize=11, weight="bold", color="#4b3bb3")
        for number, panel in enumerate(panels):
            down, across = divmod(number, ACROSS)
            draw(
                figure.add_subplot(grid[line + 1 + down, across]),
                panel,
                prometheus,
                seconds,
            )
        line += 1 + -(-len(panels) // ACROSS)
    figure.tight_layout(pad=0.8, h_pad=0.9)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=110)


def rows_of(dashboard: Json) -> Iterator[tuple[str, list[Json]]]:
    """Yield each row's title with its panels."""
    panels = dashboard["panels"]
    starts = [n for n, panel in enumerate(panels) if panel["type"] == "row"]
    for start, end in zip(starts, [*starts[1:], len(panels)], strict=True):
        yield panels[start]["title"], panels[start + 1 : end]


def draw(axes: Any, panel: Json, prometheus: str, seconds: float) -> None:
    """Draw one panel."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    curves = [
        (legend(target["legendFormat"], found["metric"]), found["values"])
        for target in panel["targets"]
        for found in ask(prometheus, target["expr"], seconds)
    ]
    curves.sort(key=lambda curve: -max(number(v) for _, v in curve[1]))
    for name, values in curves:
        newest = values[-1][0]
        minutes = [(at - newest) / 60 for at, _ in values]
        axes.plot(minutes, [float(v) for _, v in values], label=name)
    axes.set_title(panel["title"])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value, unit)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} min"))
    axes.set_ylim(bottom=0)
    if curves:
        moved = sum(any(number(v) for _, v in values) for _, values in curves)
        kept = min(moved or len(curves), LEGEND)  # zeros only where all are
        axes.legend(*(part[:kept] for part in axes.get_legend_handles_labels()))
    else:
        axes.text(0.5, 0.5, "no data", ha="center", transform=axes.transAxes)


def ask(prometheus: str, query: str, seconds: float) -> list[Json]:
    """Return the series that a query yields over the last seconds."""
    if urlsplit(prometheus).scheme not in {"http", "https"}:
        sys.exit(f"{prometheus} is no http URL")
    filled = query.replace("$namespace", NAMESPACE)
    filled = filled.replace("$__rate_interval", RATE_INTERVAL)
    now = time.time_ns() / 1e9
    span = {"query": filled, "start": now - seconds, "end": now, "step": STEP}
    with urlopen(f"{prometheus}/api/v1/query_range?{urlencode(span)}") as answer:  # noqa: S310  checked above
        series: list[Json] = json.load(answer)["data"]["result"]
    return [s for s in series if any(not math.isnan(float(v)) for _, v in s["values"])]


def number(value: str) -> float:
    """Return a value to sort by."""
    return 0.0 if math.isnan(float(value)) else float(value)


def legend(template: str, labels: dict[str, str]) -> str:
    """Fill in a legend as Grafana does."""
    for name, value in labels.items():
        template = template.replace(f"{{{{{name}}}}}", value)
    return template


def shown(value: float, unit: str) -> str:
    """Write a value in its unit."""
    if unit == "bytes":
        return f"{value / 1e6:.0f} MB" if value >= 1e6 else f"{value:.0f} B"  # noqa: PLR2004  mega
    if unit == "s":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:g} s"
    return f"{value:g}" + {"reqps": "/s", "cps": "/s"}.get(unit, "")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), float(sys.argv[2]))
