"""One bot's account at Viber, as operators ask for it.

A token that Viber does not know is a fault of the settings; any other refusal is an
error in plain words.
"""

from typing import Any

from gateway.adapters.viber import ViberClient
from gateway.bots import Bot
from gateway.cli.registration import Registration
from gateway.cli.viber_words import WRONG_TOKEN, explain
from gateway.core.answer import Answer, Reply, TransportFailure, read_answer
from gateway.core.errors import GatewayError, SettingsError
from gateway.core.method import Method
from gateway.egress.clock import SystemClock
from gateway.settings import ViberSettings

REMOVAL = b'{"url":""}'


class ViberRefusedError(GatewayError):
    """Viber did not do what was asked, or was not reached."""


class Account:
    """One bot's account.

    Every method raises a SettingsError for a wrong token, a ViberRefusedError for any
    other refusal.
    """

    def __init__(self, client: ViberClient, bot: Bot) -> None:
        self.bot = bot
        self._client = client

    async def info(self) -> dict[str, Any]:
        """Ask what Viber knows of the bot: the members of get_account_info."""
        reply = await self._client.call(self.bot.token, Method.GET_ACCOUNT_INFO, b"{}")
        return self._check(reply).data or {}

    async def register(self, wanted: Registration, *, names: bool) -> None:
        """Set the webhook; Viber calls it meanwhile."""
        body = wanted.request(names=names)
        self._check(await self._client.set_webhook(self.bot.token, body), wanted.url)

    async def unregister(self) -> None:
        """Remove the webhook: nobody can write to the bot any more."""
        self._check(await self._client.set_webhook(self.bot.token, REMOVAL))

    async def rehearse(self, url: str) -> Reply | TransportFailure:
        """Call a webhook as Viber does before it believes it."""
        return await self._client.rehearse(url)

    def _check(self, reply: Reply | TransportFailure, url: str = "") -> Answer:
        answer = read_answer(reply, is_query=True)
        if answer.status == 0:
            return answer
        line = f"bot {self.bot.name}: {explain(answer, url)}"
        if answer.status in WRONG_TOKEN:
            raise SettingsError([line])
        raise ViberRefusedError(line)


def viber_client(settings: ViberSettings) -> ViberClient:
    """Make the client that the commands use; it is to be entered."""
    return ViberClient(
        settings.api_url, settings.request_timeout_seconds, 1, SystemClock.wall
    )
