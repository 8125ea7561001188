"""A whole conversation: user, Viber, gateway, Kafka, bot, and back."""

import pytest

from tests.e2e.support.child import Child
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = [
    # The bot's group is the same in every test, which the mock cluster cannot do;
    # there `test_dev` has a conversation.
    pytest.mark.real_kafka,
    pytest.mark.timeout(60),
]


@pytest.mark.usefixtures("echo_bot")
@pytest.mark.parametrize("roles", [("all",), ("receiver", "sender")], ids="+".join)
def test_a_user_writes_and_sees_the_bots_answer(
    roles: tuple[str, ...], gateways: Gateways, viber: Viber
) -> None:
    """It makes no difference whether one process does it all or two share the work."""
    receiver, *_ = [gateways.start(role) for role in roles]
    viber.set_webhook(receiver.webhook(viber))
    (user,) = viber.add_users(1)

    viber.write(user, "Привіт!")

    wait_for("the answer", lambda: viber.texts(user) == ["Привіт!"])


def test_the_bot_answers_in_the_order_in_which_the_user_wrote(
    gateways: Gateways, viber: Viber, echo_bot: Child
) -> None:
    """Per user, order is kept all the way around."""
    viber.set_webhook(gateways.start().webhook(viber))
    (user,) = viber.add_users(1)
    words = [f"number {number}" for number in range(30)]

    for each in words:
        viber.write(user, each)

    wait_for("30 answers", lambda: len(viber.texts(user)) >= len(words))
    assert viber.texts(user) == words
    assert echo_bot.is_running
