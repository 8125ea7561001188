"""The topics that a setting stands for."""

from collections.abc import Collection


def per_bot(topic: str, bots: Collection[str]) -> dict[str, str | None]:
    """Name the topics of a setting; each with the bot that it belongs to, if it does.

    `{bot}` in the setting stands for a bot's name: then every bot has its own.
    """
    if "{bot}" not in topic:
        return {topic: None}
    return {topic.replace("{bot}", bot): bot for bot in bots}


def topic_of(topic: str, bot: str | None, bots: Collection[str]) -> str:
    """Name the topic of a bot, by a setting.

    What names no bot, or one that nobody has configured, goes to the first bot's
    topic: a topic of its own is likely not there.
    """
    return topic.replace("{bot}", bot if bot in bots and bot else min(bots))
