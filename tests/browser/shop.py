"""A bot of few words, over plain HTTP: takes callbacks, answers from a table.

It sends in order and sends again until Viber takes it, as a careful bot does.  GET
requests fetch its pictures, since messages name them by address.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.simulator.process import Running

Json = dict[str, Any]
PICTURES = Path(__file__).parent / "pictures"
AGAIN_SECONDS = 0.05
SENDER = {"name": "Fixture Shop"}
INK = "#2b2540"


def keyboard(*buttons: Json, **members: Any) -> Json:
    """Return a keyboard."""
    return {"Type": "keyboard", "BgColor": "#EFEDF8", "Buttons": [*buttons]} | members


def button(text: str, body: str, columns: int = 3, **members: Any) -> Json:
    """Return a button."""
    look = {"BgColor": "#FFFFFF", "TextSize": "regular"}
    place = {"Columns": columns, "Rows": 1, "ActionBody": body, "Text": text}
    return {"ActionType": "reply"} | place | look | members


MENU = keyboard(
    button(
        '<font color="#ffffff"><b>Our watches</b></font>',
        "Show me the watches",
        6,
        BgColor="#6D58EE",
    ),
    button("🚚 My order", "Where is my order?"),
    button("📍 Where am I?", "here", ActionType="location-picker"),
    button("📞 Call me", "call", ActionType="share-phone"),
    button("Website", "https://shop.example/", ActionType="open-url"),
)
HELLO = "Hello! This is *Fixture Shop* 👋\nWhat can we do for you?"
DELIVERY = (
    "Order *A-1001* leaves _today_, ~tomorrow~ at 18:00.\nCode: ```7431-9920```\n"
    "https://shop.example/orders/A-1001"
)


def card(base: str, picture: str, name: str, price: str) -> list[Json]:
    """Return the buttons of one card of rich media."""
    buy = {"BgColor": "#6D58EE", "ActionBody": f"buy:{picture}"}
    title = f"<font color={INK}><b>{name}</b></font><br>{price}"
    return [
        button("", "none", 6, Rows=4, ActionType="none", Image=f"{base}/{picture}.png"),
        button(title, "none", 6, Rows=2, ActionType="none", TextHAlign="left"),
        button('<font color="#ffffff">Buy</font>', "buy", 6) | buy,
    ]


def watches(base: str) -> Json:
    """Return three cards to swipe."""
    buttons = [
        *card(base, "dawn", "Dawn", "2 490 ₴"),
        *card(base, "noon", "Noon", "3 190 ₴"),
        *card(base, "night", "Night", "4 050 ₴"),
    ]
    media = {"Type": "rich_media", "ButtonsGroupRows": 7, "Buttons": buttons}
    media |= {"ButtonsGroupColumns": 6, "BgColor": "#FFFFFF"}
    return {"type": "rich_media", "min_api_version": 7, "rich_media": media}


def picture(base: str) -> Json:
    """Return a picture with a caption."""
    text = "Yours, *packed with care* 🎁"
    return {"type": "picture", "text": text, "media": f"{base}/night.png"}


# What the bot answers to a text; `base` is where its pictures are.
ANSWERS: Mapping[str, Callable[[str], list[Json]]] = {
    "hello": lambda _: [
        {"type": "text", "text": HELLO, "keyboard": MENU, "min_api_version": 3}
    ],
    "Show me the watches": lambda base: [
        {"type": "text", "text": "Three of them:"},
        watches(base),
    ],
    "Where is my order?": lambda _: [{"type": "text", "text": DELIVERY}],
    "buy:night": lambda base: [picture(base), {"type": "text", "text": "🎉"}],
    "all": lambda base: [
        {
            "type": "video",
            "media": f"{base}/clip.mp4",
            "size": 1_048_576,
            "duration": 42,
        },
        {
            "type": "file",
            "media": f"{base}/a.pdf",
            "size": 94_208,
            "file_name": "a.pdf",
        },
        {
            "type": "contact",
            "contact": {"name": "Help", "phone_number": "+380000000003"},
        },
        {"type": "location", "location": {"lat": 50.4501, "lon": 30.5234}},
        {"type": "url", "media": "https://shop.example/orders"},
        {"type": "sticker", "sticker_id": 46105},
    ],
}


@dataclass(slots=True)
class Shop:
    """The bot; a test may tell it other ``answers``, or to echo nothing else.

    ``is_open`` is what its end is known by, since pyreqwest may swallow a cancellation.
    """

    viber: Running
    base: str = ""
    answers: dict[str, Callable[[str], list[Json]]] = field(
        default_factory=lambda: dict(ANSWERS)
    )
    echoes: bool = True
    welcome: Json | None = None
    is_open: bool = True
    heard: list[Json] = field(default_factory=list)
    work: asyncio.Queue[tuple[str, Json]] = field(default_factory=asyncio.Queue)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection."""
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # they left
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head, reader))

    async def run(self) -> None:
        """Send what is to be sent, one after the other."""
        while True:
            receiver, message = await self.work.get()
            while not await self._send(receiver, message):  # noqa: ASYNC110 - nobody tells when Viber is back
                await asyncio.sleep(AGAIN_SECONDS)

    async def _answer(self, head: bytes, reader: asyncio.StreamReader) -> bytes:
        if head.startswith(b"GET "):
            return _picture(head.split(b" ")[1].decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
        callback = msgspec.json.decode(await reader.readexactly(length))
        self.heard.append(callback)
        if callback["event"] == "conversation_started" and self.welcome is not None:
            return _http(200, "application/json", msgspec.json.encode(self.welcome))
        if callback["event"] == "message":
            self._plan(callback["sender"]["id"], callback["message"])
        return _http(200, "text/plain", b"")

    def _plan(self, user: str, message: Json) -> None:
        text = message.get("text", "")
        if text in self.answers:
            answers = self.answers[text](self.base)
        elif self.echoes:
            answers = [
                {"type": "text", "text": f"You wrote: {text or message['type']}"}
            ]
        else:
            answers = []
        for answer in answers:
            self.work.put_nowait((user, answer))

    async def _send(self, receiver: str, message: Json) -> bool:
        whole = {"receiver": receiver, "sender": SENDER} | message
        try:
            answer = await self.viber.api("send_message", whole)
        except msgspec.DecodeError:  # not Viber's words: an outage
            return False
        finally:
            if not self.is_open:
                raise asyncio.CancelledError
        return bool(answer["status"] == 0)


def _picture(path: str) -> bytes:
    file = PICTURES / path.removeprefix("/")
    if not file.is_file():
        return _http(404, "text/plain", b"")
    return _http(200, "image/png", file.read_bytes())


def _http(status: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@asynccontextmanager
async def shop(viber: Running) -> AsyncIterator[Shop]:
    """Run the bot with its webhook set, until the end of the block."""
    made = Shop(viber)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, asyncio.TaskGroup() as group:
        worker = group.create_task(made.run())
        await viber.api("set_webhook", {"url": made.base + "/viber", "send_name": True})
        try:
            yield made
        finally:
            made.is_open = False
            worker.cancel()
            for writer in made.writers:
                writer.close()
