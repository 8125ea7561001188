"""Calls of Viber go the way that the environment names, as those of other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Final

import pytest

from gateway.adapters.viber import ViberClient
from gateway.core.answer import TransportFailure
from gateway.core.method import Method

API: Final = "https://chatapi.viber.invalid/pa"
SECONDS: Final = 5.0


class Proxy(ThreadingTCPServer):
    """Notes what it is asked for, and refuses it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.asked: list[bytes] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Refusal(StreamRequestHandler):
    server: Proxy  # type: ignore[mutable-override]  # as it was made

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().rstrip())
        while self.rfile.readline().rstrip():
            pass
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")


@contextmanager
def proxying() -> Iterator[Proxy]:
    """Run a proxy."""
    with Proxy() as proxy:
        Thread(target=proxy.serve_forever).start()
        yield proxy
        proxy.shutdown()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine needs itself."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def call() -> object:
    """Make one call; nobody answers it."""
    async with ViberClient(API, SECONDS, 1, lambda: 0.0) as client:
        return await client.call("token", Method.SEND_MESSAGE, b"{}")


async def test_a_proxy_is_asked_for_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token goes through it encrypted; its refusal is trouble with the network."""
    with proxying() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)

        result = await call()

    assert proxy.asked == [b"CONNECT chatapi.viber.invalid:443 HTTP/1.1"]
    assert isinstance(result, TransportFailure)


@pytest.mark.parametrize("proxy", ["http://me:secret@127.0.0.1:1", "nonsense"])
async def test_a_faulty_proxy_is_named_by_its_setting(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """Else "Connection refused" would be looked for at Viber; its password is kept."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    result = await call()

    assert isinstance(result, TransportFailure)
    assert result.detail.endswith(" (HTTPS_PROXY set)")
    assert "secret" not in result.detail


async def test_without_a_proxy_none_is_named() -> None:
    """Only Viber's own address is wrong then."""
    result = await call()

    assert isinstance(result, TransportFailure)
    assert "PROXY" not in result.detail


@pytest.mark.parametrize("exempt", ["chatapi.viber.invalid", ".viber.invalid", "*"])
async def test_a_host_that_is_exempt_is_called_itself(
    monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    """By its name, its domain, or as all are."""
    with proxying() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", exempt)

        result = await call()

    assert proxy.asked == []
    assert isinstance(result, TransportFailure)
