"""One HTTP client calls one URL, many calls at a time, and prints its figures as JSON.

A process of its own, so that CPU and memory are the client's:
`python -m bench.client_trial NAME CALLS IN_FLIGHT API_URL [AUTHORITY]`.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from bench.clients import CLIENTS, Post, Wish
from bench.commands import commands, user_ids

SECONDS = 30.0
WARM_UP_CALLS = 500


async def _call_all(post: Post, url: str, bodies: Iterator[bytes]) -> None:
    """Make calls one after another, from an iterator that others take from too."""
    for body in bodies:
        if await post(url, body) != 200:
            raise RuntimeError("the sink refused")


async def _load(post: Post, url: str, bodies: Iterator[bytes], in_flight: int) -> None:
    async with asyncio.TaskGroup() as tasks:
        for _ in range(in_flight):
            tasks.create_task(_call_all(post, url, bodies))


async def _measure(name: str, calls: int, wish: Wish, url: str) -> dict[str, float]:
    bodies = [draft.value for draft in commands(calls, user_ids(calls))]
    async with CLIENTS[name](wish) as post:
        await _load(post, url, iter(bodies[:WARM_UP_CALLS]), wish.connections)
        cpu, started = time.process_time(), time.monotonic()
        await _load(post, url, iter(bodies), wish.connections)
        seconds = time.monotonic() - started
        cpu = time.process_time() - cpu
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "calls/s": calls / seconds,
        "CPU us/call": cpu / calls * 1e6,
        "RSS MB": kilobytes / 1024,
    }


def main() -> None:
    """Run the command line."""
    name, calls, in_flight, api_url, *authority = sys.argv[1:]
    wish = Wish(int(in_flight), SECONDS, Path(authority[0]) if authority else None)
    measuring = _measure(name, int(calls), wish, f"{api_url}/send_message")
    print(json.dumps(uvloop.run(measuring)))


if __name__ == "__main__":
    main()
