"""Tells where one command is: `GET /explain/{command_id}`.

It looks at what the sender holds in memory, and costs nothing until somebody asks.
A command that is not held has ended, is put off, is not read yet, or is another
replica's: where it stands in its topic tells which, so `viber-gateway explain` finds
that first and asks with it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.core.record import TopicPartition
from gateway.egress.activity import Activity, Wait
from gateway.egress.bot_lane import Condition
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.explanation import (
    Explanation,
    Reason,
    State,
    identity,
    of_ending,
    place,
    time_text,
)
from gateway.egress.lanes import Lanes
from gateway.egress.partition import Held, Partition, Spot
from gateway.egress.recent import Ended, Recent, Standing, standing

UNKNOWN_HERE = (
    "not held here: it is not read yet, put off, another replica's, or ended long ago;"
    " 'viber-gateway explain' finds out which"
)
NOT_OURS = "this sender does not read its partition"
LONG_ENDED = "ended: the group has gone on after it; the results topic tells how"
READ_AGAIN = "is being read again, since there is room for it now"
WAITS: Mapping[str, str] = {
    Wait.NOT_BEFORE: "held back by its ce_notbefore",
    Wait.BACKOFF: "waits before it is tried again",
    Wait.PARKED: "parked: its user must write first, or the next hour begin",
    Wait.CREDIT: "refused for want of credit; tried again when another one passes",
    Reason.PERMIT: "waits for a permit of its bot's rate",
    Reason.SLOT: "waits for a slot: as many calls as allowed are under way",
    Reason.CERTAINTY: "waits until it is certain that its partition is still ours",
    Condition.BRAKED: "its bot is braked: too many dead letters; a restart lets it go",
    Condition.HALTED: "its bot is halted: Viber refuses the bot itself",
    Condition.UNREACHABLE: "Viber is out of reach for its bot; probed until it answers",
    Condition.WITHOUT_CREDIT: "its bot has no credit: its commands go one by one",
}


class Explainer:
    """Answers for one sender.

    Args:
        dispatcher: Holds the commands.
        lanes: What holds back a bot.
        recent: The commands that ended last.
        ends: Tells where partitions end, as far as is known.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        lanes: Lanes,
        recent: Recent,
        ends: Callable[[Iterable[TopicPartition]], Mapping[TopicPartition, int]],
    ) -> None:
        self._dispatcher = dispatcher
        self._lanes = lanes
        self._recent = recent
        self._ends = ends

    def explain(self, command_id: str, at: Standing | None = None) -> Explanation:
        """Tell where a command is; `at` says where its record stands, if known."""
        held = self._dispatcher.find(
            lambda one: one.id == command_id and at in {None, standing(one.record)}
        )
        if held is not None:
            return self._of_held(held)
        ended = self._recent.find(
            lambda one: one.command_id == command_id and at in {None, one.at}
        )
        if ended is not None:
            return _of_ended(ended)
        if at is None:
            return Explanation(command_id, State.UNKNOWN, UNKNOWN_HERE)
        return self._of_place(command_id, at)

    def _of_held(self, held: Held) -> Explanation:
        known = identity(held.command)
        if held.ahead:
            behind = self._behind(held.first, held.ahead)
            return Explanation(state=State.WAITING, **known, **behind)
        waits = held.first.waits_for is not None
        state = State.WAITING if waits else State.IN_FLIGHT
        return Explanation(state=state, **known, **self._running(held.first))

    def _behind(self, first: Activity, ahead: int) -> dict[str, Any]:
        """Tell what goes before a command of the same key."""
        name, before = first.command.id, self._running(first)
        return {
            "waits_for": Reason.BEHIND,
            "behind": name,
            "ahead": ahead,
            "text": f"{ahead} of its key go before it; first {name}: {before['text']}",
        }

    def _running(self, activity: Activity) -> dict[str, Any]:
        """Tell what a command that runs is doing."""
        about: dict[str, Any] = {"text": "is being sent"}
        tried = activity.tried
        if tried is not None:
            about["attempts"] = tried.attempts
            about["expires_at"] = time_text(activity.expires_at)
            about["why"] = tried.last_answer and str(tried.last_answer)
        if activity.outcome is not None:
            about["outcome"] = activity.outcome
            about["text"] = f"{activity.outcome}; Kafka has yet to take its result"
        elif activity.waits_for is not None:
            about |= self._waiting(activity, activity.waits_for)
        return about

    def _waiting(self, activity: Activity, wait: Wait) -> dict[str, Any]:
        about: dict[str, Any] = {"waits_for": wait, "until": time_text(activity.until)}
        bot = activity.command.bot
        if wait is Wait.TURN and bot is not None:
            about |= self._turn(bot)
        text = WAITS[about["waits_for"]]
        if about["until"] is not None:
            text += f"; at the latest until {about['until']}"
        return {**about, "text": text}

    def _turn(self, bot: str) -> dict[str, Any]:
        """Tell what keeps a bot's commands from their turn."""
        lane = self._lanes.of(bot)
        if not lane.may_start():
            return {"waits_for": Reason.CERTAINTY}
        if lane.condition is not Condition.OPEN:
            return {"waits_for": lane.condition, "why": lane.why}
        return {"waits_for": Reason.SLOT if lane.permits >= 1 else Reason.PERMIT}

    def _of_place(self, command_id: str, at: Standing) -> Explanation:
        """Tell of a command of which nothing is known but where it stands."""
        return Explanation(command_id, **place(at), **self._look(at))

    def _look(self, at: Standing) -> dict[str, Any]:
        here = self._dispatcher.get(at.partition)
        if here is None:
            return {"state": State.UNKNOWN, "text": NOT_OURS}
        match here.look(at.offset):
            case Spot.ENDED:
                return {"state": State.ENDED, "text": LONG_ENDED}
            case Spot.UNREAD:
                return self._unread(here, at)
            case Spot.PUT_OFF:
                return self._put_off(here, at.offset)

    def _unread(self, here: Partition, at: Standing) -> dict[str, Any]:
        lag = at.offset - here.offsets.position
        end = self._ends([at.partition]).get(at.partition)
        until = "" if end is None else f", the topic ends at {end}"
        text = f"not read yet: {lag} records go before it{until}"
        return {"state": State.UNREAD, "lag": lag, "text": text}

    def _put_off(self, here: Partition, offset: int) -> dict[str, Any]:
        about = {"state": State.WAITING, "waits_for": Reason.PUT_OFF}
        found = here.deferral.find(offset)
        if found is None:
            return {**about, "text": READ_AGAIN}
        group, before = found
        first = None if group.key is None else here.running(group.key)
        if first is None:
            text = f"put off until there is room for its bot, {before} before it"
            return {**about, "ahead": before, "text": text}
        ahead = before + here.waiting(group.key) + 1
        return {**about, **self._behind(first, ahead), "waits_for": Reason.PUT_OFF}


def _of_ended(ended: Ended) -> Explanation:
    return Explanation(
        command_id=ended.command_id,
        state=State.ENDED,
        bot=ended.bot,
        method=ended.method,
        **place(ended.at),
        **of_ending(ended.ending),
    )
