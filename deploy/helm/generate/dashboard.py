"""Makes Grafana's dashboard from the table of panels: three in a row, under titles."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from deploy.helm.generate.panels import ROWS, Panel

_WIDTH: Final = 8  # of 24
_HEIGHT: Final = 8
_ACROSS: Final = 3
_DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_VARIABLES: Final = [
    {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
    },
    {
        "name": "namespace",
        "label": "Namespace",
        "type": "query",
        "datasource": _DATASOURCE,
        "query": "label_values(viber_build_info, namespace)",
        "refresh": 2,  # when the time range changes
    },
]


def dashboard() -> dict[str, Any]:
    """Build the dashboard."""
    return {
        "uid": "viber-gateway",
        "title": "viber-gateway",
        "tags": ["viber", "kafka"],
        "schemaVersion": 39,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": _VARIABLES},
        "panels": list(_panels()),
    }


def _panels() -> Iterator[dict[str, Any]]:
    numbers = count(1)
    y = 0
    for title, panels in ROWS.items():
        place = {"x": 0, "y": y, "w": 24, "h": 1}
        yield {"id": next(numbers), "type": "row", "title": title, "gridPos": place}
        y += 1
        for index, panel in enumerate(panels):
            down, across = divmod(index, _ACROSS)
            place = {
                "x": across * _WIDTH,
                "y": y + down * _HEIGHT,
                "w": _WIDTH,
                "h": _HEIGHT,
            }
            yield {"id": next(numbers), "gridPos": place, **_panel(panel)}
        y += -(-len(panels) // _ACROSS) * _HEIGHT


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": _DATASOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "expr": query.expression,
                "legendFormat": query.legend,
            }
            for number, query in enumerate(panel.queries)
        ],
    }
