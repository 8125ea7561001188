"""The documents for operators say what the chart does: values, users, rights."""

import re
from pathlib import Path

import pytest
import yaml

from tests.chart.definitions import Definitions
from tests.chart.rendering import Helm, Object

DOCS = Path(__file__).parents[2] / "docs"
SNIPPETS = [
    yaml.safe_load(text)
    for text in re.findall(
        r"^```yaml\n(.+?)^```$",
        (DOCS / "kubernetes.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
]
VALUES = [snippet for snippet in SNIPPETS if "kind" not in snippet]
OBJECTS = [snippet for snippet in SNIPPETS if "kind" in snippet]
RIGHT = re.compile(
    r"^\| `(viber\.\w+)` \| (.*?) ?\| (.*?) ?\| (.*?) ?\|$", re.MULTILINE
)

Rights = dict[str, set[str]]


def written(column: int) -> Rights:
    """Read one column of the table of rights: by topic, without Describe."""
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    cells = {row[0]: row[column] for row in RIGHT.findall(page)}
    return {topic: set(cell.split(", ")) for topic, cell in cells.items() if cell}


def granted(user: Object) -> Rights:
    """Return what a KafkaUser may do with topics, besides seeing them."""
    return {
        acl["resource"]["name"]: rights
        for acl in user["spec"]["authorization"]["acls"]
        if acl["resource"]["type"] == "topic"
        and (rights := set(acl["operations"]) - {"Describe", "DescribeConfigs"})
    }


@pytest.mark.parametrize("values", VALUES, ids=["strimzi", "managed"])
def test_the_quick_starts_values_install(helm: Helm, values: Object) -> None:
    """They are complete, and none is refused."""
    objects = helm.render("", values)

    assert len(objects.of("Deployment")) == 2
    assert objects.of("Ingress", "Certificate", "Job")


def test_the_quick_starts_user_is_one_of_strimzis(
    strimzi_definitions: Definitions,
) -> None:
    """The bot's user is what Strimzi takes, with the rights of the table."""
    (user,) = OBJECTS

    assert not strimzi_definitions.faults(user)
    assert granted(user) == {k: v for k, v in written(3).items() if "replies" not in k}


@pytest.mark.parametrize(("role", "column"), [("receiver", 1), ("sender", 2)])
def test_the_table_of_rights_is_what_the_chart_gives(
    helm: Helm, role: str, column: int
) -> None:
    """To each role, on each topic."""
    user = helm.render("strimzi").one("KafkaUser", role)

    assert granted(user) == written(column)
