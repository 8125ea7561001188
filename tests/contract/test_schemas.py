"""The files in `schemas/` are what the models say, and judge their examples rightly."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from gateway.cli.command_line import command_line
from gateway.contract.catalogue import SCHEMAS, json_schema
from gateway.contract.examples.catalogue import EXAMPLES
from gateway.contract.examples.example import Example
from gateway.contract.files import differences, example_path, files
from tests.contract.validators import FOLDER, document, faults

# What means the same in JSON Schema 2020-12 and in AsyncAPI's own dialect.
WORDS = """
$ref additionalProperties allOf anyOf const contains deprecated description enum format
if items maxItems maxLength maximum minItems minLength minimum not oneOf pattern
properties required then type x-min-api-version
"""
by_schema = pytest.mark.parametrize("name", SCHEMAS)
by_example = pytest.mark.parametrize("example", EXAMPLES, ids=example_path)


def words(schema: Any) -> Iterator[str]:
    """Yield the keywords of a schema, not the names of members."""
    if isinstance(schema, list):
        for inner in schema:
            yield from words(inner)
    elif isinstance(schema, dict):
        yield from schema
        for word, inner in schema.items():
            named = word == "properties"
            yield from words(list(inner.values()) if named else inner)


def run(*arguments: str) -> tuple[int, str]:
    """Run `viber-gateway schemas`; return its exit code and what it raised or said."""
    result = CliRunner().invoke(command_line(), ["schemas", *arguments])
    return result.exit_code, str(result.exception or result.output)


def test_what_is_checked_in_is_what_the_models_say() -> None:
    """`make schemas` writes it anew."""
    assert list(differences(FOLDER, files())) == []


@by_schema
def test_every_schema_is_json_schema(name: str) -> None:
    """It passes the dialect's own schema, and is whole."""
    Draft202012Validator.check_schema(document(f"{name}.json"))


@by_schema
def test_every_schema_means_the_same_in_asyncapi(name: str) -> None:
    """No word is used on which the two dialects differ, none beside a reference."""
    assert set(words(SCHEMAS[name])) <= set(WORDS.split())
    assert not [s for s in _objects(SCHEMAS[name]) if "$ref" in s and len(s) > 1]


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from _objects(inner)


@by_schema
def test_every_schema_has_right_examples_and_mistakes(name: str) -> None:
    """A schema that nobody has seen refuse anything proves nothing."""
    verdicts = {e.refused_by is None for e in EXAMPLES if e.schema == name}

    assert verdicts == {True, False}


@by_example
def test_an_example_is_judged_as_it_says(example: Example) -> None:
    """The right ones pass, the mistakes do not."""
    found = faults(example.schema, document(example_path(example)))

    assert bool(found) == (example.refused_by is not None), found


@by_example
def test_a_mistake_says_what_is_wrong(example: Example) -> None:
    """A right example needs no words."""
    assert bool(example.why) == (example.refused_by is not None)


def test_no_two_examples_share_a_file() -> None:
    """Else the later one would hide the earlier."""
    assert len({example_path(example) for example in EXAMPLES}) == len(EXAMPLES)


def test_every_schema_tells_of_each_member() -> None:
    """Whoever reads it should not have to look elsewhere."""
    silent = {
        f"{name}.{member}"
        for name in SCHEMAS
        for schema in _objects(json_schema(name))
        for member, inner in schema.get("properties", {}).items()
        if "additionalProperties" in schema
        and not {"description", "$ref"} & inner.keys()
    }

    assert silent == set()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the command writes it."""
    folder = tmp_path_factory.mktemp("schemas") / "new"
    assert run("--folder", str(folder)) == (0, f"{folder} is up to date\n")
    return folder


def test_the_command_finds_right_what_it_wrote(written: Path) -> None:
    """Exit code 0, and a word."""
    said = run("--folder", str(written), "--check")

    assert said == (0, f"{written} is up to date\n")


def test_the_command_names_each_file_that_differs(
    written: Path, tmp_path: Path
) -> None:
    """Missing, changed, too much: one line each, exit code 1, and nothing is mended."""
    folder = shutil.copytree(written, tmp_path / "copy")
    (folder / "asyncapi.yaml").unlink()
    (folder / "results" / "result.json").write_text("{}")
    (folder / "results" / "old.json").write_text("{}")

    code, said = run("--folder", str(folder), "--check")

    assert code == 1
    assert said.splitlines() == [
        f"{folder}/asyncapi.yaml is missing",
        f"{folder}/results/result.json is not up to date",
        f"{folder}/results/old.json belongs to no schema",
    ]
    assert not (folder / "asyncapi.yaml").exists()


def test_writing_leaves_what_is_not_ours(tmp_path: Path) -> None:
    """A wrong `--folder` must cost nobody a file."""
    stranger = tmp_path / "notes.txt"
    stranger.write_text("mine")

    code, said = run("--folder", str(tmp_path))

    assert (code, said) == (1, f"{stranger} belongs to no schema")
    assert stranger.read_text() == "mine"
