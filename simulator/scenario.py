"""A scenario: bots, users, faults and who does what when, from a YAML file.

::

    seed: 7
    bots:
      - {name: shop, token: 0fixture0token00-0fixture0token01-0fixture0token02}
    users:
      - {name: Anna, sees_after: [1, 3]}
      - {name: Guest, count: 100, delivers_after: 0.2}
    faults:
      - {kind: http, code: 503, from_seconds: 10, until_seconds: 20}
    steps:
      - {at: 1, user: Anna, open: {context: flyer}}
      - {at: 2, user: Anna, text: Hello}
      - {at: 3, every: 0.5, times: 100, user: "Guest *", text: "Message {n}"}

Times are seconds from the moment when a webhook is first set (before that Viber has
nobody to call).  A user is an id, a name or a pattern of names; of a pattern each time
another one acts, drawn by the seed.  The members of bots, users and faults are those
of the control API.
"""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from simulator.control.models import (
    NewBot,
    NewFault,
    NewUser,
    NewUsers,
    Opening,
    Seconds,
    Strict,
    Writing,
)

ACTS = (
    "text",
    "message",
    "open",
    "subscribe",
    "unsubscribe",
    "seen",
    "press",
    "online",
)


class ScenarioError(ValueError):
    """The file cannot be read, or says something that is not understood."""


class Step(Strict):
    """One act, or one repeated.

    Exactly one of the members from ``text`` on says what the user does.  ``{n}`` in
    ``text`` counts the repetitions from 1.
    """

    user: str
    bot: str | None = None
    at: Seconds = 0
    every: float | None = Field(None, gt=0)
    times: int = Field(1, ge=1)
    text: str | None = None
    message: dict[str, Any] | None = None
    open: Opening | None = None
    subscribe: bool = False
    unsubscribe: bool = False
    seen: bool = False
    press: int | str | None = None
    online: bool | None = None

    @model_validator(mode="after")
    def _is_one_act(self) -> Self:
        acts = [name for name in ACTS if name in self.model_fields_set]
        if len(acts) != 1:
            raise ValueError(f"a step does one of {', '.join(ACTS)}")
        if self.times > 1 and self.every is None:
            raise ValueError("times needs every")
        return self

    @property
    def act(self) -> str:
        """Which of the acts it is."""
        return next(name for name in ACTS if name in self.model_fields_set)

    def writing(self, number: int) -> Writing:
        """Return what is written the n-th time."""
        if self.text is None:
            return Writing(message=self.message)
        return Writing(text=self.text.replace("{n}", str(number)))


class Scenario(Strict):
    """A whole scenario; ``seed`` overrides that of the command line."""

    seed: int | None = None
    bots: tuple[NewBot, ...] = ()
    users: tuple[NewUsers | NewUser, ...] = ()
    faults: tuple[NewFault, ...] = ()
    steps: tuple[Step, ...] = ()


def read(path: Path) -> Scenario:
    """Return the scenario of a file.

    Raises:
        ScenarioError: with one line that says where and what.
    """
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(f"{path}: {where}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: {' '.join(str(error).split())}") from None
