"""A bot on a community SDK (aioviberbot), run by itself: ``BASE_URL TOKEN``.

It does what ``viberbot_bot.py`` does, and broadcasts, which the official ones cannot.
"""

import asyncio
import json
import sys

import aioviberbot.api.api as sdk  # type: ignore[import-not-found]  # its own environment
from aiohttp import web
from aioviberbot import Api, BotConfiguration
from aioviberbot.api import messages as kinds
from aioviberbot.api.messages.data_types.contact import (  # type: ignore[import-not-found]
    Contact,
)
from aioviberbot.api.messages.data_types.location import (  # type: ignore[import-not-found]
    Location,
)

BUTTON = {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "x"}
KEYBOARD = {"Type": "keyboard", "Buttons": [BUTTON]}
RICH = {"Type": "rich_media", "Buttons": [BUTTON]}
CDN = "https://cdn.example/"
EVENTS = [
    "delivered",
    "seen",
    "failed",
    "subscribed",
    "unsubscribed",
    "conversation_started",
]


def every_message() -> list[object]:
    """Return one message of each kind."""
    return [
        kinds.TextMessage(text="hi"),
        kinds.PictureMessage(text="look", media=CDN + "a.jpg"),
        kinds.VideoMessage(media=CDN + "a.mp4", size=10),
        kinds.FileMessage(media=CDN + "a.pdf", size=10, file_name="a.pdf"),
        kinds.ContactMessage(contact=Contact("Desk", "+380000000003")),
        kinds.LocationMessage(location=Location(50.4501, 30.5234)),
        kinds.URLMessage(media=CDN),
        kinds.StickerMessage(sticker_id=46105),
        kinds.RichMediaMessage(rich_media=RICH, min_api_version=7),
        kinds.KeyboardMessage(keyboard=KEYBOARD),
    ]


def tell(**members: object) -> None:
    """Print a line of JSON."""
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


class Bot:
    """The webhook and what it answers with."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def receive(self, request: web.Request) -> web.Response:
        """Check and parse a callback."""
        body = await request.read()
        signature = request.headers["X-Viber-Content-Signature"]
        if not self.api.verify_signature(body, signature):
            return web.Response(status=403)
        parsed = self.api.parse_request(body)
        tell(callback=parsed.event_type, parsed=str(parsed))
        if getattr(getattr(parsed, "message", None), "text", "") == "everything":
            await self.send_everything(parsed.sender.id)
        return web.Response()

    async def send_everything(self, user: str) -> None:
        """Call everything that the SDK can call."""
        tokens = await self.api.send_messages(user, every_message())
        tokens += await self.api.broadcast_messages([user], every_message()[0])
        tell(
            sent=[str(token) for token in tokens],
            online=(await self.api.get_online([user]))[0]["online_status"],
            details=(await self.api.get_user_details(user))["id"],
            account=(await self.api.get_account_info())["status"],
        )


async def main(base_url: str, token: str) -> None:
    """Serve until stdin ends."""
    sdk.VIBER_BOT_API_URL = base_url
    api = Api(BotConfiguration(name="SDK", avatar=CDN + "b.png", auth_token=token))
    app = web.Application()
    app.router.add_post("/", Bot(api).receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    tell(ready=await api.set_webhook(f"http://127.0.0.1:{port}/", EVENTS))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main(*sys.argv[1:]))
