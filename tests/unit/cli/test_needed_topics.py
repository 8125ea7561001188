"""Which topics are needed, by the settings and the bots."""

from gateway.bots import Bot
from gateway.cli.needed_topics import DAY, HOUR, needed_topics
from gateway.settings import SenderSettings, TopicSettings
from tests.unit.cli.configured import ASKS, NEWS, SHOP, settings


def test_every_setting_of_a_topic_is_needed_once() -> None:
    """A new setting TOPIC_* is noticed here, and none is forgotten."""
    named = TopicSettings().model_dump()

    needed = needed_topics(settings(), [SHOP])

    assert {topic.need.setting: topic.name for topic in needed} == named


def test_a_name_with_bot_stands_for_one_topic_per_bot() -> None:
    """Each bot has its own outbound topic, and all share the others."""
    topics = TopicSettings(outbound="out.{bot}")

    names = [
        topic.name for topic in needed_topics(settings(topic=topics), [SHOP, NEWS])
    ]

    assert [name for name in names if name.startswith("out.")] == [
        "out.shop",
        "out.news",
    ]
    assert len(names) == len(TopicSettings.model_fields) + 1


def test_an_empty_results_topic_is_not_needed() -> None:
    """Results are off then."""
    needed = needed_topics(settings(topic=TopicSettings(results="")), [SHOP])

    assert "results" not in {topic.need.setting for topic in needed}


def test_two_settings_that_name_one_topic_need_it_once() -> None:
    """Creating it twice would fail."""
    topics = TopicSettings(replies="viber.results")

    names = [topic.name for topic in needed_topics(settings(topic=topics), [SHOP])]

    assert names.count("viber.results") == 1


def test_replies_are_optional_until_a_bot_asks_for_them() -> None:
    """Only welcome.mode = "reply" reads that topic."""

    def optional(*bots: Bot) -> set[str]:
        needed = needed_topics(settings(), [SHOP, *bots])
        return {topic.name for topic in needed if topic.is_optional}

    assert optional() == {"viber.replies"}
    assert optional(ASKS) == set()


def test_a_bot_that_is_not_asked_needs_no_replies_topic_of_its_own() -> None:
    """One that is asked does."""
    topics = TopicSettings(replies="replies.{bot}")

    needed = needed_topics(settings(topic=topics), [SHOP, ASKS])

    replies = {t.name: t.is_optional for t in needed if t.need.setting == "replies"}
    assert replies == {f"replies.{SHOP.name}": True, f"replies.{ASKS.name}": False}


def test_the_outbound_topic_keeps_a_command_as_long_as_it_may_wait() -> None:
    """Else a parked command would vanish unnoticed."""
    patient = SenderSettings(max_age_seconds=10 * DAY)

    least = {
        topic.need.setting: topic.least_retention
        for topic in needed_topics(settings(sender=patient), [SHOP])
    }

    assert least["outbound"] == 10 * DAY
    assert least["replies"] < HOUR
