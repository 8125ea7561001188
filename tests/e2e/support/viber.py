"""Viber as the simulator plays it: one process for the run, one bot for each test.

A bot's name and token are its own, so tests do not meet, though they share the log.
Users' acts and what went over the wire come from the simulator's control API.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.e2e.support.child import Child
from tests.e2e.support.web import get, request, send_json

Json = dict[str, Any]

# Viber repeats a callback after 10, 60, 300 s ...; here after 0.1, 0.6, 3 s ...
HURRY: Final = ("--time-scale", "0.01", "--log-limit", "1000000")
_WRITERS: Final = 16
_PAGE: Final = 10_000


class Simulator(Child):
    """The process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(["simulator", "--port", "0", *HURRY], {}, folder)
        self.url = self.wait_for_words("\n").split()[-1]

    def open_bot(self) -> "Viber":
        """Open an account of its own."""
        return _open(self.url, f"bot-{uuid.uuid4().hex[:8]}")


class Viber:
    """One bot's side of Viber."""

    def __init__(self, url: str, bot: str, token: str) -> None:
        self.bot = bot
        self.token = token
        self.api_url = f"{url}/pa"
        self._url = url
        self._sim = f"{url}/sim"
        self._faults: list[int] = []
        self._seen_before = self._newest()

    def sign(self, body: bytes) -> str:
        """Sign a callback's body."""
        return hmac.new(self.token.encode(), body, hashlib.sha256).hexdigest()

    def set_webhook(self, url: str, events: Sequence[str] = ()) -> None:
        """Say where callbacks go, and which besides those that always come."""
        content = {"url": url, "event_types": list(events), "send_name": True}
        answer = self._ask("set_webhook", content)
        assert answer["status"] == 0, answer

    def leave(self) -> None:
        """End the faults, and let callbacks go nowhere."""
        self.behave()
        self._ask("set_webhook", {"url": ""})

    def forget(self) -> None:
        """Let everything so far be in no account."""
        request("DELETE", f"{self._sim}/log")
        self._seen_before = self._newest()

    def renew_token(self) -> "Viber":
        """Open the same account anew, with another token."""
        return _open(self._url, self.bot)

    def add_users(self, count: int) -> list[str]:
        """Make subscribed users; return their ids."""
        content = {"count": count, "bot": self.bot, "subscribed": True}
        ids: list[str] = send_json(f"{self._sim}/users/batch", content).json()["ids"]
        return ids

    def add_user(self, name: str) -> str:
        """Make one subscribed user with a name; return the id."""
        content = {"bot": self.bot, "subscribed": True, "name": name}
        user: str = send_json(f"{self._sim}/users", content).json()["id"]
        return user

    def add_guest(self) -> str:
        """Make a user who has not met the bot yet; return the id."""
        content = {"bot": self.bot, "subscribed": False}
        guest: str = send_json(f"{self._sim}/users", content).json()["id"]
        return guest

    def act(self, user: str, verb: str, content: Json | None = None) -> Json:
        """Let a user do something: open, subscribe, unsubscribe, messages, ..."""
        url = f"{self._sim}/users/{quote(user, safe='')}/{verb}?bot={self.bot}"
        answer: Json = send_json(url, content or {}).json()
        return answer

    def write(self, user: str, text: str) -> None:
        """Let a user write."""
        self.act(user, "messages", {"text": text})

    @contextmanager
    def writing(self, users: Sequence[str], count: int) -> Iterator[None]:
        """Let users write at once, `count` texts each, while the body runs."""
        with ThreadPoolExecutor(_WRITERS) as pool:
            written = [pool.submit(self._write_many, user, count) for user in users]
            yield
        for each in written:
            each.result()

    def chat(self, user: str) -> list[Json]:
        """What a user sees, oldest first."""
        url = f"{self._sim}/users/{quote(user, safe='')}/chat?bot={self.bot}"
        bubbles: list[Json] = get(url).json()
        return bubbles

    def texts(self, user: str) -> list[str]:
        """The texts that a user has got."""
        chat = self.chat(user)
        return [b["message"]["text"] for b in chat if b["direction"] == "out"]

    def misbehave(self, kind: str, **members: object) -> int:
        """Put a fault in force for this bot; return its number."""
        content = {"kind": kind, "bot": self.bot, **members}
        number: int = send_json(f"{self._sim}/faults", content).json()["id"]
        self._faults.append(number)
        return number

    def change(self, **members: object) -> None:
        """Let Viber look at the bot otherwise: `standing`, `balance`, ..."""
        send_json(f"{self._sim}/bots/{self.bot}", members, "PATCH").json()

    def times_struck(self, fault: int) -> int:
        """How often a fault has struck."""
        struck: int = get(f"{self._sim}/faults/{fault}").json()["struck"]
        return struck

    def behave(self) -> None:
        """End the faults."""
        while self._faults:
            request("DELETE", f"{self._sim}/faults/{self._faults.pop()}")

    def calls(self, method: str = "send_message") -> list[Json]:
        """Calls of the API by this bot, in the order in which Viber decided them."""
        return [call for call in self._log("api") if call["method"] == method]

    def callbacks(self) -> list[Json]:
        """Attempts of this bot's callbacks, but for the check of the webhook."""
        return [each for each in self._log("callback") if each["event"] != "webhook"]

    def count_answered(self) -> int:
        """How many callbacks have been answered with 200, each counted once."""
        answers = self.callbacks()
        return len({each["body"] for each in answers if each["http_status"] == 200})

    def _ask(self, method: str, content: Json) -> Json:
        token = {"X-Viber-Auth-Token": self.token}
        body = json.dumps(content).encode()
        answer: Json = request("POST", f"{self.api_url}/{method}", body, token).json()
        return answer

    def _write_many(self, user: str, count: int) -> None:
        for number in range(count):
            self.write(user, f"text {number}")

    def _newest(self) -> int:
        newest: int = get(f"{self._sim}/log?limit=1").json()["newest"]
        return newest

    def _log(self, kind: str) -> list[Json]:
        entries: list[Json] = []
        after, newest = self._seen_before, self._newest()
        while after < newest:
            url = f"{self._sim}/log?kind={kind}&after={after}&limit={_PAGE}"
            page = get(url).json()
            entries += page["entries"]
            after = page["last"] if page["entries"] else newest
        return [entry for entry in entries if entry["bot"] == self.bot]


def _open(url: str, bot: str) -> Viber:
    token = "-".join(uuid.uuid4().hex[:16] for _ in range(3))
    send_json(f"{url}/sim/bots", {"name": bot, "token": token}).json()
    viber = Viber(url, bot, token)
    # Viber sends nothing for a bot without a webhook; this one takes everything.
    viber.set_webhook(f"{viber.api_url}/get_account_info")
    return viber
