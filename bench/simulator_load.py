"""simulator: how many send_message a second one simulator process takes.

With its log and chats (full) and without (lean); it should take twice what the
gateway sends, so that it can be the judge in tests under load.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bench import load
from bench.callbacks import TOKEN
from bench.commands import commands
from bench.process import BenchError, Program, free_port
from bench.table import Figures, show
from bench.web import ask
from tests.kafka.wire import HOST, is_listening

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"lean": ("--lean",), "full": ()}
)
USERS = 5000  # each takes 100 messages an hour
WARM_UP_SECONDS = 1.0
AUTHORISED = {"X-Viber-Auth-Token": TOKEN, "Content-Type": "application/json"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="of each burst")
    parser.add_argument("--connections", type=int, default=64)


def run(options: argparse.Namespace) -> None:
    """Measure."""
    rounds: dict[str, list[Figures]] = {kind: [] for kind in KINDS}
    for _ in range(options.rounds):
        for kind, flags in KINDS.items():
            rounds[kind].append(_measure(flags, options))
    show(f"simulator, {options.connections} connections", rounds)


def _measure(flags: tuple[str, ...], options: argparse.Namespace) -> Figures:
    port = free_port()
    own = ("--port", str(port), "--bot", f"main={TOKEN}")
    command = [sys.executable, "-m", "simulator", *own, *flags]
    with Program("simulator", command, {}) as program:
        program.wait_until(lambda: is_listening(f"{HOST}:{port}"))
        base = f"http://{HOST}:{port}"
        users = _subscribers(base)
        messages = _messages(base, users)
        load.burst(base, messages, WARM_UP_SECONDS, options.connections)
        cpu = program.cpu_seconds
        got = load.burst(base, messages, options.seconds, options.connections)
        cpu = program.cpu_seconds - cpu
        _check_that_messages_pass(base, users[0])
        return {
            "messages/s": got.accepted / got.seconds,
            "p50 ms": got.p50_ms,
            "p99 ms": got.p99_ms,
            "CPU us/message": cpu / max(got.accepted, 1) * 1e6,
            "RSS MB": program.rss_megabytes,
            "not 200": got.refused + got.broken,
        }


def _subscribers(base: str) -> list[str]:
    """Set a webhook, without which nothing may be sent, and make subscribed users."""
    hook = {"url": f"{base}/pa/get_account_info", "event_types": []}
    _tell(f"{base}/pa/set_webhook", hook)
    users = {"count": USERS, "subscribed": True}
    ids: list[str] = _tell(f"{base}/sim/users/batch", users)["ids"]
    return ids


def _tell(url: str, content: object) -> Any:
    return ask("POST", url, json.dumps(content).encode(), AUTHORISED)


def _messages(base: str, users: list[str]) -> list[bytes]:
    """Write one message to each user, as requests that are ready to be sent."""
    url = f"{base}/pa/send_message"
    return [
        load.request(url, AUTHORISED, draft.value)
        for draft in commands(len(users), users)
    ]


def _check_that_messages_pass(base: str, user: str) -> None:
    """See to it that the answers were acceptances: a refusal is HTTP 200 too."""
    (draft,) = commands(1, [user])
    answer = ask("POST", f"{base}/pa/send_message", draft.value, AUTHORISED)
    if answer["status"] != 0:
        raise BenchError(f"the simulator refuses: {answer}")
