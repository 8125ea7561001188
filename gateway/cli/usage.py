"""Wrong usage of the command line, told like any other fault: in one line.

Rule: what is wrong with a value stands behind the option's name, in the words that
settings have; for everything else the line says whose `--help` lists what there is.
"""

import typer
from pydantic import ValidationError

from gateway.plain_words import plain


def complaint(error: typer.TyperException) -> str:
    """Say what is wrong; nothing where the help has been shown instead."""
    if isinstance(error, typer.BadParameter) and error.message:
        where = _where(error)
        said = _fault(error).removesuffix(".")
        return f"{where}: {said}" if where else said
    said = " ".join(error.format_message().split()).removesuffix(".")
    context = getattr(error, "ctx", None)
    if not said or context is None:
        return said
    return f"{said[0].lower()}{said[1:]}; see '{context.command_path} --help'"


def _where(error: typer.BadParameter) -> str:
    """Name the option, or the argument."""
    hint = error.param.get_error_hint() if error.param else error.param_hint
    return hint.replace("'", "") if isinstance(hint, str) else ""


def _fault(error: typer.BadParameter) -> str:
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return error.message
    return ", ".join(plain(fault) for fault in cause.errors())
