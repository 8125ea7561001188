"""The public port's app: the webhook endpoint in front, FastAPI behind it.

FastAPI's routing and middleware would cost a callback more than all the rest, so
`/webhooks/...` never reaches it (ADR 0005); the route stands in it for the OpenAPI
document, and everything else is its 404.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from gateway.ingress.request import Receive, Scope, Send
from gateway.ingress.webhook import PATH, Webhook


def _parameter(place: str, name: str, about: str) -> dict[str, Any]:
    return {
        "in": place,
        "name": name,
        "description": about,
        "required": place == "path",
        "schema": {"type": "string"},
    }


SIGNATURE = "X-Viber-Content-Signature"
SIGNED = "Lower-case hex HMAC-SHA256 of the raw body; the key is the bot's token."
DESCRIPTION = """
Viber's callbacks, one path per bot.  Answered with 200 once Kafka has acknowledged
the event; with 503 when Viber should try again.
"""
PARAMETERS = [
    _parameter("path", "bot", "The bot's name; callbacks do not say it."),
    _parameter("header", SIGNATURE, SIGNED),
    _parameter("query", "sig", "The same, where no header is."),
]
CALLBACK = {
    "type": "object",
    "required": ["event"],
    "properties": {"event": {"type": "string", "minLength": 1}},
}
BODY = {"required": True, "content": {"application/json": {"schema": CALLBACK}}}
ANSWERS = {
    200: "Kafka has it; for `conversation_started` the welcome message, if any.",
    403: "The signature is wrong or missing.",
    404: "No such bot.",
    405: "Only POST.",
    408: "The body was not complete in time.",
    413: "The body is too large.",
    503: "Kafka cannot take it now; `Retry-After` says when to try again.",
}


class PublicApp(FastAPI):
    """FastAPI with one endpoint in front of it."""

    def __init__(self, webhook: Webhook) -> None:
        super().__init__(
            title="viber-gateway", openapi_url=None, docs_url=None, redoc_url=None
        )
        self._webhook = webhook
        self._declare()

    @property
    def in_flight(self) -> int:
        """How many callbacks are being answered."""
        return self._webhook.in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http" and scope["path"].startswith(PATH):
            await self._webhook(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _declare(self) -> None:
        """Describe the route in the OpenAPI document."""
        answers: dict[int | str, dict[str, Any]] = {
            code: {"description": text} for code, text in ANSWERS.items()
        }
        answers[200]["content"] = {"application/json": {"schema": {"type": "object"}}}

        @self.post(
            PATH + "{bot}",
            summary="Take a callback",
            description=DESCRIPTION,
            openapi_extra={"parameters": PARAMETERS, "requestBody": BODY},
            responses=answers,
            response_class=PlainTextResponse,
        )
        async def take_callback() -> None:
            """Stand for the endpoint in front, which answers in its place."""
