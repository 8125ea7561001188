"""The outside world turned into arguments, and outcomes into exit codes.

0 done, 1 failed, 2 wrong usage or settings.  What goes wrong is one clear line per
fault on standard error, no traceback; a bug keeps its traceback.  Who is ended by a
signal before its work has begun ends as any process does (130 and 143 in a shell).
"""

import os
import sys
from contextlib import suppress

from gateway.cli import signals
from gateway.core.errors import GatewayError, SettingsError

FAILED = 1
WRONG_USAGE = 2


def main() -> None:
    """Run the command line, and end the process.

    Without the interpreter's own clean-up: the HTTP client's threads may run on for a
    moment, and Python 3.11 aborts when they come back to it meanwhile (exit code 134 in
    one run of ten, pyreqwest 0.15).
    """
    signals.heed()
    exit_code = _run()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _run() -> int:
    import typer  # noqa: PLC0415  these take a while

    from gateway.cli.command_line import command_line  # noqa: PLC0415
    from gateway.cli.usage import complaint  # noqa: PLC0415

    try:
        return command_line(*sys.argv[1:2])(standalone_mode=False) or 0
    except SettingsError as error:
        return _fail(str(error), WRONG_USAGE)
    except GatewayError as error:
        return _fail(str(error), FAILED)
    except typer.TyperException as error:
        return _fail(complaint(error), WRONG_USAGE)
    except typer.Abort:
        return _fail("stopped, nothing was done", FAILED)
    except SystemExit as end:
        return int(end.code or 0)


def _fail(complaint: str, exit_code: int) -> int:
    for line in complaint.splitlines():
        print(f"viber-gateway: {line}", file=sys.stderr)  # noqa: T201  the user's answer
    return exit_code


if __name__ == "__main__":
    main()
