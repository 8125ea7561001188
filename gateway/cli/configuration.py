"""The configuration as the commands need it: settings, bots, and all faults at once."""

import os
from collections.abc import Mapping

import structlog
from pydantic import ValidationError

from gateway.bots import Bot, read_bots
from gateway.core.errors import SettingsError
from gateway.environment import ENV_FILE, read_dotenv, read_group, read_settings
from gateway.ops import log as logs
from gateway.settings import Settings, ViberSettings


def read_configuration() -> tuple[Settings, dict[str, Bot]]:
    """Read settings and bots, begin to log, and warn of names that mean nothing.

    Raises:
        SettingsError: Something is wrong or missing; one line per fault.
    """
    try:
        settings, warnings = read_settings(os.environ)
    except SettingsError as error:
        raise SettingsError([*error.faults, *_bot_faults()]) from error
    bots = read_bots(settings.viber)
    logs.configure(settings.log)
    for warning in warnings:
        structlog.get_logger(__name__).warning("unknown_setting", detail=warning)
    return settings, bots


def choose_bots(bots: Mapping[str, Bot], name: str | None) -> list[Bot]:
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


def _bot_faults() -> list[str]:
    """Look at the bots too, where the settings that name them are right."""
    try:
        read_bots(read_group(ViberSettings, os.environ, read_dotenv(ENV_FILE)))
    except SettingsError as error:
        return error.faults
    except ValidationError:
        return []  # told already
    return []
