"""Definitions of other projects' objects, out of those projects' own packages.

Go modules hold them as files; Strimzi's are printed by its generator from Maven.
None is kept in this project.  Each becomes a strict JSON Schema: what the definition
does not know is a fault, as for `kubectl apply --validate=strict`.
"""

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from tests.chart.programs import UnavailableError, cached, run

Json = dict[str, Any]

MODULES: Final = {
    "sigs.k8s.io/gateway-api@v1.4.0": (
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
    "github.com/kedacore/keda/v2@v2.21.0": (
        "config/crd/bases/keda.sh_scaledobjects.yaml",
        "config/crd/bases/keda.sh_triggerauthentications.yaml",
    ),
    "github.com/cert-manager/cert-manager@v1.21.2": (
        "deploy/crds/cert-manager.io_certificates.yaml",
    ),
}
STRIMZI_VERSION: Final = "1.2.0"
STRIMZI_KINDS: Final = {
    "topic": "io.strimzi.api.kafka.model.topic.KafkaTopic",
    "user": "io.strimzi.api.kafka.model.user.KafkaUser",
}
STRIMZI_JAVA: Final = 21  # its classes want that or a later one
_POM: Final = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>strimzi</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>{}</dependencies>
</project>
"""
_DEPENDENCY: Final = (
    "<dependency><groupId>io.strimzi</groupId><artifactId>{}</artifactId>"
    "<version>{}</version></dependency>"
)


def go_definitions() -> Path:
    """Return the folder of the definitions that are in Go modules.

    Raises:
        UnavailableError: No Go, or its module proxy is out of reach.
    """
    versions = "-".join(module.rpartition("@v")[2] for module in MODULES)
    return cached(f"definitions-{versions}", _fetch_go)


def strimzi_definitions() -> Path:
    """Return the folder of Strimzi's definitions.

    Raises:
        UnavailableError: No Maven or no such Java, or Maven Central is out of reach.
    """
    return cached(f"strimzi-{STRIMZI_VERSION}", _fetch_strimzi)


def _fetch_go(home: Path) -> None:
    if not shutil.which("go"):
        raise UnavailableError("no go")
    for module, names in MODULES.items():
        told = json.loads(run(("go", "mod", "download", "-json", module), home))
        with zipfile.ZipFile(told["Zip"]) as archive:
            for name in names:
                (home / Path(name).name).write_bytes(archive.read(f"{module}/{name}"))


def _fetch_strimzi(home: Path) -> None:
    java = _recent_java()
    with tempfile.TemporaryDirectory() as folder:
        pom = Path(folder, "pom.xml")
        artifacts = ("api", "crd-generator")
        pom.write_text(
            _POM.format(
                "".join(_DEPENDENCY.format(name, STRIMZI_VERSION) for name in artifacts)
            )
        )
        goal = ("dependency:copy-dependencies", "-DoutputDirectory=jars")
        run(("mvn", "-q", "-B", "-ntp", "-f", pom, *goal), Path(folder))
        generator = (java, "-cp", "jars/*", "io.strimzi.crdgenerator.CrdGenerator")
        kinds = (f"{kind}={home}/{name}.yaml" for name, kind in STRIMZI_KINDS.items())
        run((*generator, *kinds), Path(folder))


def _recent_java() -> Path:
    found = [Path(path) for path in (shutil.which("java"),) if path]
    if home := os.environ.get("JAVA_HOME"):
        found.append(Path(home, "bin", "java"))
    found += Path("/usr/lib/jvm").glob("*/bin/java")
    for java in found:
        release = java.resolve().parents[1] / "release"
        if release.is_file() and _java_version(release.read_text()) >= STRIMZI_JAVA:
            return java
    raise UnavailableError(f"no Java {STRIMZI_JAVA} or later")


def _java_version(release: str) -> int:
    _, _, rest = release.partition('JAVA_VERSION="')
    major, _, _ = rest.partition(".")
    return int(major.strip('"\n') or 0) if major.isdigit() else 0


class Definitions:
    """The definitions of a folder, as strict schemas by API version and kind."""

    def __init__(self, folder: Path) -> None:
        self._schemas = {
            key: jsonschema.Draft202012Validator(schema)
            for path in folder.glob("*.yaml")
            for key, schema in _schemas(path.read_text())
        }

    def __contains__(self, thing: Json) -> bool:
        return _key(thing) in self._schemas

    def faults(self, thing: Json) -> list[str]:
        """Say what is wrong with an object, one line each."""
        found = self._schemas[_key(thing)].iter_errors(thing)
        return [f"{error.json_path}: {error.message[:200]}" for error in found]


def _key(thing: Json) -> tuple[str, str]:
    return thing["apiVersion"], thing["kind"]


def _schemas(text: str) -> Iterator[tuple[tuple[str, str], Json]]:
    for definition in yaml.load_all(text, yaml.CSafeLoader):
        spec = definition["spec"]
        for version in spec["versions"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            api = f"{spec['group']}/{version['name']}"
            yield (api, spec["names"]["kind"]), schema


def _strict(schema: Any) -> Any:
    """Refuse what a schema does not name, unless it says otherwise."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(item) for key, item in schema.items()}
    is_open = schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and "type" in schema and not is_open:
        strict.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        strict.pop("type", None)
    return strict
