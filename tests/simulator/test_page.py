"""What the chat page asks the simulator for, as anybody may."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.parse import quote

import msgspec
import pytest

from gateway.core.callback import parse
from gateway.core.event import event_id
from simulator.composition import Options
from simulator.page.files import read_all
from tests.fixtures import names, raw
from tests.simulator.desk import Desk, Json
from tests.simulator.process import simulator

NOBODY = "6109932746692773188"


@asynccontextmanager
async def gateway(answers: Mapping[str, tuple[int, bytes]]) -> AsyncIterator[str]:
    """Answer GET requests by their path, as a gateway's management port might."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        code, body = answers[head.split(b" ")[1].decode()]
        about = f"Content-Type: text/html\r\nContent-Length: {len(body)}"
        writer.write(f"HTTP/1.1 {code} -\r\n{about}\r\n\r\n".encode() + body)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(desk: Desk, path: str) -> tuple[int, Json]:
    """Return status and body of a question about the gateway."""
    status, body = await desk.request("GET", f"/sim/gateway/{path}", b"", [])
    return status, msgspec.json.decode(body) if body else {}


async def test_a_chat_is_read_backwards_page_by_page(desk: Desk) -> None:
    """``before`` a token come the messages that stand before it, oldest first."""
    await desk.sim("users", {"name": "Anna"})
    for number in range(5):
        await desk.sim("messages", {"user": "Anna", "text": str(number)})

    pages = [await desk.sim("chat?user=Anna&limit=2")]
    while pages[-1]:
        first = pages[-1][0]["message_token"]
        pages.append(await desk.sim(f"chat?user=Anna&limit=2&before={first}"))

    texts = [[m["message"]["text"] for m in page] for page in pages]
    assert texts == [["3", "4"], ["1", "2"], ["0"], []]


async def test_before_a_message_of_nobody_stands_nothing(desk: Desk) -> None:
    """404, rather than a chat that looks empty."""
    await desk.sim("users", {"name": "Anna"})
    path = f"/sim/chat?user=Anna&before={NOBODY}"

    status, body = await desk.request("GET", path, b"", [])

    assert (status, b"no message" in body) == (404, True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=MAR", ["Marko", "Tamara"]),
        ("search=mar&offset=1", ["Tamara"]),
        ("search=mar&limit=1", ["Marko"]),
        ("search=a%2Fb", ["Anna"]),
        ("search=nobody", []),
        ("", ["Anna", "Marko", "Tamara"]),
    ],
)
async def test_users_are_found_by_name_or_id(
    desk: Desk, query: str, found: list[str]
) -> None:
    """A part of either is enough; capitals do not matter in names."""
    for user in ({"name": "Anna", "id": "a/b=="}, {"name": "Marko"}):
        await desk.sim("users", user)
    await desk.sim("users", {"name": "Tamara"})

    listed = await desk.sim(f"users?bot=main&{query}")

    assert [user["name"] for user in listed] == found


async def test_the_log_tells_the_story_of_one_message(desk: Desk) -> None:
    """The call, attempts in vain before it, and the receipts; no other message's."""
    user = await desk.add_user()
    await desk.sim("faults", {"kind": "status", "status": 12, "count": 1})
    await desk.send(user, text="wanted")
    token = (await desk.send(user, text="wanted"))["message_token"]
    await desk.send(user, text="other")
    await desk.settle()

    entries = (await desk.sim(f"log?message_token={token}"))["entries"]

    told = [(e.get("method"), e.get("event"), e.get("status")) for e in entries]
    assert told[:2] == [("send_message", None, 12), ("send_message", None, 0)]
    assert [event for _, event, _ in told[2:]] == ["delivered"]


async def test_a_gateway_is_asked_for_the_page() -> None:
    """Its answers pass as JSON whatever they call themselves; ids are escaped."""
    answers = {
        "/health": (200, b'{"role":"all"}'),
        "/explain/viber.outbound%2F0%2F7": (200, b'{"state":"ended"}'),
        "/explain/nobody": (404, b'{"state":"unknown"}'),
    }
    async with gateway(answers) as address:
        desk = Desk(Options(gateway_management=address))

        assert await ask(desk, "health") == (200, {"role": "all"})
        known = await ask(desk, "explain/viber.outbound%2F0%2F7")
        assert known == (200, {"state": "ended"})
        assert await ask(desk, "explain/nobody") == (404, {"state": "unknown"})


async def test_a_gateway_that_is_away_is_told_apart_from_none() -> None:
    """502 with its address, and 204 when there is none to ask."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    away = Desk(Options(gateway_management=address))

    assert await ask(away, "health") == (502, {"detail": f"{address} does not answer"})
    assert await ask(Desk(), "health") == (204, {})
    assert await ask(Desk(), "explain/x") == (204, {})


async def test_the_command_line_names_the_gateway() -> None:
    """A slash at its end does no harm."""
    health = {"/health": (200, b'{"role":"sender"}')}
    async with (
        gateway(health) as address,
        simulator("--gateway-management", f"{address}/") as running,
    ):
        assert await running.sim("gateway/health") == {"role": "sender"}


@pytest.mark.parametrize(
    "name", [n for n in names("callbacks") if b"message_token" in raw(n)]
)
async def test_an_event_has_the_id_that_the_gateway_gives_it(name: str) -> None:
    """Computed apart on both sides, from the same callback."""
    body = raw(name)
    callback = parse(body)
    told = {"event": callback.event, "message_token": callback.message_token}
    given = {"bot": "shop", "user": callback.user_id} | told
    query = "&".join(f"{k}={quote(str(v))}" for k, v in given.items() if v is not None)

    status, answer = await ask(Desk(), f"event-id?{query}")

    assert (status, answer["ce_id"]) == (200, event_id("shop", callback, body))


async def test_every_file_of_the_page_is_served_and_asked_for_only_once() -> None:
    """The same bytes; 304 where the browser has them; 404 for anything else."""
    desk = Desk()
    for name, file in read_all().items():
        tag = [(b"if-none-match", file.etag.encode())]
        path = f"/page/{name}"
        assert await desk.request("GET", path, b"", []) == (200, file.content)
        assert await desk.request("GET", path, b"", tag) == (304, b"")
    for path in ("/page/nothing.js", "/page/../files.py", "/page/"):
        assert (await desk.request("GET", path, b"", []))[0] == 404
