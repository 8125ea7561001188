"""The topics that a setting stands for."""

import pytest

from gateway.core.topics import per_bot, topic_of


def test_one_topic_serves_all_bots() -> None:
    """It belongs to none of them."""
    assert per_bot("viber.outbound", ["shop", "news"]) == {"viber.outbound": None}


def test_a_topic_with_a_placeholder_is_one_per_bot() -> None:
    """Each knows whose it is."""
    topics = per_bot("viber.{bot}.out", ["shop", "news"])

    assert topics == {"viber.shop.out": "shop", "viber.news.out": "news"}


@pytest.mark.parametrize(
    ("bot", "expected"),
    [("shop", "shop"), ("news", "news"), ("x", "news"), (None, "news")],
)
def test_what_is_nobodys_goes_to_the_first_bots_topic(
    bot: str | None, expected: str
) -> None:
    """A topic for an unknown bot is likely not there, and its record would wait."""
    assert topic_of("viber.{bot}.dlq", bot, ["shop", "news"]) == f"viber.{expected}.dlq"


def test_a_topic_without_a_placeholder_is_everybodys() -> None:
    """Whoever it is about."""
    assert topic_of("viber.dlq", "x", ["shop"]) == "viber.dlq"
