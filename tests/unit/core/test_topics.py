"""The topics that a setting stands for."""

import pytest

from gateway.core.topics import per_bot


@pytest.mark.parametrize(
    ("topic", "topics"),
    [
        ("viber.outbound", {"viber.outbound": None}),
        ("viber.{bot}.out", {"viber.shop.out": "shop", "viber.help.out": "help"}),
        ("{bot}.{bot}", {"shop.shop": "shop", "help.help": "help"}),
    ],
)
def test_a_topic_is_everybody_s_or_one_bot_s(
    topic: str, topics: dict[str, str | None]
) -> None:
    """With `{bot}` in its name it belongs to whom it names."""
    assert per_bot(topic, ["shop", "help"]) == topics
