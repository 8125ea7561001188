"""The bots: their names, tokens, and what is filled in for them.

One bot stands in the environment (`VIBER_BOT`, `VIBER_AUTH_TOKEN[_FILE]`), or many in
a TOML file (`VIBER_BOTS_FILE`).  Every fault is reported with its place.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.core.command import Sender
from gateway.core.errors import SettingsError
from gateway.core.reply import WelcomeError, check_message, welcome_body
from gateway.kinds import BOT_NAME, BOT_NAME_WORDS
from gateway.plain_words import plain, why_unreadable
from gateway.settings import ViberSettings

EventType = Literal[
    "delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"
]


Made = TypeVar("Made")

NOBODY = Sender()
TOKEN = re.compile(r"[!-~]+", re.ASCII)  # goes into an HTTP header


class Table(BaseModel):
    """A table of the bots file; unknown members are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SenderTable(Table):
    """`[bots.NAME.sender]`: filled in where a message names no sender."""

    name: Annotated[str, Field(max_length=28)] | None = None
    avatar: str | None = None


class WelcomeTable(Table):
    """`[bots.NAME.welcome]`: what answers `conversation_started`."""

    mode: Literal["off", "static", "reply"] = "off"
    message: dict[str, Any] | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=4)] = 2.0

    @model_validator(mode="after")
    def _can_be_answered_with(self) -> Self:
        if self.mode == "static" and self.message is None:
            raise ValueError("mode 'static' needs a message")
        if not isinstance((self.message or {}).get("sender", {}), dict):
            raise ValueError("message.sender must be a table")  # noqa: TRY004  pydantic
        if self.message is not None:
            check_message(self.message)
        return self


Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class BotTable(Table):
    """`[bots.NAME]` of the bots file."""

    token_file: Path
    previous_token_file: Path | None = None
    rate_limit_per_second: Rate | None = None
    sender: SenderTable = SenderTable()
    event_types: list[EventType] | None = None
    welcome: WelcomeTable = WelcomeTable()

    @property
    def speaker(self) -> Sender:
        """Who its messages come from."""
        return Sender(self.sender.name, self.sender.avatar)

    @model_validator(mode="after")
    def _welcomes_with_what_viber_takes(self) -> Self:
        if self.welcome.message is not None:
            try:
                welcome_body(self.welcome.message, self.speaker)
            except WelcomeError as error:
                raise ValueError(f"welcome.message: {error}") from error
        return self


@dataclass(frozen=True, slots=True)
class Bot:
    """One bot; its tokens never show in its `repr`.

    Attributes:
        token: Goes to Viber's API, and is the key of callbacks' signatures.
        previous_token: Signatures made with it count as well, during a rotation.
    """

    name: str
    token: str = field(repr=False)
    previous_token: str | None = field(default=None, repr=False)
    sender: Sender = NOBODY
    rate_limit_per_second: float | None = None
    event_types: tuple[str, ...] | None = None
    welcome: WelcomeTable = field(default=WelcomeTable(), repr=False)

    @property
    def signature_keys(self) -> tuple[bytes, ...]:
        """What callbacks may be signed with."""
        tokens = (self.token, self.previous_token)
        return tuple(token.encode() for token in tokens if token)


class ListedBot(NamedTuple):
    """What the bots file or the environment alone says of a bot: no token is read."""

    name: str
    welcome: WelcomeTable = WelcomeTable()


def list_bots(settings: ViberSettings) -> dict[str, ListedBot]:
    """List the bots that the settings name, for who does not call Viber.

    Raises:
        SettingsError: The bots file cannot be read, or a member is wrong or unknown.
    """
    if settings.bots_file is None:
        return {settings.bot: ListedBot(settings.bot)}
    return _from_file(settings.bots_file, lambda n, table: ListedBot(n, table.welcome))


def read_bots(settings: ViberSettings) -> dict[str, Bot]:
    """Read the bots that the settings name.

    Raises:
        SettingsError: No bot, a file that cannot be read, a wrong or unknown member,
            an empty token; one line per fault.
    """
    if settings.bots_file is not None:
        if settings.auth_token or settings.auth_token_file:
            raise SettingsError(
                ["VIBER_BOTS_FILE: not together with VIBER_AUTH_TOKEN[_FILE]"]
            )
        return _from_file(settings.bots_file, _bot)
    return {settings.bot: _from_environment(settings)}


def _from_environment(settings: ViberSettings) -> Bot:
    if settings.auth_token and settings.auth_token_file:
        raise SettingsError(
            ["VIBER_AUTH_TOKEN: not together with VIBER_AUTH_TOKEN_FILE"]
        )
    if settings.auth_token_file:
        token = _token("VIBER_AUTH_TOKEN_FILE", settings.auth_token_file)
    elif settings.auth_token:
        token = _checked("VIBER_AUTH_TOKEN", settings.auth_token.get_secret_value())
    else:
        raise SettingsError(
            ["VIBER_AUTH_TOKEN[_FILE], or VIBER_BOTS_FILE for many bots: is required"]
        )
    sender = Sender(settings.sender_name, settings.sender_avatar)
    return Bot(settings.bot, token, sender=sender)


def _from_file(path: Path, make: Callable[[str, BotTable], Made]) -> dict[str, Made]:
    bots, faults = {}, []
    for name, table in _tables(path).items():
        try:
            bots[name] = make(name, BotTable.model_validate(table))
        except ValidationError as error:
            faults += [f"{path}: bots.{name}{line}" for line in _lines(error)]
        except SettingsError as error:
            faults += [f"{path}: bots.{name}.{line}" for line in error.faults]
        if not re.fullmatch(BOT_NAME, name):
            faults.append(f"{path}: bots.{name}: {BOT_NAME_WORDS}")
    if faults:
        raise SettingsError(faults)
    return bots


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = why_unreadable(error)
        raise SettingsError([f"VIBER_BOTS_FILE: {path}: {why}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path}: {error}"]) from error
    if strangers := sorted(content.keys() - {"bots"}):
        raise SettingsError([f"{path}: unknown member '{strangers[0]}', only 'bots'"])
    tables = content.get("bots")
    if not isinstance(tables, dict) or not tables:
        raise SettingsError([f"{path}: names no bot; write [bots.NAME] tables"])
    return tables


def _bot(name: str, table: BotTable) -> Bot:
    previous = table.previous_token_file
    old = _token("previous_token_file", previous) if previous else None
    kinds = None if table.event_types is None else tuple(table.event_types)
    return Bot(
        name,
        _token("token_file", table.token_file),
        old,
        table.speaker,
        table.rate_limit_per_second,
        kinds,
        table.welcome,
    )


def _token(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{name}: {_complaint(path, error)}"]) from error
    return _checked(f"{name}: {path}", text)


def _complaint(path: Path, error: OSError | UnicodeDecodeError) -> str:
    """Say what is wrong, without a path that has no folder: it may be the token."""
    place = "cannot be read" if path.parent == Path() else path
    return f"{place}: {why_unreadable(error)}"


def _checked(place: str, text: str) -> str:
    """Return a token without the line's end that editors and `echo` leave behind."""
    token = text.strip()
    if not token:
        raise SettingsError([f"{place}: is empty"])
    if not TOKEN.fullmatch(token):
        raise SettingsError([f"{place}: a token is ASCII without spaces"])
    return token


def _lines(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = "".join(f".{part}" for part in fault["loc"])
        yield f"{place}: {plain(fault)}"
