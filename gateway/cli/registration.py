"""What Viber shall know of a bot's webhook, and what differs from it: pure.

`message`, `subscribed` and `unsubscribed` always come, and `get_account_info` may list
kinds that cannot be chosen; so only the others are compared.  Whether names and photos
are sent is not told by Viber.  Source: developers.viber.com, "REST Bot API", Setting a
Webhook.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.bots import Bot
from gateway.core.errors import SettingsError
from gateway.settings import ViberSettings

CHOSEN = ("delivered", "seen", "failed", "conversation_started")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a bot's webhook shall be.

    Attributes:
        event_types: None: all of them.
    """

    url: str
    event_types: tuple[str, ...] | None

    @property
    def events(self) -> str:
        """Say it for people."""
        return "all" if self.event_types is None else ", ".join(self.event_types)

    def request(self, *, names: bool) -> bytes:
        """Write the body of set_webhook; `names`: users' names and photos come too."""
        body: dict[str, Any] = {"url": self.url}
        if self.event_types is not None:
            body["event_types"] = self.event_types
        return msgspec.json.encode(body | {"send_name": names, "send_photo": names})

    def differences(self, account: Mapping[str, Any]) -> Iterator[str]:
        """Say what Viber knows otherwise, from its answer to get_account_info."""
        known = account.get("webhook") or "none"
        if known != self.url:
            yield f"the webhook is {known}, not {self.url}"
        if not isinstance(account.get("event_types"), list):
            return
        comes = set(account["event_types"])
        wanted = CHOSEN if self.event_types is None else self.event_types
        for event in CHOSEN:
            if (event in comes) != (event in wanted):
                yield f"{event} {'comes' if event in comes else 'does not come'}"


def registration(settings: ViberSettings, bot: Bot) -> Registration:
    """Say what a bot's webhook shall be.

    Raises:
        SettingsError: VIBER_WEBHOOK_URL is missing.
    """
    url = settings.webhook_of(bot.name)
    if url is None:
        raise SettingsError(
            ["VIBER_WEBHOOK_URL: is required here: the public base URL of the gateway"]
        )
    return Registration(url, bot.event_types)
