"""The commands put together: which there are, and where they stand.

Only the command that is asked for is imported; `--help` and completion import all.
"""

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Annotated

import typer

from gateway.cli.output import print_line

# By name, in the order of the help: a module of `gateway.cli`, and its functions.  A
# trailing `_` keeps a function apart from a builtin.
COMMANDS = (
    "run",
    "dev",
    "conformance",
    "doctor",
    "send",
    "tail",
    "explain",
    "settings",
    "schemas",
)
GROUPS = {
    "dlq": ("list_", "show", "redrive"),
    "topics": ("create", "check"),
    "webhook": ("set_", "show", "remove", "reconcile"),
}


def command_line(asked: str = "") -> typer.Typer:
    """Put the commands together; where one is asked for, only that one is imported."""
    known = (*COMMANDS, *GROUPS)
    app = _collection("Viber callbacks to Kafka, Kafka commands to Viber.")
    app.callback()(_top)
    for name in [asked] if asked in known else known:
        module = import_module(f"gateway.cli.{name}")
        if name in GROUPS:
            about = (module.__doc__ or "").partition(": ")[2].partition("\n")[0]
            group = _collection(about[:1].upper() + about[1:])
            _add(group, module, GROUPS[name])
            app.add_typer(group, name=name)
        else:
            _add(app, module, [name])
    return app


def _say_version(wanted: bool) -> None:
    if wanted:
        print_line(f"viber-gateway {version('viber-gateway')}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_say_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Take what stands before the command."""


def _collection(about: str) -> typer.Typer:
    collection = typer.Typer(
        name="viber-gateway",
        help=about,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    collection.callback()(lambda: None)  # else a single command would lose its name
    return collection


def _add(collection: typer.Typer, module: ModuleType, names: Iterable[str]) -> None:
    for name in names:
        collection.command(name.rstrip("_"))(getattr(module, name))
