"""Settings and bots made by hand."""

from gateway.bots import Bot, WelcomeTable
from gateway.settings import (
    HttpSettings,
    KafkaSettings,
    LogSettings,
    ManagementSettings,
    SenderSettings,
    Settings,
    TopicSettings,
    ViberSettings,
)


def settings(
    *,
    kafka: KafkaSettings | None = None,
    topic: TopicSettings | None = None,
    viber: ViberSettings | None = None,
    sender: SenderSettings | None = None,
) -> Settings:
    """Return settings with their defaults, but for what is given."""
    return Settings(
        kafka=kafka or KafkaSettings(bootstrap_servers="kafka:9092"),
        topic=topic or TopicSettings(),
        http=HttpSettings(),
        management=ManagementSettings(),
        viber=viber or ViberSettings(),
        sender=sender or SenderSettings(),
        log=LogSettings(),
    )


SHOP = Bot("shop", "token-of-shop")
NEWS = Bot("news", "token-of-news")
ASKS = Bot("asks", "token-of-asks", welcome=WelcomeTable(mode="reply"))
