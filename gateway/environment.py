"""Reads the settings from the environment and `.env`, and reports every fault at once.

An unknown name with a known prefix is a fault when it is close to a known one, since
then it is a slip; others are only reported, since platforms set such names themselves
(`HTTP_PROXY`, `KAFKA_PORT_9092_TCP`).  No value of a secret is ever shown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from gateway.core.errors import SettingsError
from gateway.plain_words import plain
from gateway.settings import Settings, SettingsGroup

Group = TypeVar("Group", bound=SettingsGroup)

ENV_FILE = Path(".env")
CLOSE_ENOUGH = 0.8
# Set by platforms and other tools, and close to names of ours by accident.
FOREIGN = frozenset({"HTTP_PROXY", "KAFKA_HEAP_OPTS", "LOG_DIR"})


def groups() -> dict[str, type[SettingsGroup]]:
    """Name every group of settings."""
    kinds = get_type_hints(Settings)
    return {field.name: kinds[field.name] for field in fields(Settings)}


def known_names() -> dict[str, tuple[type[SettingsGroup], str]]:
    """Map each setting's name in the environment to its group and field."""
    return {
        f"{kind.prefix}{name.upper()}": (kind, name)
        for kind in groups().values()
        for name in kind.model_fields
    }


def read_dotenv(file: Path) -> dict[str, str]:
    """Read a `.env` file; where there is none, nothing."""
    return {k: v for k, v in dotenv_values(file).items() if v is not None}


def read_settings(
    environ: Mapping[str, str], env_file: Path = ENV_FILE
) -> tuple[Settings, list[str]]:
    """Read all settings; with them come warnings about names that mean nothing.

    Raises:
        SettingsError: Something is wrong or missing; one line per fault.
    """
    from_file = read_dotenv(env_file)
    slips, warnings = _unknown({*environ, *from_file})
    faults = list(slips)
    values: dict[str, Any] = {}
    for name, kind in groups().items():
        try:
            values[name] = read_group(kind, environ, from_file)
        except ValidationError as error:
            faults += _faults(kind, error)
    if faults:
        raise SettingsError(faults)
    return Settings(**values), warnings


def read_group(kind: type[Group], *places: Mapping[str, str]) -> Group:
    """Read the settings of one group; the first place that gives a value counts.

    Raises:
        ValidationError: A value is wrong or missing.
    """
    found: dict[str, str] = {}
    for place in reversed(places):
        given = {name.upper(): text for name, text in place.items()}
        for field in kind.model_fields:
            text = given.get(f"{kind.prefix}{field.upper()}")
            if text is not None and kind.is_given(text):
                found[field] = text
    return kind.model_validate(found)


def _faults(kind: type[SettingsGroup], error: ValidationError) -> Iterator[str]:
    """Say each fault in one line: name, what is wrong, what is allowed."""
    for fault in error.errors():
        message = plain(fault)
        if not fault["loc"]:
            yield message
            continue
        name = str(fault["loc"][0])
        value = str(fault["input"])
        # A URL may hold a password, before an @.
        is_hidden = _is_secret(kind, name) or "@" in value
        shown = "" if is_hidden else f" (is {value!r})"
        if fault["type"] == "missing":
            shown = f": {kind.model_fields[name].description}"
        yield f"{kind.prefix}{name.upper()}: {message}{shown}"


def _is_secret(kind: type[SettingsGroup], name: str) -> bool:
    return SecretStr in getattr(kind.model_fields[name].annotation, "__args__", ())


def _unknown(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Sort unknown names with a known prefix into slips and mere strangers."""
    known = known_names()
    prefixes = {kind.prefix for kind in groups().values()}
    slips, strangers = [], []
    for name in sorted({name.upper() for name in names}):
        if name in known or name in FOREIGN or not name.startswith(tuple(prefixes)):
            continue
        if close := get_close_matches(name, known, n=1, cutoff=CLOSE_ENOUGH):
            slips.append(f"{name}: no such setting; did you mean {close[0]}?")
        else:
            strangers.append(f"{name}: no such setting; it is ignored")
    return slips, strangers
