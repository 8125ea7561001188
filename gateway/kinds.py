"""What values of settings may be: each kind with the words for what is not of it."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

BOT_NAME = r"^[a-z0-9-]{1,40}$"
BOT_NAME_WORDS = "a bot's name has 1 to 40 of a-z 0-9 -"
TOPIC_MAX_LENGTH = 249  # Kafka's


def _bot_name(name: str) -> str:
    if not re.fullmatch(BOT_NAME, name):
        raise ValueError(BOT_NAME_WORDS)
    return name


def _topic(name: str) -> str:
    """Check a topic's name by Kafka's rule; `{bot}` may stand in it."""
    plain = name.replace("{bot}", "b")
    legal = plain.replace(".", "").replace("_", "").replace("-", "")
    is_legal = legal.isascii() and legal.isalnum()
    if not is_legal or len(plain) > TOPIC_MAX_LENGTH:
        raise ValueError(
            "a topic's name has 1 to 249 of a-z A-Z 0-9 . _ - (and may hold {bot})"
        )
    return name


def _addresses(text: str) -> str:
    """Check addresses of brokers; without a port it is Kafka's 9092."""
    if not all(map(_is_address, text.split(","))):
        raise ValueError("must be host:port, several with commas")
    return text


def _is_address(text: str) -> bool:
    text = text.strip()
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname) and parts.port != 0 and parts.netloc == text
    except ValueError:
        return False


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL, such as https://gateway.example")
    return text


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=65535)]
BotName = Annotated[str, AfterValidator(_bot_name)]
Topic = Annotated[str, AfterValidator(_topic)]
OptionalTopic = Annotated[str, AfterValidator(lambda name: name and _topic(name))]
Addresses = Annotated[str, AfterValidator(_addresses)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
