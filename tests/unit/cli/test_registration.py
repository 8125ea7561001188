"""What Viber shall know of a bot, and what differs from it."""

import json
from typing import Any

import pytest

from gateway.bots import Bot
from gateway.cli.registration import CHOSEN, Registration, registration
from gateway.core.errors import SettingsError
from gateway.settings import ViberSettings
from tests.unit.cli.configured import SHOP

URL = "https://gw.example/webhooks/shop"
# Both lists seen live for a webhook that was set without event_types (viber.md 2.1).
OLDER = ["subscribed", "unsubscribed", "conversation_started", "delivered", "failed"]
OLDER += ["message", "seen"]
NEWER = [*OLDER, "webhook", "client_status", "action"]


@pytest.mark.parametrize("base", ["https://gw.example", "https://gw.example/"])
def test_the_url_is_the_public_base_and_the_bots_path(base: str) -> None:
    """A slash at its end makes no second one."""
    wanted = registration(ViberSettings(webhook_url=base), SHOP)

    assert wanted == Registration(URL, None)


def test_a_missing_base_is_a_fault_of_the_settings() -> None:
    """The setting is named."""
    with pytest.raises(SettingsError, match=r"VIBER_WEBHOOK_URL: is required here"):
        registration(ViberSettings(), SHOP)


@pytest.mark.parametrize(
    ("event_types", "names", "expected"),
    [
        (None, True, {"send_name": True, "send_photo": True}),
        ((), False, {"event_types": [], "send_name": False, "send_photo": False}),
        (
            ("seen",),
            True,
            {"event_types": ["seen"], "send_name": True, "send_photo": True},
        ),
    ],
    ids=["all", "mandatory-only", "one"],
)
def test_the_request_holds_what_was_chosen(
    event_types: tuple[str, ...] | None,
    names: bool,  # noqa: FBT001  a case of the table
    expected: dict[str, Any],
) -> None:
    """Without event_types all come; an empty list means the mandatory ones only."""
    body = json.loads(Registration(URL, event_types).request(names=names))

    assert body == {"url": URL, **expected}


@pytest.mark.parametrize(
    ("event_types", "known"),
    [
        (None, OLDER),
        (None, NEWER),
        (("delivered", "subscribed"), ["subscribed", "message", "delivered"]),
        ((), ["message", "webhook"]),
        (("seen",), None),
    ],
)
def test_what_cannot_be_chosen_is_no_difference(
    event_types: tuple[str, ...] | None, known: list[str] | None
) -> None:
    """Mandatory kinds, kinds from later years, and a list that Viber leaves out."""
    account = {"webhook": URL} | ({} if known is None else {"event_types": known})

    assert list(Registration(URL, event_types).differences(account)) == []


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"webhook": ""}, [f"the webhook is none, not {URL}"]),
        ({}, [f"the webhook is none, not {URL}"]),
        (
            {"webhook": "https://old.example", "event_types": ["seen"]},
            [f"the webhook is https://old.example, not {URL}"],
        ),
        (
            {"webhook": URL, "event_types": ["delivered"]},
            ["delivered comes", "seen does not come"],
        ),
    ],
)
def test_each_difference_is_told(account: dict[str, Any], expected: list[str]) -> None:
    """One line for the URL, one for each kind of event."""
    assert list(Registration(URL, ("seen",)).differences(account)) == expected


def test_what_is_set_leaves_no_difference() -> None:
    """Else reconcile would set the webhook again and again."""
    for chosen in (None, (), CHOSEN[:2], CHOSEN):
        bot = Bot("shop", "token", event_types=chosen)
        wanted = registration(ViberSettings(webhook_url="https://gw.example"), bot)
        said = json.loads(wanted.request(names=True))
        account = {
            "webhook": said["url"],
            "event_types": said.get("event_types", NEWER),
        }

        assert list(wanted.differences(account)) == []
