"""The topics that a setting stands for."""

from collections.abc import Collection


def per_bot(topic: str, bots: Collection[str]) -> dict[str, str | None]:
    """Name the topics of a setting; each with the bot that it belongs to, if it does.

    `{bot}` in the setting stands for a bot's name: then every bot has its own.
    """
    if "{bot}" not in topic:
        return {topic: None}
    return {topic.replace("{bot}", bot): bot for bot in bots}
