"""Five thousand commands on their way while something breaks, and what became of them.

Rule: whatever breaks, each command ends, none is sent before an earlier one of its
key, and each that Viber took twice has a cause.
"""

from typing import Final, NamedTuple

from tests.e2e.support.account import UNEXPLAINED, Account, account_of_commands
from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber

COMMANDS: Final = 5000
USERS: Final = 250  # Viber takes a hundred messages for one in an hour
SECONDS: Final = 90.0


class Flow(NamedTuple):
    """The commands of one test."""

    topics: Topics
    viber: Viber
    enter: Enter

    def begin(self, delay_ms: int) -> list[str]:
        """Write them all; Viber takes so long for each answer.  Return the users."""
        self.viber.misbehave("delay", method="send_message", delay_ms=delay_ms)
        users = self.viber.add_users(USERS)
        topic, bot = self.topics.outbound, self.viber.bot
        self.topics.write(messages(topic, bot, users, COMMANDS))
        return users

    def wait_for(self, share: float) -> None:
        """Wait until so much of it has results."""
        self.topics.wait_for(self.topics.results, round(share * COMMANDS), SECONDS)

    def settle(self, crashes: int = 0) -> Account:
        """Wait until all have ended, and settle the account.

        Args:
            crashes: How often a process lost what it knew.
        """
        self.wait_for(1)
        self.topics.wait_until_ended(COMMANDS, SECONDS)
        account = self.enter(account_of_commands(self.topics, self.viber, crashes))
        assert (account.sent, account.lost, account.disorders) == (COMMANDS, (), ())
        assert account.accepted + account.rejected == COMMANDS
        assert UNEXPLAINED not in account.duplicates
        return account
