"""`viber-gateway settings`: every setting with its value, and where that came from.

Secrets are masked, also those within URLs.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

from gateway.cli.options import AsJson
from gateway.cli.output import print_columns, print_json
from gateway.environment import ENV_FILE, known_names, read_dotenv, read_settings
from gateway.settings import Settings

MASK = "****"
GROUPS = tuple(field.name for field in fields(Settings))

Given = Mapping[str, str]

_USER_INFO = re.compile(r"(?<=://)[^/@]*@")


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as it is shown.

    Attributes:
        source: `environment`, `.env`, `default`, or the setting that names the
            secret's file.
    """

    name: str
    value: Any
    source: str


def settings(as_json: AsJson = False) -> None:
    """Show every setting, its value, and where the value came from.

    Example: viber-gateway settings --json
    """
    read, warnings = read_settings(os.environ, ENV_FILE)
    for line in warnings:
        typer.echo(f"viber-gateway: {line}", err=True)
    shown = list(show(read, os.environ, read_dotenv(ENV_FILE)))
    if as_json:
        print_json([asdict(one) for one in shown])
    else:
        print_columns([(one.name, as_text(one.value), one.source) for one in shown])


def show(read: Settings, environ: Given, env_file: Given) -> Iterator[Shown]:
    """Show all settings in the order of their groups."""
    groups = {type(group): group for group in map(partial(getattr, read), GROUPS)}
    values = {
        name: getattr(groups[kind], field)
        for name, (kind, field) in known_names().items()
    }
    places = {"environment": _upper(environ), ".env": _upper(env_file)}
    for name, value in values.items():
        found = [place for place, given in places.items() if _is_given(name, given)]
        beside = f"{name}_FILE"
        if not found and values.get(beside) is not None:
            yield Shown(name, MASK, beside)
        else:
            yield Shown(name, _masked(value), found[0] if found else "default")


def _upper(given: Given) -> dict[str, str]:
    return {name.upper(): value for name, value in given.items()}


def _is_given(name: str, given: Given) -> bool:
    kind, _ = known_names()[name]
    return kind.is_given(given.get(name))


def as_text(value: Any) -> str:
    """Write a value as it would stand in the environment."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _masked(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str):
        return _USER_INFO.sub(f"{MASK}@", value)
    return value
