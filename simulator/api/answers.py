"""An answer of the REST API as a value.

The HTTP status is 200 whatever ``status`` says.
"""

from dataclasses import dataclass
from typing import Any

from simulator.accounts import Bot
from simulator.rules.statuses import TEXTS, Refusal, Status

HOST = "SN-CHAT-05_"


@dataclass(frozen=True, slots=True)
class Answer:
    """The body that Viber answers with, and what the log wants to know."""

    body: dict[str, Any]
    why: str = ""

    @property
    def status(self) -> int | None:
        """Viber's status code; None only where a fault took it away."""
        return self.body.get("status")

    @property
    def token(self) -> int | None:
        """The message token, where the answer has one."""
        return self.body.get("message_token")


def ok(bot: Bot, **members: Any) -> Answer:
    """Return a success; the members stand between the text and the host name."""
    head = {"status": int(Status.OK), "status_message": TEXTS[Status.OK]}
    return Answer(head | members | {"chat_hostname": bot.host})


def refused(refusal: Refusal, host: str | None, token: int | None = None) -> Answer:
    """Return a refusal; answers to messages carry a token although nothing is sent."""
    body: dict[str, Any] = {
        "status": int(refusal.status),
        "status_message": refusal.text,
    }
    if token is not None:
        body["message_token"] = token
    if host is not None:
        body["chat_hostname"] = host
    return Answer(body, refusal.why)
