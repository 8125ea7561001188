"""The image says what is in it, and all of that may be passed on."""

import json
import re
from typing import Any

import pytest

from tests.docker.engine import run

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600)]

SBOM = "/usr/share/doc/viber-gateway/sbom.cdx.json"
# Licences that ask for no more than notices, and MPL-2.0, which stops at its own files.
ALLOWED = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"),
}
# What tells no SPDX identifier in its metadata, but the name of its licence in words.
READ = {
    "async-timeout": "Apache-2.0",
    "protobuf": "BSD-3-Clause",
    "pyreqwest": "Apache-2.0",
}


@pytest.fixture(scope="module")
def components(image: str) -> dict[str, Any]:
    """The parts that the image says it has, by name."""
    _, text, _ = run(image, SBOM, options=("--entrypoint", "cat"))
    sbom = json.loads(text)
    assert sbom["bomFormat"] == "CycloneDX"
    assert sbom["metadata"]["component"]["name"] == "viber-gateway"
    return {part["name"]: part for part in sbom["components"]}


def test_it_lists_what_is_installed_and_nothing_else(
    image: str, components: dict[str, Any]
) -> None:
    """Names and versions are those that Python finds in the image."""
    script = (
        "import importlib.metadata as found, json;"
        "print(json.dumps({d.name: d.version for d in found.distributions()}))"
    )
    _, output, _ = run(image, "-c", script, options=("--entrypoint", "python"))

    installed = json.loads(output)
    del installed["viber-gateway"]  # the whole, not a part of it

    assert {name: part["version"] for name, part in components.items()} == installed


def test_every_part_has_a_licence_that_is_allowed(components: dict[str, Any]) -> None:
    """A new dependency is passed on only under terms that somebody has looked at."""
    licences = {name: licences_of(part) for name, part in components.items()}
    unsaid = {name for name, said in licences.items() if not said}

    assert unsaid == set(READ)
    assert {*READ.values()}.union(*licences.values()) <= ALLOWED


def licences_of(part: dict[str, Any]) -> set[str]:
    """Return the SPDX identifiers that a part tells; classifiers are no identifiers."""
    said = part.get("licenses", [])
    expressions = [each.get("expression") or each["license"].get("id") for each in said]
    return {
        licence
        for expression in expressions
        if expression
        for licence in re.split(r" AND | OR ", expression)
    }
