"""The product: `python -m gateway run`, one process or several of one installation."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.e2e.support.child import Child
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import Answer, get, request

Json = dict[str, Any]
Settings = Mapping[str, str]

# Free ports, short waits, and no limit that a test does not ask for.
IMPATIENT: Final[Settings] = {
    "HTTP_HOST": "127.0.0.1",
    "HTTP_PORT": "0",
    "HTTP_DRAIN_SECONDS": "0.1",
    "MANAGEMENT_HOST": "127.0.0.1",
    "MANAGEMENT_PORT": "0",
    "KAFKA_SESSION_TIMEOUT_SECONDS": "6",
    "SENDER_BACKOFF_INITIAL_SECONDS": "0.02",
    "SENDER_BACKOFF_MAX_SECONDS": "1",
    "SENDER_RATE_LIMIT_PER_SECOND": "100000",
}
JSON: Final = re.compile(r"\{.*\}")
CONSOLE: Final = re.compile(r"(\S+) \[(\w+) *\] (\w+) *(.*)")
MEMBER: Final = re.compile(r"(\w+)=('[^']*'|\S+)")
SIGNATURE: Final = "X-Viber-Content-Signature"


class Gateway(Child):
    """One process of the gateway."""

    def __init__(self, role: str, settings: Settings, folder: Path) -> None:
        super().__init__(["gateway", "run", "--role", role], settings, folder)
        self.role = role
        self.settings = settings
        self._excused: set[str] = set()

    @property
    def log(self) -> list[Json]:
        """What it has logged; a line in no form of ours, as of a traceback, fails."""
        whole = self.complaints.rpartition("\n")[0].splitlines()
        is_console = self.settings.get("LOG_FORMAT") == "console"
        form = CONSOLE if is_console else JSON
        strange = [line for line in whole if not form.fullmatch(line)]
        assert strange == [], f"{self.name} complains:\n{self.complaints}"
        return [_console(line) if is_console else json.loads(line) for line in whole]

    def logged(self, event: str, **members: object) -> list[Json]:
        """Find log lines by event and members."""
        wanted = {"event": event, **members}.items()
        return [line for line in self.log if wanted <= _flat(line).items()]

    def wait_for_log(self, event: str, **members: object) -> Json:
        """Wait until it has logged something; return the last such line."""
        what = f"{self.name} logs {event} {members or ''}"
        return wait_for(what, lambda: self._living().logged(event, **members))[-1]

    def wait_until_ready(self) -> None:
        """Wait until traffic is welcome."""
        self.wait_for_probe("readyz", 200)

    def wait_for_probe(self, name: str, status: int) -> None:
        """Wait until a probe answers so."""
        what = f"{name} of {self.name} answers {status}"
        wait_for(what, lambda: self._living().probe(name).status == status)

    def probe(self, name: str) -> Answer:
        """Ask the management port."""
        return get(f"{self.url('management')}/{name}")

    def health(self) -> Json:
        """What it tells people about itself."""
        told: Json = self.probe("health").json()
        return told

    def url(self, port: str = "public") -> str:
        """Where one of its ports listens, as it says itself."""
        return str(self.wait_for_log("listening", port=port)["url"])

    def webhook(self, viber: Viber) -> str:
        """Where a bot's callbacks go."""
        return f"{self.url()}/webhooks/{viber.bot}"

    def call_back(
        self, viber: Viber, body: bytes, signed_by: Viber | None = None
    ) -> Answer:
        """Post a callback to a bot, signed with its token or with another's."""
        headers = {SIGNATURE: (signed_by or viber).sign(body)}
        return request("POST", self.webhook(viber), body, headers)

    def excuse(self, event: str) -> None:
        """Expect an event to be logged as an error."""
        self._excused.add(event)

    @property
    def mishaps(self) -> list[Json]:
        """What it has logged as an error, and no test expects."""
        errors = [line for line in self.log if line["level"] in {"error", "critical"}]
        return [line for line in errors if line["event"] not in self._excused]

    def _living(self) -> Self:
        assert self.is_running, f"{self.name} has ended:\n{self.complaints}"
        return self


class Gateways:
    """The processes of one installation: same Kafka, same topics, same bots.

    Leaving the `with` ends them all, and fails when one has logged an error: what
    befalls the gateway from outside is a warning at most, unless somebody must act.

    Args:
        topics: What they read and write.
        viber: The bot's side of Viber.
        folder: Where each gets a folder of its own.
    """

    def __init__(self, topics: Topics, viber: Viber, folder: Path) -> None:
        self._common = {
            **IMPATIENT,
            **topics.settings,
            "VIBER_API_URL": viber.api_url,
            "VIBER_BOT": viber.bot,
            "VIBER_AUTH_TOKEN": viber.token,
            "VIBER_SENDER_NAME": "Echo",
        }
        self._folder = folder
        self._started: list[Gateway] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._started:
            process.close()
        if error is None:
            assert [
                process.mishaps for process in self._started if process.mishaps
            ] == []

    def launch(self, role: str = "all", settings: Settings = IMPATIENT) -> Gateway:
        """Start a process; an empty value takes a common setting away."""
        number = len(self._started) + 1
        folder = self._folder / f"gateway-{number}-{role}"
        merged = {k: v for k, v in {**self._common, **settings}.items() if v}
        process = Gateway(role, merged, folder)
        self._started.append(process)
        return process

    def start(self, role: str = "all", settings: Settings = IMPATIENT) -> Gateway:
        """Start a process and wait until it is ready."""
        process = self.launch(role, settings)
        process.wait_until_ready()
        return process

    def restart(self, old: Gateway) -> Gateway:
        """Start one like an old one that has ended."""
        return self.start(old.role, old.settings)


def _console(line: str) -> Json:
    """Read a line for people; every value stays text."""
    found = CONSOLE.fullmatch(line)
    assert found is not None
    _, level, event, members = found.groups()
    return {"level": level, "event": event, **dict(MEMBER.findall(members))}


def _flat(line: Json) -> dict[str, str | int | float | bool | None]:
    """Leave out what is no plain value, and so cannot be compared as a set."""
    return {k: v for k, v in line.items() if not isinstance(v, list | dict)}
