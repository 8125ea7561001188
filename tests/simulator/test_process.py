"""The simulator as others start it: ready line, exit codes, real connections."""

import asyncio
import signal
import socket
from pathlib import Path

import pytest

from simulator.callbacks.client import WebhookClient
from tests.simulator.process import Running, hook, run_to_end, simulator

TEXT = {"type": "text", "text": "hi"}


async def exchange(running: Running, body: bytes) -> bytes:
    """Send a message over a connection of its own; return all bytes until its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    head = (
        "POST /pa/send_message HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        return await reader.read()
    finally:
        writer.close()


async def test_it_says_where_it_listens_and_ends_cleanly() -> None:
    """One line on stdout; 0 after SIGTERM, also with a stream open."""
    async with simulator() as running:
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"GET /sim/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await running.sim("state"))["faults"] == 0

        code = await running.end()

        assert running.process.stdout is not None
        rest = await running.process.stdout.read()
        writer.close()
    assert (code, rest) == (0, b"")


async def test_sigint_ends_it_as_cleanly() -> None:
    """Ctrl-C is no error, even while a request hangs on purpose."""
    async with simulator() as running:
        await running.sim("faults", {"kind": "hang"})
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"POST /pa/get_account_info HTTP/1.1\r\nHost: x\r\n")
        writer.write(b"Content-Length: 0\r\n\r\n")
        await running.sim("state")

        assert await running.end(signal.SIGINT) == 0
        writer.close()


async def test_it_ends_while_callbacks_are_under_way() -> None:
    """Whether they hang or are answered; what is not sent yet is dropped."""
    async with hook() as webhook, simulator() as running:
        await running.api("set_webhook", {"url": webhook.url})
        await running.sim("users/batch", {"count": 100})
        webhook.pause = asyncio.Event().wait
        await running.sim("messages/batch", {"text": "{n}", "count": 1000})
        await webhook.next()

        assert await running.end() == 0


async def test_a_port_that_is_taken_is_one_clear_line() -> None:
    """Exit code 1, nothing on stdout, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = await run_to_end("--port", str(port))

    assert (code, out) == (1, "")
    assert err.startswith(f"viber-simulator: cannot listen on 127.0.0.1:{port}: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("steps: [{user: Anna}]", "steps.0"),
        ("steps: [{user: Anna, text: hi}]", "Anna"),
        ("users: [{name: Anna, bot: none}]", "none"),
        ("users: [", "expected"),
    ],
)
async def test_a_faulty_scenario_is_one_clear_line(
    tmp_path: Path, content: str, complaint: str
) -> None:
    """Exit code 2; the line says what is wrong."""
    file = tmp_path / "scenario.yaml"
    file.write_text(content)

    code, _, err = await run_to_end("--port", "0", "--scenario", str(file))

    assert code == 2
    assert len(err.splitlines()) == 1
    assert complaint in err


async def test_a_bot_is_given_as_name_and_token() -> None:
    """Anything else is wrong usage."""
    code, _, err = await run_to_end("--bot", "shop")

    assert code == 2
    assert "NAME=TOKEN" in err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--port", "high"), "argument --port: invalid int value: 'high'"),
        (("--time-scale", "-1"), "argument --time-scale: must be 0 or more, not -1"),
        (
            ("--gateway-management", "me"),
            "argument --gateway-management: must begin with http://, not me",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
async def test_wrong_usage_is_one_clear_line(
    option: tuple[str, str], said: str
) -> None:
    """Not a page of options; exit code 2."""
    code, shown, complaint = await run_to_end(*option)

    assert (code, shown) == (2, "")
    assert complaint == f"viber-simulator: {said}; see 'viber-simulator --help'\n"


async def test_bots_of_the_command_line_are_there() -> None:
    """Each with its token; the control API knows them by name."""
    async with simulator("--bot", "a=t-a", "--bot", "b=t-b") as running:
        assert (await running.api("get_account_info", {}, "t-b"))["name"] == "b"
        bots = [bot["name"] for bot in await running.sim("bots")]

    assert bots == ["a", "b"]


async def test_a_message_goes_the_whole_way_over_real_connections() -> None:
    """Webhook, user, message, receipts: signed, in header and query."""
    async with simulator() as running, hook() as webhook:
        answer = await running.api("set_webhook", {"url": webhook.url})
        await running.sim("users", {"name": "Anna"})
        await running.sim("messages", {"user": "Anna", "text": "Привіт"})
        verification = await webhook.next()
        head, _ = await webhook.requests.get()

    assert answer["status"] == 0
    assert verification["event"] == "webhook"
    signature = head.lower().split(b"x-viber-content-signature: ")[1].split(b"\r")[0]
    assert head.startswith(b"POST /hook?sig=" + signature + b" HTTP/1.1\r\n")


async def test_a_reset_is_a_reset_and_a_cut_is_a_cut() -> None:
    """On the wire: RST in place of an answer, and fewer bytes than announced."""
    async with simulator() as running, hook() as webhook:
        await running.api("set_webhook", {"url": webhook.url})
        await running.sim("users", {"name": "Anna", "id": "anna", "subscribed": True})
        token = (await running.sim("bots/main"))["token"]
        body = b'{"auth_token":"%s","receiver":"anna","type":"text","text":"hi"}'
        body %= token.encode()

        for kind in ("reset_before", "reset_after"):
            await running.sim("faults", {"kind": kind, "count": 1})
            with pytest.raises(ConnectionResetError):
                await exchange(running, body)
        await running.sim("faults", {"kind": "truncated", "count": 1})
        cut = await exchange(running, body)
        whole = await exchange(running, body)
        chat = await running.sim("chat?user=Anna")

    head, _, half = cut.partition(b"\r\n\r\n")
    announced = int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
    assert len(half) == announced // 2
    assert b'"status":0' in whole
    assert len(chat) == 3  # all but that of reset_before


async def test_the_clock_can_be_moved_to_the_next_hour() -> None:
    """Whoever waits for 12 to end need not wait for it."""
    async with simulator() as running, hook() as webhook:
        await running.api("set_webhook", {"url": webhook.url})
        await running.sim("users", {"id": "anna", "subscribed": True})
        send = {"receiver": "anna"} | TEXT
        before = [(await running.api("send_message", send)) for _ in range(101)]
        await running.sim("clock", {"advance_seconds": 3600})
        after = await running.api("send_message", send)

    assert [answer["status"] for answer in before] == [0] * 100 + [12]
    assert after["status"] == 0


@pytest.mark.parametrize(
    ("answer", "status", "trouble"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, ""),
        (
            b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
            302,
            "",
        ),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999, ""),
        (b"nonsense\r\n\r\n", None, "broken"),
    ],
)
async def test_the_client_tells_how_a_webhook_answered(
    answer: bytes, status: int | None, trouble: str
) -> None:
    """Redirects are not followed; no error escapes."""
    async with hook() as webhook, WebhookClient() as client:
        webhook.answer = answer

        reply = await client(webhook.url, b"{}", "sig", "sig")

    assert (reply.status, reply.trouble) == (status, trouble)


async def test_the_client_gives_up_after_its_time_limit() -> None:
    """Viber waits for about 5 s; here it is a twentieth."""
    never = asyncio.Event()
    async with hook() as webhook, WebhookClient(0.25) as client:
        webhook.pause = never.wait

        reply = await client(webhook.url, b"{}", None, None)
        never.set()

    assert (reply.status, reply.trouble) == (None, "timeout")


@pytest.mark.parametrize(
    ("url", "trouble"),
    [("http://127.0.0.1:1/x", "refused"), ("http://", "broken")],
)
async def test_the_client_tells_why_nobody_answered(url: str, trouble: str) -> None:
    """Refused is told apart, since Viber's text does so too."""
    async with WebhookClient() as client:
        reply = await client(url, b"{}", None, None)

    assert (reply.status, reply.trouble) == (None, trouble)


async def test_a_cancelled_client_never_goes_on() -> None:
    """Also when the answer comes at the very moment; otherwise nothing could end."""
    async with hook() as webhook, WebhookClient() as client:
        for _ in range(500):
            post = client(webhook.url, b"{}", None, None)
            async with asyncio.TaskGroup() as group:
                task = group.create_task(post)
                await webhook.next()
                task.cancel()

            assert task.cancelled()


async def test_a_webhook_without_tls_behind_https_is_told_apart() -> None:
    """Viber's text names the handshake."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with WebhookClient() as client:
            reply = await client(f"https://127.0.0.1:{port}/", b"{}", None, None)

    assert (reply.status, reply.trouble) == (None, "tls")
