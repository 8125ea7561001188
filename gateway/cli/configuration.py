"""The configuration as the commands need it: settings, bots, and all faults at once."""

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from gateway import log as logs
from gateway.bots import Bot, ListedBot, list_bots, read_bots
from gateway.core.errors import SettingsError
from gateway.environment import ENV_FILE, read_dotenv, read_group, read_settings
from gateway.settings import Settings, ViberSettings

Named = TypeVar("Named")


def read_configuration() -> tuple[Settings, dict[str, Bot]]:
    """Read settings and bots, begin to log, and warn of names that mean nothing.

    Raises:
        SettingsError: Something is wrong or missing; one line per fault.
    """
    return _read(read_bots)


def read_without_tokens() -> tuple[Settings, dict[str, ListedBot]]:
    """Do the same for a command that looks at topics only, and needs no token.

    Raises:
        SettingsError: Something is wrong or missing; one line per fault.
    """
    return _read(list_bots)


def _read(
    bots_of: Callable[[ViberSettings], dict[str, Named]],
) -> tuple[Settings, dict[str, Named]]:
    try:
        settings, warnings = read_settings(os.environ)
    except SettingsError as error:
        raise SettingsError([*error.faults, *_bot_faults(bots_of)]) from error
    bots = bots_of(settings.viber)
    logs.configure(settings.log)
    for warning in warnings:
        logs.get_logger(__name__).warning("unknown_setting", detail=warning)
    return settings, bots


def choose_bots(bots: Mapping[str, Named], name: str | None) -> list[Named]:
    """Choose the bot of a name; without one, all of them.

    Raises:
        SettingsError: No bot has that name.
    """
    if name is None:
        return list(bots.values())
    if name not in bots:
        known = ", ".join(sorted(bots))
        raise SettingsError(
            [f"bot '{name}' is not configured; configured are: {known}"]
        )
    return [bots[name]]


def _bot_faults(bots_of: Callable[[ViberSettings], object]) -> list[str]:
    """Look at the bots too, where the settings that name them are right."""
    try:
        bots_of(read_group(ViberSettings, os.environ, read_dotenv(ENV_FILE)))
    except SettingsError as error:
        return error.faults
    except ValidationError:
        return []  # told already
    return []
