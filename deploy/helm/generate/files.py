"""Which files of the chart are made, and from what."""

import json
from pathlib import Path

from deploy.helm.generate.dashboard import dashboard
from deploy.helm.generate.readme import with_table
from deploy.helm.generate.schema import values_schema
from deploy.helm.generate.values import read_values

CHART = Path(__file__).parents[1] / "viber-gateway"


def generated() -> dict[str, str]:
    """Return the text of every file that is made, by its path in the chart."""
    values = read_values((CHART / "values.yaml").read_text(encoding="utf-8"))
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    return {
        "README.md": with_table(readme, values),
        "values.schema.json": _as_json(values_schema(values)),
        "files/dashboard.json": _as_json(dashboard()),
    }


def _as_json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
