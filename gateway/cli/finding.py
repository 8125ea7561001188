"""What a check has found, and what to do about it.

A fault makes the command fail; a warning does not.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import typer

from gateway.cli.output import print_json, printable


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAULT: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        about: What was looked at.
        said: What was found.
        advice: What to do; empty when nothing needs to be done.
    """

    about: str
    verdict: Verdict
    said: str
    advice: str = ""


def well(about: str, said: str) -> Finding:
    """Find that something is as it should be."""
    return Finding(about, Verdict.OK, said)


def warning(about: str, said: str, advice: str) -> Finding:
    """Find something that works, and may hurt one day."""
    return Finding(about, Verdict.WARNING, said, advice)


def fault(about: str, said: str, advice: str) -> Finding:
    """Find something that does not work."""
    return Finding(about, Verdict.FAULT, said, advice)


def report(findings: Sequence[Finding], *, as_json: bool, exit_code: int = 1) -> None:
    """Print findings, and end the command with `exit_code` when one is a fault."""
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _print(finding)
    if any(finding.verdict is Verdict.FAULT for finding in findings):
        raise typer.Exit(exit_code)


def _print(finding: Finding) -> None:
    """Print it; on a terminal the verdict in its colour."""
    verdict = typer.style(f"{finding.verdict:8}", fg=COLOURS[finding.verdict])
    typer.echo(f"{verdict}{printable(finding.about)}: {printable(finding.said)}")
    if finding.advice:
        typer.echo(f"{'':8}-> {printable(finding.advice)}")
