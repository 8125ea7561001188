"""The dashboard as Grafana's own types know it.

Reading it into them and writing it out again keeps what they know and drops the rest.
"""

import json
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.chart.rendering import CHART

Json = dict[str, Any]


def dashboard() -> Json:
    """Return the dashboard."""
    found: Json = json.loads((CHART / "files" / "dashboard.json").read_text())
    return found


def dropped(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Name what is in ours and not, or otherwise, in theirs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            yield from dropped(value, theirs.get(name), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from dropped(one, other, f"{path}[{number}]")
    elif ours != theirs:
        yield path


def unknown(ours: Json) -> list[str]:
    """Name every member that Grafana does not know."""
    register_default_plugins()
    read = Dashboard.from_json(ours)
    return list(dropped(ours, json.loads(json.dumps(read, cls=JSONEncoder))))


def test_grafana_knows_every_member() -> None:
    """What it does not know it ignores, and a slip would show only on the screen."""
    assert unknown(dashboard()) == []


def test_a_slip_would_be_noticed() -> None:
    """At any depth."""
    ours = dashboard()
    ours["panels"][1]["targets"][0]["legendFormt"] = "{{bot}}"
    ours["panels"][2]["fieldConfig"]["defaults"]["unot"] = "s"

    assert unknown(ours) == [
        ".panels[1].targets[0].legendFormt",
        ".panels[2].fieldConfig.defaults.unot",
    ]
