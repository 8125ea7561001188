"""What the control API takes.

Unknown members are refused, so that a misspelt one is not silently ignored.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.accounts import Bot, Broadcasting, Grants, Range, Standing, User
from simulator.clock import Clock
from simulator.faults import Delay, Fault, Kind

MS = 1000
Seconds = Annotated[float, Field(ge=0)]


class Strict(BaseModel):
    """A body without unknown members."""

    model_config = ConfigDict(extra="forbid")


class BotChange(Strict):
    """What can be changed about a bot; members left out stay."""

    title: str | None = None
    standing: Standing | None = None
    broadcasting: Broadcasting | None = None
    inline: bool | None = None
    channel: bool | None = None
    payments: bool | None = None
    billable: bool | None = None
    free_messages: int | None = Field(None, ge=0)
    balance: int | None = Field(None, ge=0)
    unsupported_countries: list[str] | None = None
    welcome_by_send: bool | None = None

    def apply(self, bot: Bot) -> None:
        """Change a bot."""
        for name in self.model_fields_set & set(Grants.__dataclass_fields__):
            value = getattr(self, name)
            if name == "unsupported_countries":
                value = frozenset(value or ())
            setattr(bot.grants, name, value)
        if self.title is not None:
            bot.title = self.title


class NewBot(BotChange):
    """A bot to open."""

    name: str = Field(min_length=1)
    token: str = Field(min_length=1)


class UserChange(Strict):
    """What can be changed about a user; members left out stay.

    ``delivers_after`` and ``sees_after`` are seconds, or the two ends of a range.
    """

    name: str | None = None
    language: str | None = None
    country: str | None = None
    api_version: int | None = None
    avatar: str | None = None
    phone: str | None = None
    devices: int | None = Field(None, ge=0)
    online: bool | None = None
    private: bool | None = None
    hidden: bool | None = None
    subscribed: bool | None = None
    delivers_after: Seconds | tuple[Seconds, Seconds] | None = None
    sees_after: Seconds | tuple[Seconds, Seconds] | None = None

    def apply(self, user: User) -> None:
        """Change a user, except for being online, which has consequences."""
        for name in self.model_fields_set & set(User.__dataclass_fields__):
            value = getattr(self, name)
            if name in {"delivers_after", "sees_after"}:
                value = _range(value)
            if name not in {"id", "online"} and (value is not None or name in NULLABLE):
                setattr(user, name, value)


NULLABLE = frozenset({"avatar", "sees_after"})


class NewUser(UserChange):
    """A user to make; without an id one is drawn."""

    id: str | None = Field(None, min_length=1)
    bot: str | None = None


class NewUsers(UserChange):
    """Many users alike; ``name`` is followed by a number."""

    count: int = Field(ge=1, le=1_000_000)
    bot: str | None = None


class Writing(Strict):
    """What a user writes: plain text, or a message as it stands on the wire."""

    text: str | None = None
    message: dict[str, Any] | None = None
    silent: bool = False

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.text is None) == (self.message is None):
            raise ValueError("either text or message")
        return self

    @property
    def content(self) -> dict[str, Any]:
        """The message."""
        if self.message is not None:
            return self.message
        return {"text": self.text, "type": "text"}


class WritingBy(Writing):
    """The same, with who writes: id or name."""

    user: str
    bot: str | None = None


class WritingByMany(Strict):
    """Many texts, by the subscribers and strangers of a bot in turn.

    ``{n}`` in the text counts from 1.
    """

    text: str = "{n}"
    count: int = Field(ge=1, le=1_000_000)
    bot: str | None = None


class RawCallback(Strict):
    """A callback of any content: unknown events, broken JSON, odd encodings.

    ``raw`` is sent as it is, in UTF-8, and signed rightly.
    """

    raw: str
    user: str | None = None
    bot: str | None = None


class Opening(Strict):
    """How a user opens the chat; the context comes from a deep link."""

    context: str | None = None


class Pressing(Strict):
    """Which button a user presses.

    ``button`` counts from 0 or is the Text or ActionBody of one.  It stands on the
    user's keyboard, or in the rich media message of that token.
    """

    button: int | str
    message_token: str | None = None
    latitude: float = Field(50.4501, ge=-90, le=90)
    longitude: float = Field(30.5234, ge=-180, le=180)
    desktop: bool = False


class Payment(Strict):
    """The state of a payment, as it stands in ``client_status``."""

    code: int = 0
    supported_psps: list[str] = ["IPay.ua", "LiqPay", "Portmone"]
    tracking_data: str | None = None


class Shift(Strict):
    """How far to move the simulator's clock, beyond where it is."""

    advance_seconds: float = Field(ge=0)


class Spread(Strict):
    """A delay around a mean, normally distributed, never below 0."""

    mean: float = Field(ge=0)
    deviation: float = Field(0, ge=0)


class NewFault(Strict):
    """A fault to put in force; see ``simulator.faults`` for the members.

    ``delay_ms`` is a number, two bounds, or a mean with a deviation.  ``from_seconds``
    and ``until_seconds`` count from now.  ``method`` and ``event`` are the same
    member, for API calls and for callbacks.
    """

    kind: Kind
    bot: str | None = None
    method: str | None = None
    event: str | None = None
    receiver: str | None = None
    probability: float = Field(1.0, ge=0, le=1)
    every: int = Field(1, ge=1)
    count: int | None = Field(None, ge=1)
    from_seconds: float = Field(0, ge=0)
    until_seconds: float | None = Field(None, ge=0)
    status: int = 1
    code: int = Field(503, ge=100, le=599)
    retry_after: str | int | None = None
    delay_ms: Seconds | tuple[Seconds, Seconds] | Spread = 0
    accept: bool | None = None
    members: list[str] = []

    def fault(self, clock: Clock, receiver: str | None) -> Fault:
        """Return the fault; ``receiver`` is the id of the one that was named."""
        now = clock.now_ms()
        ends = self.until_seconds
        return Fault(
            kind=self.kind,
            bot=self.bot,
            name=self.method or self.event,
            receiver=receiver,
            probability=self.probability,
            every=self.every,
            count=self.count,
            starts=now + round(self.from_seconds * MS),
            ends=None if ends is None else now + round(ends * MS),
            status=self.status,
            code=self.code,
            retry_after=None if self.retry_after is None else str(self.retry_after),
            delay=_delay(self.delay_ms),
            accept=self.accept,
            members=tuple(self.members),
        )


def _range(value: float | tuple[float, float] | None) -> Range | None:
    if value is None:
        return None
    return value if isinstance(value, tuple) else (value, value)


def _delay(value: float | tuple[float, float] | Spread) -> Delay:
    if isinstance(value, Spread):
        return Delay(mean=value.mean, deviation=value.deviation)
    low, high = value if isinstance(value, tuple) else (value, value)
    return Delay(low, high)
