"""`viber-gateway schemas`: write the published contract, or tell whether it is so."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from gateway.contract import files
from gateway.core.errors import GatewayError


class SchemasDifferError(GatewayError):
    """The folder does not hold what the models say; one line per file."""


def schemas(
    folder: Annotated[
        Path, typer.Option(help="Where the files stand.", file_okay=False)
    ] = Path("schemas"),
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what differs; exit code 1.")
    ] = False,
) -> None:
    """Write the AsyncAPI document, the JSON Schemas and their examples.

    Example: viber-gateway schemas --folder schemas --check
    """
    contents = files.files()
    if not check:
        _write(folder, contents)
    elif not folder.is_dir():
        raise SchemasDifferError(f"--folder: there is no folder {folder}")
    if lines := list(files.differences(folder, contents)):
        raise SchemasDifferError("\n".join(lines))
    print(f"{folder} is up to date")


def _write(folder: Path, contents: Mapping[str, str]) -> None:
    try:
        files.write(folder, contents)
    except OSError as error:
        said = f"--folder: {error.filename}: {error.strerror}"
        raise SchemasDifferError(said) from None
