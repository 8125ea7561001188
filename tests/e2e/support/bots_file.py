"""The bots file (`VIBER_BOTS_FILE`) with a token file for each bot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.e2e.support.viber import Viber

# One bot's settings, which a bots file replaces.
_REPLACED: Final = ("VIBER_BOT", "VIBER_AUTH_TOKEN", "VIBER_SENDER_NAME")


class BotsFile:
    """A bots file in a folder of its own; each `add` writes it anew."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._path = folder / "bots.toml"
        self._tables: dict[str, str] = {}

    @property
    def settings(self) -> Mapping[str, str]:
        """How the gateway finds it."""
        return {"VIBER_BOTS_FILE": str(self._path), **dict.fromkeys(_REPLACED, "")}

    def add(self, viber: Viber, more: str = "") -> None:
        """Add a bot whose messages come from a sender of its own name."""
        self.change_token(viber.bot, viber.token)
        self._tables[viber.bot] = (
            f"[bots.{viber.bot}]\n"
            f'token_file = "{self._token_file(viber.bot)}"\n'
            f'sender = {{ name = "from {viber.bot}" }}\n'
            f"{more}\n"
        )
        self._write("\n".join(self._tables.values()))

    def remove(self, viber: Viber) -> None:
        """Take a bot out."""
        del self._tables[viber.bot]
        self._write("\n".join(self._tables.values()))

    def change_token(self, bot: str, token: str) -> None:
        """Give a bot another token."""
        self._replace(self._token_file(bot), token)

    def spoil(self) -> None:
        """Make it a file that nobody can read."""
        self._write("[bots")

    def _token_file(self, bot: str) -> Path:
        return self._folder / f"{bot}.token"

    def _write(self, content: str) -> None:
        self._replace(self._path, content)

    def _replace(self, path: Path, content: str) -> None:
        """Swap it in one step, as whoever changes a file that others read should."""
        fresh = path.with_suffix(".new")
        fresh.write_text(content)
        fresh.replace(path)
