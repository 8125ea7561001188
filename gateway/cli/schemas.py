"""`viber-gateway schemas`: write the published contract, or tell whether it is so."""

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
        files.write(folder, contents)
    if lines := list(files.differences(folder, contents)):
        raise SchemasDifferError("\n".join(lines))
    print(f"{folder} is up to date")
