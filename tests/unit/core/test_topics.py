"""The topics that a setting stands for."""

from gateway.core.topics import per_bot


def test_one_topic_serves_all_bots() -> None:
    """It belongs to none of them."""
    assert per_bot("viber.outbound", ["shop", "news"]) == {"viber.outbound": None}


def test_a_topic_with_a_placeholder_is_one_per_bot() -> None:
    """Each knows whose it is."""
    topics = per_bot("viber.{bot}.out", ["shop", "news"])

    assert topics == {"viber.shop.out": "shop", "viber.news.out": "news"}
