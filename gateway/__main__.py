"""The outside world turned into arguments, and outcomes into exit codes.

0 done, 1 failed, 2 wrong usage or settings.  What goes wrong is one clear line per
fault on standard error, no traceback; a bug keeps its traceback.
"""

import sys
from collections.abc import Callable

import typer

from gateway.cli import dev, run, topics
from gateway.core.errors import GatewayError, SettingsError

FAILED = 1
WRONG_USAGE = 2

# Each command is the function of its name; those of a group stand in one module.
COMMANDS = (run.run, dev.dev)
GROUPS = {
    "topics": (topics.create, topics.check),
}


def command_line() -> typer.Typer:
    """Put the commands together."""
    app = _collection("Viber callbacks to Kafka, Kafka commands to Viber.", COMMANDS)
    for name, commands in GROUPS.items():
        module = sys.modules[commands[0].__module__]
        about = (module.__doc__ or "").partition(": ")[2].partition("\n")[0]
        app.add_typer(_collection(about.capitalize(), commands), name=name)
    return app


def _collection(about: str, commands: tuple[Callable[..., None], ...]) -> typer.Typer:
    collection = typer.Typer(
        name="viber-gateway",
        help=about,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    for command in commands:
        collection.command()(command)
    return collection


def main() -> None:
    """Run the command line."""
    try:
        command_line()()
    except SettingsError as error:
        sys.exit(_fail(error, WRONG_USAGE))
    except GatewayError as error:
        sys.exit(_fail(error, FAILED))


def _fail(error: GatewayError, exit_code: int) -> int:
    for line in str(error).splitlines():
        print(f"viber-gateway: {line}", file=sys.stderr)  # noqa: T201  the user's answer
    return exit_code


if __name__ == "__main__":
    main()
