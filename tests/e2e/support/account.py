"""What became of everything that was sent, from Viber's log and the topics alone.

Commands: sent is what stands in the outbound topic, by id and with the id as text;
what has no result is lost.  A command that Viber accepted twice is a duplicate.  Where
Viber's answer never came, it had to be sent again.  Else a crash is to blame, or what
is as good as one.  As many results as acceptances: it had ended, and the crash came
before the commit.  Fewer: the crash cut it off.
Callbacks: sent is what Viber wanted to tell; what was answered with 200 and is no
event is lost.  An event that stands twice was repeated by Viber, which saw no answer.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber

Json = dict[str, Any]

UNANSWERED: Final = "accepted by Viber, which did not say so"
CUT_OFF: Final = "cut off by a crash"
NOT_COMMITTED: Final = "ended, but not committed before a crash"
REPEATED: Final = "repeated by Viber, which saw no answer"
UNEXPLAINED: Final = "unexplained"
HTTP_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Account:
    """The balance of one flow.

    Attributes:
        attempts: Calls of the API, or posts of callbacks, whatever came of them.
        duplicates: How many more than one there were of each, by cause.
        lost: What ended nowhere.
        disorders: What came after a later one of its key; repeats do not count.
    """

    flow: str
    sent: int
    attempts: int
    accepted: int
    rejected: int
    dead_letters: int
    duplicates: Counter[str]
    lost: tuple[str, ...]
    disorders: tuple[str, ...]


def account_of_commands(topics: Topics, viber: Viber, crashes: int = 0) -> Account:
    """Settle the account of the messages that bots wanted sent."""
    sent = {r.header("ce_id"): r.key for r in topics.read(topics.outbound)}
    calls = viber.calls()
    accepted = [_text(call) for call in calls if call["accepted"]]
    unanswered = Counter(_text(call) for call in calls if _is_unanswered(call))
    results = [result.json for result in topics.read(topics.results)]
    ended = Counter(result["command_id"] for result in results)
    rejected = {r["command_id"] for r in results if r["outcome"] == "rejected"}
    return Account(
        flow="commands",
        sent=len(sent),
        attempts=len(calls),
        accepted=len(set(accepted)),
        rejected=len(rejected),
        dead_letters=topics.count(topics.dead_letters),
        duplicates=_repeated_commands(accepted, unanswered, ended, crashes),
        lost=tuple(name for name in sent if name not in ended),
        disorders=_overtaken(sent, accepted),
    )


def account_of_callbacks(topics: Topics, viber: Viber) -> Account:
    """Settle the account of what Viber wanted to tell."""
    attempts = viber.callbacks()
    tries = Counter(_name(attempt) for attempt in attempts)
    sent = {_name(attempt): attempt["user"] for attempt in attempts}
    answered = {_name(a) for a in attempts if a["http_status"] == 200}
    told = [_event_name(e.json, e.header("ce_subject")) for e in topics.events()]
    return Account(
        flow="callbacks",
        sent=len(sent),
        attempts=len(attempts),
        accepted=len(answered),
        rejected=len(sent) - len(answered),
        dead_letters=topics.count(topics.dead_letters),
        duplicates=_repeated_events(Counter(told), tries),
        lost=tuple(answered - set(told)),
        disorders=_overtaken(sent, told),
    )


def _text(call: Json) -> str:
    return str(json.loads(call["body"])["text"])


def _name(attempt: Json) -> str:
    return _event_name(json.loads(attempt["body"]), attempt["user"])


def _event_name(body: Json, user: str) -> str:
    return f"{body['event']}/{body['message_token']}/{user}"


def _is_unanswered(call: Json) -> bool:
    """Whether Viber took a message and did not say so."""
    return bool(call["accepted"]) and call["http_status"] != HTTP_OK


def _repeated_commands(
    accepted: Iterable[str], unanswered: Counter[str], ended: Counter[str], crashes: int
) -> Counter[str]:
    """Count by cause; no command is repeated more often than there were crashes."""
    causes: Counter[str] = Counter()
    for name, times in Counter(accepted).items():
        answered = max(times - unanswered[name], 1)
        cause = NOT_COMMITTED if ended[name] >= answered else CUT_OFF
        causes[UNANSWERED] += times - answered
        causes[cause if answered <= crashes + 1 else UNEXPLAINED] += answered - 1
    return +causes


def _repeated_events(told: Counter[str], tries: Counter[str]) -> Counter[str]:
    causes: Counter[str] = Counter()
    for name, times in told.items():
        causes[REPEATED if times <= tries[name] else UNEXPLAINED] += times - 1
    return +causes


def _overtaken(
    sent: Mapping[str, Hashable], happened: Iterable[str]
) -> tuple[str, ...]:
    """Name what came after a later one of its key; `sent` is in order per key."""
    place = {name: number for number, name in enumerate(sent)}
    furthest: dict[Hashable, int] = {}
    late = []
    for name in dict.fromkeys(happened):  # of repeats the first
        key = sent[name]
        if place[name] < furthest.get(key, -1):
            late.append(name)
        else:
            furthest[key] = place[name]
    return tuple(late)
