"""Calls of Viber: with the bot's present token, timed, and seen by operators.

Besides the commands' calls there are looks at the bots' accounts: as probes, when a
bot is held back, and every few minutes where VIBER_WEBHOOK_URL says which webhook
Viber should know.
"""

from urllib.parse import urlsplit

from gateway.adapters.viber import ViberClient
from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.command import Command
from gateway.core.method import Method
from gateway.core.outcome import Outcome, classify
from gateway.roles.shared import Shared

ACCOUNT_SECONDS = 300.0


class Calls:
    """Calls Viber for all bots.

    Args:
        shared: The bots, and who observes.
        viber: Makes the calls.
    """

    def __init__(self, shared: Shared, viber: ViberClient) -> None:
        self._shared = shared
        self._viber = viber
        self._server = urlsplit(shared.settings.viber.api_url).hostname or ""

    async def send(self, command: Command) -> Reply | TransportFailure:
        """Make one attempt of a command."""
        return await self._call(command.bot, command.method, command.body)

    async def look_at_account(self, bot: str) -> Outcome:
        """Ask for a bot's account: does its token hold, and is its webhook ours?"""
        method = Method.GET_ACCOUNT_INFO
        reply = await self._call(bot, method, b"{}")
        outcome = classify(method, reply, has_receiver=False)
        webhook = self._shared.settings.viber.webhook_of(bot)
        self._shared.observer.account_seen(bot, outcome, webhook)
        return outcome

    async def watch_accounts(self) -> None:
        """Look at every account now and then; never returns."""
        while True:
            for bot in sorted(self._shared.bots):
                await self.look_at_account(bot)
            await self._shared.clock.sleep(ACCOUNT_SECONDS)

    async def _call(
        self, bot: str, method: Method, body: bytes
    ) -> Reply | TransportFailure:
        """Call Viber; a bot that was removed meanwhile is as good as out of reach."""
        known = self._shared.bots.get(bot)
        if known is None:
            return TransportFailure(FailureKind.CONNECT, "the bot was removed")
        began = self._shared.clock.monotonic()
        reply = await self._viber.call(known.token, method, body)
        seconds = self._shared.clock.monotonic() - began
        self._shared.observer.call_made(self._server, reply, seconds)
        return reply
