"""The outside world turned into arguments, and outcomes into exit codes.

0 done, 1 failed, 2 wrong usage or settings.  What goes wrong is one clear line per
fault on standard error, no traceback; a bug keeps its traceback.
"""

import sys

import typer

from gateway.cli import dev, run
from gateway.core.errors import GatewayError, SettingsError

FAILED = 1
WRONG_USAGE = 2

app = typer.Typer(
    name="viber-gateway",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(run.run)
app.command()(dev.dev)


@app.callback()
def describe() -> None:
    """Viber callbacks to Kafka, Kafka commands to Viber."""


def main() -> None:
    """Run the command line."""
    try:
        app()
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
