"""The accounts of the run, printed as one table at its end."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

import pytest

from tests.e2e.support.account import Account

_NAME: Final = "accounts"
_COLUMNS: Final[Mapping[str, Callable[[Account], int]]] = {
    "sent": lambda account: account.sent,
    "attempts": lambda account: account.attempts,
    "accepted": lambda account: account.accepted,
    "rejected": lambda account: account.rejected,
    "dead letters": lambda account: account.dead_letters,
    "duplicates": lambda account: account.duplicates.total(),
    "lost": lambda account: len(account.lost),
    "disorders": lambda account: len(account.disorders),
}


class Ledger:
    """Keeps accounts by test; pytest calls it at the end."""

    def __init__(self) -> None:
        self._accounts: list[tuple[str, Account]] = []
        self._notes: list[str] = []

    @classmethod
    def of(cls, config: pytest.Config) -> "Ledger":
        """Return the run's."""
        if not config.pluginmanager.has_plugin(_NAME):
            config.pluginmanager.register(cls(), _NAME)
        return cast("Ledger", config.pluginmanager.get_plugin(_NAME))

    def enter(self, test: str, account: Account) -> None:
        """Keep an account."""
        self._accounts.append((test, account))

    def note(self, line: str) -> None:
        """Keep a figure that belongs to no account."""
        self._notes.append(line)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Print the table."""
        terminalreporter.section("what became of everything that was sent")
        terminalreporter.write_line("  ".join(["           ", *_COLUMNS]))
        for test, account in self._accounts:
            for line in _lines(test, account):
                terminalreporter.write_line(line)
        for line in self._notes:
            terminalreporter.write_line(line)


def _lines(test: str, account: Account) -> Iterator[str]:
    figures = [f"{of(account):{len(name)}}" for name, of in _COLUMNS.items()]
    yield test
    yield "  ".join([f"  {account.flow:9}", *figures])
    for cause, count in account.duplicates.items():
        yield f"    duplicates: {count} {cause}"
