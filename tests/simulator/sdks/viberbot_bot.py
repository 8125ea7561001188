"""A bot on Viber's official Python SDK, run by itself: ``BASE_URL TOKEN``.

It sets its webhook, prints one line of JSON for every callback that the SDK parsed,
and answers the text "everything" with every kind of message that the SDK knows.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import viberbot.api.api as sdk  # type: ignore[import-not-found]  # its own environment
from viberbot import Api, BotConfiguration
from viberbot.api import messages as kinds
from viberbot.api.messages.data_types.contact import (  # type: ignore[import-not-found]
    Contact,
)
from viberbot.api.messages.data_types.location import (  # type: ignore[import-not-found]
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


class Handler(BaseHTTPRequestHandler):
    """The webhook."""

    api: Api

    def do_POST(self) -> None:
        """Check and parse a callback, as the SDK's documentation shows."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = self.headers["X-Viber-Content-Signature"]
        self.send_response(200 if self.api.verify_signature(body, signature) else 403)
        self.end_headers()
        request = self.api.parse_request(body)
        tell(callback=request.event_type, parsed=str(request))
        if getattr(getattr(request, "message", None), "text", "") == "everything":
            self.send_everything(request.sender.id)

    def send_everything(self, user: str) -> None:
        """Call everything that the SDK can call."""
        tokens = self.api.send_messages(user, every_message())
        tell(
            sent=[str(token) for token in tokens],
            online=self.api.get_online([user])[0]["online_status"],
            details=self.api.get_user_details(user)["id"],
            account=self.api.get_account_info()["status"],
        )

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def main(base_url: str, token: str) -> None:
    """Serve until stdin ends."""
    sdk.VIBER_BOT_API_URL = base_url
    Handler.api = Api(
        BotConfiguration(name="SDK", avatar=CDN + "b.png", auth_token=token)
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    tell(ready=Handler.api.set_webhook(url, EVENTS))
    sys.stdin.read()


main(*sys.argv[1:])
