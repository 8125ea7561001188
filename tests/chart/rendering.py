"""Renders the chart with real Helm, and finds objects in what comes out.

Loading refuses keys that stand twice, which PyYAML takes silently and server-side
apply does not.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

Object = dict[str, Any]

CHART: Final = Path(__file__).parents[2] / "deploy" / "helm" / "viber-gateway"
RELEASE: Final = "gw"
NAMESPACE: Final = "bots"
CASES: Final = tuple(
    sorted(path.name.removesuffix("-values.yaml") for path in CHART.glob("ci/*"))
)


class StrictLoader(yaml.CSafeLoader):
    """Loads YAML as Kubernetes means it: a key stands once."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002  PyYAML's
    ) -> dict[Any, Any]:
        """Build a map.

        Raises:
            ValueError: A key stands twice.
        """
        made = super().construct_mapping(node, deep)
        if len(made) < len(node.value):
            raise ValueError(f"a key stands twice{node.start_mark}")
        return made


class Objects(list[Object]):
    """What a chart rendered to."""

    def of(self, *kinds: str) -> list[Object]:
        """Return all objects of some kinds."""
        return [thing for thing in self if thing["kind"] in kinds]

    def one(self, kind: str, suffix: str = "") -> Object:
        """Return the one object of a kind whose name has this end."""
        (found,) = (o for o in self.of(kind) if o["metadata"]["name"].endswith(suffix))
        return found

    def pods(self) -> dict[str, Object]:
        """Return the spec of every pod that would run, by its object's name."""
        return {
            thing["metadata"]["name"]: pod for thing in self if (pod := _pod(thing))
        }


def _pod(thing: Object) -> Object | None:
    match thing:
        case {"kind": "Pod", "spec": dict(spec)}:
            return spec
        case {"spec": {"template": {"spec": dict(spec)}}}:
            return spec
        case {"spec": {"jobTemplate": {"spec": {"template": {"spec": dict(spec)}}}}}:
            return spec
        case _:
            return None


class HelmError(Exception):
    """Helm refused; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Helm:
    """One version of Helm.

    Attributes:
        program: Its executable.
        version: Such as 3.19.0.
    """

    program: Path
    version: str

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> str:
        """Run a command, with values on its standard input, and return its output.

        Raises:
            HelmError: It failed.
        """
        done = subprocess.run(
            [self.program, *arguments],
            input=_as_yaml(values or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HelmError(done.stderr + done.stdout)
        return done.stdout

    def template(
        self, case: str = "", values: Mapping[str, Any] | None = None, *more: str
    ) -> str:
        """Render the chart to text.

        Args:
            case: Which set of values from `ci/` to begin with, if any.
            values: What stands above it.
            more: Arguments of `helm template`.

        Raises:
            HelmError: The values are refused.
        """
        name = ("template", RELEASE, str(CHART), "--namespace", NAMESPACE)
        return self.run(*name, *values_of(case), "-f", "-", *more, values=values)

    def render(
        self,
        case: str = "minimal",
        values: Mapping[str, Any] | None = None,
        *more: str,
    ) -> Objects:
        """Render the chart to objects; arguments as of `template`."""
        return load(self.template(case, values, *more))


def _as_yaml(values: Mapping[str, Any]) -> str:
    """Write values as JSON, which is YAML in which `y` is a text."""
    return json.dumps(values, ensure_ascii=False).replace("\x7f", "\\u007f")


def values_of(case: str) -> Iterable[str]:
    """Return the arguments that name a set of values."""
    return ("-f", str(CHART / "ci" / f"{case}-values.yaml")) if case else ()


def load(text: str) -> Objects:
    """Load rendered objects.

    Raises:
        ValueError: A key stands twice.
    """
    return Objects(thing for thing in yaml.load_all(text, StrictLoader) if thing)


def tree(path: str, value: Any) -> dict[str, Any]:
    """Write one value as values: `image.tag` and 1 become {image: {tag: 1}}."""
    for key in reversed(path.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value
