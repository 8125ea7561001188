"""The outside world turned into arguments, and outcomes into exit codes.

0 done, 1 failed, 2 wrong usage or settings.  What goes wrong is one clear line per
fault on standard error, no traceback; a bug keeps its traceback.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

import typer

from gateway.cli import (
    dev,
    dlq,
    doctor,
    run,
    schemas,
    send,
    settings,
    tail,
    topics,
    webhook,
)
from gateway.core.errors import GatewayError, SettingsError

FAILED = 1
WRONG_USAGE = 2

# Each command is the function of its name, but for a trailing `_` that keeps it apart
# from a builtin's.  Those of a group stand in one module.
COMMANDS = (
    run.run,
    dev.dev,
    doctor.doctor,
    send.send,
    tail.tail,
    settings.settings,
    schemas.schemas,
)
GROUPS = {
    "dlq": (dlq.list_, dlq.show, dlq.redrive),
    "topics": (topics.create, topics.check),
    "webhook": (webhook.set_, webhook.show, webhook.remove, webhook.reconcile),
}


def command_line() -> typer.Typer:
    """Put the commands together."""
    app = _collection("Viber callbacks to Kafka, Kafka commands to Viber.", COMMANDS)
    for name, commands in GROUPS.items():
        module = sys.modules[commands[0].__module__]
        about = (module.__doc__ or "").partition(": ")[2].partition("\n")[0]
        app.add_typer(_collection(about[:1].upper() + about[1:], commands), name=name)
    return app


def _collection(about: str, commands: tuple[Callable[..., None], ...]) -> typer.Typer:
    collection = typer.Typer(
        name="viber-gateway",
        help=about,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    for command in commands:
        collection.command(command.__name__.rstrip("_"))(command)
    return collection


def main() -> None:
    """Run the command line, and end the process.

    Without the interpreter's own clean-up: the HTTP client's threads may run on for a
    moment, and Python 3.11 aborts when they come back to it meanwhile (exit code 134 in
    one run of ten, pyreqwest 0.15).
    """
    exit_code = _run()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _run() -> int:
    try:
        command_line()()
    except SettingsError as error:
        return _fail(error, WRONG_USAGE)
    except GatewayError as error:
        return _fail(error, FAILED)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _fail(error: GatewayError, exit_code: int) -> int:
    for line in str(error).splitlines():
        print(f"viber-gateway: {line}", file=sys.stderr)  # noqa: T201  the user's answer
    return exit_code


if __name__ == "__main__":
    main()
