"""What a bot of the dialogue must do, check by check (bots/README.md).

A check lets users of its own act, and returns what held, in words.  What did not hold
is a `NotHeldError`, what cannot be tried a `NotTriedError`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from uuid import uuid4

from gateway.cli.conformance.bot import BotEndedError, BotProcess
from gateway.cli.conformance.stage import NotHeldError, NotTriedError, Stage
from gateway.cli.conformance.topics import FOREIGN, Words
from gateway.cli.conformance.users import Json

USERS, TEXTS = 10, 20


class Check(NamedTuple):
    """One row of the table.

    Attributes:
        advice: What to do when it does not hold.
        kills: Whether the bot is killed, and takes its time to come back.
    """

    play: Callable[[Stage], Awaitable[str]]
    advice: str
    kills: bool = False


async def welcome(stage: Stage) -> str:
    """The welcome message, asked for over Kafka, comes before the deadline."""
    guest = await stage.users.add(subscribed=False)
    await stage.users.act(guest, "open", {})
    (message, *_) = await stage.shown(guest)
    if keys := await stage.traffic.misplaced():
        raise NotHeldError(f"the key is not the correlation id but {keys[-1]}")
    return f"welcomed with {message['message'].get('text')!r}"


async def greeting(stage: Stage) -> str:
    """Who subscribes is greeted."""
    guest = await stage.users.add(subscribed=False)
    await stage.users.act(guest, "subscribe", {})
    (message, *_) = await stage.shown(guest)
    return f"greeted with {message['message'].get('text')!r}"


async def echo(stage: Stage) -> str:
    """A text comes back, to the letter."""
    user, text = await stage.users.add(), 'Привіт 👋 <b>"\\n'
    await stage.users.write(user, text)
    await stage.shown(user)
    _expect([text], await stage.users.texts(user))
    return "came back to the letter"


async def order(stage: Stage) -> str:
    """Every user gets the answers in the order of the questions."""
    users = [await stage.users.add() for _ in range(USERS)]
    written = await stage.write_all(users, TEXTS)
    for user in users:
        await stage.shown(user, TEXTS)
        _expect(_of(user, written), await stage.users.texts(user))
    return f"{len(written)} texts of {USERS} users, each user's in order"


async def keyboard(stage: Stage) -> str:
    """The word `keyboard` shows one, and each of its buttons is answered."""
    user, message = await _ask(stage, "keyboard")
    board = message["message"].get("keyboard")
    if board is None:
        raise NotHeldError(f"a message without a keyboard: {message['message']}")
    return await _press(stage, user, len(board["Buttons"]), {})


async def carousel(stage: Stage) -> str:
    """The word `carousel` shows rich media, and each of its buttons is answered."""
    user, message = await _ask(stage, "carousel")
    media = message["message"].get("rich_media")
    if media is None:
        raise NotHeldError(f"a message without rich media: {message['message']}")
    token = {"message_token": message["message_token"]}
    return await _press(stage, user, len(media["Buttons"]), token)


async def picture(stage: Stage) -> str:
    """The word `picture` shows one."""
    _, message = await _ask(stage, "picture")
    if message["message"].get("type") != "picture":
        raise NotHeldError(f"no picture: {message['message']}")
    return f"showed {message['message']['media']}"


async def duplicate(stage: Stage) -> str:
    """An event that comes twice is answered once.

    Two more texts follow, one after another: a bot that answers a batch in any order
    has come to the repeat when it answers the second.
    """
    user, texts = await stage.users.add(), ["once", "afterwards", "at last"]
    for text in texts:
        await stage.users.write(user, text)
        await _catch_up(stage, user, [text])
        if text == "once":
            await stage.traffic.repeat(Words(user, text))
    _expect(texts, await stage.users.texts(user))
    return "answered once"


async def trace(stage: Stage) -> str:
    """A command goes on with the trace of its event."""
    user, text, trace_id = await stage.users.add(), "traced", uuid4().hex
    await stage.users.write(user, text)
    await stage.shown(user)
    parent = f"00-{trace_id}-{'1' * 16}-01"
    another = {"ce_id": str(uuid4()), "ce_traceparent": parent}
    await stage.traffic.repeat(Words(user, text), **another)
    await stage.shown(user, 2)
    parents = await stage.traffic.traces(user)
    if not any(trace_id in parent for parent in parents):
        raise NotHeldError("the answer does not name the event's trace")
    return "the answer belongs to the event's trace"


async def failure(stage: Stage) -> str:
    """A user whose answer Viber refused is told so."""
    user = await stage.users.add()
    await stage.users.refuse_next(user)
    await stage.users.write(user, "refused")
    (message, *_) = await stage.shown(user)
    if message["message"].get("text") == "refused":
        raise NotHeldError("the answer came a second time")
    return f"told with {message['message'].get('text')!r}"


async def restart(stage: Stage) -> str:
    """What users write while the bot dies is answered by the next process, in order."""
    bot = _process(stage)
    written = await _kill_while_users_write(stage, bot)
    await bot.start()
    answers = 0
    for user in dict.fromkeys(words.user for words in written):
        got = await _catch_up(stage, user, _of(user, written))
        _expect(_of(user, written), list(dict.fromkeys(got)))
        answers += len(got)
    twice = answers - len(written)
    return f"killed: {len(written)} texts answered in order, {twice} of them twice"


async def commit(stage: Stage) -> str:
    """When it is killed, no offset is committed whose command is not in Kafka.

    It leaves the bot dead.
    """
    bot, topic = _process(stage), stage.traffic.inbound
    group = await _group_of(stage)
    written = set(await _kill_while_users_write(stage, bot))
    ends = await asyncio.to_thread(stage.groups.committed, group, topic)
    events = await stage.traffic.events()
    done = {words for at, words in events.items() if at.offset < ends[at.partition]}
    lost = (written & done) - set(await stage.traffic.commands())
    if lost:
        raise NotHeldError(f"{len(lost)} events were committed and not answered")
    return f"killed: {len(written & done)} events committed, all of them answered"


async def foreign(stage: Stage) -> str:
    """What is no event is left out, and what comes after it is answered.

    This is the last check: a bot that ends at such a record ends at it again.
    """
    user = await stage.users.add()
    await stage.traffic.disturb(user)
    if stage.bot is not None and not stage.bot.is_running:
        await stage.bot.start()
    await stage.users.write(user, "still there")
    try:
        await stage.shown(user)
    except BotEndedError as error:
        raise NotHeldError(str(error)) from None
    _expect(["still there"], await stage.users.texts(user))
    return f"{len(FOREIGN)} records were left out"


CHECKS = {
    "welcome": Check(
        welcome, "answer on the topic of ce_replyto, with ce_correlationid as key"
    ),
    "greeting": Check(greeting, "answer the event subscribed"),
    "echo": Check(echo, "answer a text with the same text"),
    "order": Check(order, "give commands the user's id as key, by murmur2"),
    "keyboard": Check(keyboard, "see schemas/commands/send_message.json"),
    "carousel": Check(carousel, "see schemas/commands/send_message.json"),
    "picture": Check(picture, "see schemas/commands/send_message.json"),
    "duplicate": Check(duplicate, "remember the ce_id of what was answered"),
    "trace": Check(trace, "give ce_traceparent of the event to its command"),
    "failure": Check(failure, "read the results topic, and answer what is rejected"),
    "restart": Check(restart, "commit after the acknowledgement", kills=True),
    "commit": Check(commit, "commit after the acknowledgement", kills=True),
    "foreign": Check(foreign, "leave out what cannot be read, and go on", kills=True),
}


async def _ask(stage: Stage, word: str) -> tuple[str, Json]:
    """Let a new user write a word; return the user, and the first that is shown."""
    user = await stage.users.add()
    await stage.users.write(user, word)
    (message, *_) = await stage.shown(user)
    return user, message


async def _press(stage: Stage, user: str, count: int, where: dict[str, str]) -> str:
    """Press buttons one after another; each must be answered."""
    for number in range(count):
        await stage.users.act(user, "press", {"button": number, **where})
        await stage.shown(user, number + 2)
    return f"{count} buttons, each answered"


async def _kill_while_users_write(stage: Stage, bot: BotProcess) -> list[Words]:
    """Kill the bot as soon as it has begun to answer; return all that was written."""
    users = [await stage.users.add() for _ in range(USERS)]
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(stage.write_all(users, TEXTS))
        await stage.shown(users[-1])
        await bot.kill()
    return writing.result()


async def _catch_up(stage: Stage, user: str, texts: Sequence[str]) -> list[str]:
    """Wait until a user has an answer to each text; return all texts that came."""
    return await stage.until(
        f"answer to each of {len(texts)} texts",
        lambda: stage.users.texts(user),
        lambda got: set(got) >= set(texts),
    )


def _process(stage: Stage) -> BotProcess:
    if stage.bot is None:
        raise NotTriedError("give --command: the bot must be killed")
    return stage.bot


async def _group_of(stage: Stage) -> str:
    """Name the consumer group of the bot: the one that reads the events."""
    groups = await asyncio.to_thread(stage.groups.reading, stage.traffic.inbound)
    if len(groups) != 1:
        seen = ", ".join(groups) or "none, which is all that an embedded Kafka tells"
        raise NotTriedError(f"one consumer group must be seen to read; seen: {seen}")
    return groups[0]


def _of(user: str, written: Sequence[Words]) -> list[str]:
    return [words.text for words in written if words.user == user]


def _expect(expected: Sequence[str], found: Sequence[str]) -> None:
    if list(found) != list(expected):
        raise NotHeldError(f"expected {list(expected)}, got {list(found)}")
