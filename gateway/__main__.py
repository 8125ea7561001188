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
    from gateway.cli.command_line import command_line  # noqa: PLC0415  takes a while

    try:
        command_line(*sys.argv[1:2])()
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
