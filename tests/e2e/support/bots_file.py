"""The bots file (`VIBER_BOTS_FILE`) with a token file for each bot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.e2e.support.folder import Folder
from tests.e2e.support.viber import Viber

# One bot's settings, which a bots file replaces.
_REPLACED: Final = ("VIBER_BOT", "VIBER_AUTH_TOKEN", "VIBER_SENDER_NAME")
_NAME: Final = "bots.toml"


class BotsFile:
    """A bots file in a folder of its own; each `add` writes it anew.

    Args:
        folder: Where; must not exist.
        kind: How files in it are changed.
    """

    def __init__(self, folder: Path, kind: type[Folder] = Folder) -> None:
        self._folder = kind(folder)
        self._tables: dict[str, str] = {}

    @property
    def settings(self) -> Mapping[str, str]:
        """How the gateway finds it."""
        path = str(self._folder.path / _NAME)
        return {"VIBER_BOTS_FILE": path, **dict.fromkeys(_REPLACED, "")}

    def add(self, viber: Viber, more: str = "") -> None:
        """Add a bot whose messages come from a sender of its own name."""
        self.change_token(viber.bot, viber.token)
        self._tables[viber.bot] = (
            f"[bots.{viber.bot}]\n"
            f'token_file = "{self._token_file(viber.bot)}"\n'
            f'sender = {{ name = "from {viber.bot}" }}\n'
            f"{more}\n"
        )
        self._write()

    def remove(self, viber: Viber) -> None:
        """Take a bot out."""
        del self._tables[viber.bot]
        self._write()

    def change_token(self, bot: str, token: str) -> None:
        """Give a bot another token."""
        self._folder.write(f"{bot}.token", token)

    def keep_token(self, viber: Viber) -> None:
        """Let signatures made with the present token count besides the next one's."""
        self._folder.write(f"{viber.bot}-previous.token", viber.token)
        path = self._token_file(f"{viber.bot}-previous")
        self.add(viber, f'previous_token_file = "{path}"')

    def spoil(self) -> None:
        """Make it a file that nobody can read."""
        self._folder.write(_NAME, "[bots")

    def _token_file(self, bot: str) -> Path:
        return self._folder.path / f"{bot}.token"

    def _write(self) -> None:
        self._folder.write(_NAME, "\n".join(self._tables.values()))
