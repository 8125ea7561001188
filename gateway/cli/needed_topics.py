"""Which topics the gateway needs, and what each must be like: one row per setting.

Retention is what `topics create` gives, and the least that `topics check` takes.
The outbound topic must keep a command for as long as it may wait
(`SENDER_MAX_AGE_SECONDS`); the others' least is what a weekend asks for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.bots import Bot, ListedBot
from gateway.core.topics import per_bot
from gateway.settings import Settings

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked of the topics of one setting.

    Attributes:
        setting: The setting's name within its group.
        retention: Seconds that a record is kept; None: the topic is compacted.
        least_retention: Fewer seconds lose something.
        partitions: When not as many as the operator says.
    """

    setting: str
    reads: bool = False
    writes: bool = False
    retention: float | None = 7 * DAY
    least_retention: float = 3 * DAY
    partitions: int | None = None


NEEDS = (
    Need("inbound", writes=True),
    Need("outbound", reads=True),
    Need("results", writes=True),
    Need("dead_letters", writes=True, retention=30 * DAY),
    Need("replies", reads=True, retention=HOUR, least_retention=60),
    Need("progress", reads=True, writes=True, retention=None, partitions=1),
)


@dataclass(frozen=True, slots=True)
class NeededTopic:
    """One topic that the gateway needs.

    Attributes:
        is_optional: The gateway does without, as it is configured now.
        least_retention: Seconds.
    """

    name: str
    need: Need
    is_optional: bool
    least_retention: float


def needed_topics(
    settings: Settings, bots: Iterable[Bot | ListedBot]
) -> list[NeededTopic]:
    """Name the topics of all settings, those with `{bot}` for every bot."""
    bots = list(bots)
    asked = [bot for bot in bots if bot.welcome.mode == "reply"]
    replies = names_for(settings.topic.replies, asked) if asked else []
    found: dict[str, NeededTopic] = {}
    for need in NEEDS:
        least = need.least_retention
        if need.setting == "outbound":
            least = max(least, settings.sender.max_age_seconds)
        for name in names_for(getattr(settings.topic, need.setting), bots):
            is_optional = need.setting == "replies" and name not in replies
            found.setdefault(name, NeededTopic(name, need, is_optional, least))
    return list(found.values())


def names_for(setting: str, bots: Iterable[Bot | ListedBot]) -> list[str]:
    """Name the topics of one setting; none when it is empty."""
    return list(per_bot(setting, [bot.name for bot in bots])) if setting else []
