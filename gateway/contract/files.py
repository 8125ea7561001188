"""What stands in the folder `schemas/`, file by file, the same at every writing.

`asyncapi.yaml`; one JSON Schema per file; under `examples/` one value per file, in
`valid` or `invalid`; and `examples/index.json`, which says what is wrong with the
invalid ones and who refuses them.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.contract.asyncapi import as_yaml, document
from gateway.contract.catalogue import SCHEMAS, json_schema
from gateway.contract.examples.catalogue import EXAMPLES
from gateway.contract.examples.example import Example

# Written by people; all else in the folder is ours.
FOREIGN = frozenset({"README.md"})


def files() -> dict[str, str]:
    """Write every file: its path in the folder, and its text."""
    return {
        "asyncapi.yaml": as_yaml(document()),
        **{f"{name}.json": _json(json_schema(name)) for name in SCHEMAS},
        **{example_path(example): _json(example.value) for example in EXAMPLES},
        "examples/index.json": _json([_index_entry(example) for example in EXAMPLES]),
    }


def example_path(example: Example) -> str:
    """Tell where an example stands."""
    verdict = "valid" if example.refused_by is None else "invalid"
    return f"examples/{example.schema}/{verdict}/{example.name}.json"


def differences(folder: Path, expected: Mapping[str, str]) -> Iterator[str]:
    """Yield what is missing, different or too much in a folder, one line each."""
    for path, text in expected.items():
        file = folder / path
        if not file.is_file():
            yield f"{file} is missing"
        elif file.read_text(encoding="utf-8") != text:
            yield f"{file} is not up to date"
    known = FOREIGN | expected.keys()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if file.relative_to(folder).as_posix() not in known:
            yield f"{file} belongs to no schema"


def write(folder: Path, contents: Mapping[str, str]) -> None:
    """Write all files; what is too much stays, for it may be somebody's."""
    for path, text in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def _index_entry(example: Example) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "file": example_path(example),
        "schema": f"{example.schema}.json",
        "valid": example.refused_by is None,
    }
    if example.refused_by is not None:
        entry |= {"refused_by": example.refused_by, "why": example.why}
    return entry


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
