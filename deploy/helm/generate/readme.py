"""Writes the table of values into the chart's README.md, between two marks."""

import json
from collections.abc import Iterable
from itertools import groupby

from deploy.helm.generate.values import Value

BEGIN = "<!-- From values.yaml, by: python -m deploy.helm.generate -->\n"
END = "<!-- The end of that. -->\n"


def with_table(readme: str, values: Iterable[Value]) -> str:
    """Return the README with the present table in place of the one it has."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", *_sections(values), f"{END}{after}"])


def _sections(values: Iterable[Value]) -> Iterable[str]:
    for title, rows in groupby(values, key=lambda value: value.section):
        yield f"### {title}\n"
        yield "| value | default | |\n|---|---|---|"
        yield "\n".join(_row(value) for value in rows) + "\n"


def _row(value: Value) -> str:
    default = json.dumps(value.default)
    about = value.about.replace("|", "\\|")
    return f"| `{'.'.join(value.path)}` | `{default}` | {about} |"
