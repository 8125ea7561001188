"""Lets tasks go on until all of them wait for something outside."""

import asyncio

ROUNDS = 20  # more than any task here needs from one wait to the next


async def settle() -> None:
    """Give every task its turn, many times."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
