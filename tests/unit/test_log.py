"""Logs: one line per change of state, of our own and of the libraries."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway import log as logs
from gateway.settings import LogSettings

USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
HASHED = "sha256:eb0d13a173bf6c3a"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo what `configure` does to the whole process."""
    names = ["", "gateway", *logs.QUIETER]
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = logging.getLogger().handlers
    yield
    logging.getLogger().handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what stands on standard error; standard output stays for answers."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def own_logger() -> logs.Log:
    """Return a logger of ours that no other test has used."""
    return logs.get_logger("gateway.test")


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """What happened, how bad it is, when, and what it is about."""
    logs.configure(LogSettings())

    own_logger().warning("bots_refused", error="line one\nline two")

    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "bots_refused",
        "level": "warning",
        "error": "line one\nline two",
    }


def test_a_user_s_id_is_hashed(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines about one user can be matched, and nobody knows who it is."""
    logs.configure(LogSettings())

    own_logger().info("parked", user=USER, bot="shop")

    (line,) = lines(capsys)
    assert (line["user"], line["bot"]) == (HASHED, "shop")


def test_a_user_s_id_is_shown_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    """Where `LOG_USER_IDS` says so."""
    logs.configure(LogSettings(user_ids=True))

    own_logger().info("parked", user=USER)

    assert lines(capsys)[0]["user"] == USER


@pytest.mark.parametrize("user", ["", None, 7, "\u00e9"])
def test_any_user_can_be_hashed(user: object) -> None:
    """A line is never lost because of what it is about."""
    event = logs.hash_user({"user": user})

    assert str(event["user"]).startswith("sha256:")
    assert len(event["user"]) == len(HASHED)


def test_a_line_about_nobody_stays_as_it_is() -> None:
    """No field is added."""
    assert logs.hash_user({"bot": "shop"}) == {"bot": "shop"}


def test_the_libraries_lines_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """One format for whoever collects them."""
    logs.configure(LogSettings())

    logging.getLogger("asyncio").warning("slow %s", "callback")

    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("slow callback", "warning")


def test_a_bug_is_logged_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With its traceback in a field."""
    logs.configure(LogSettings())

    try:
        int("seven")
    except ValueError:
        own_logger().exception("internal_error", command_id="c-1")

    (line,) = lines(capsys)
    assert line["command_id"] == "c-1"
    assert "ValueError: invalid literal" in line["exception"]


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_what_is_less_severe_is_left_out(
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"],
    heard: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From the level on that is set."""
    logs.configure(LogSettings(level=level))

    for name in ("debug", "info", "warning", "error"):
        getattr(own_logger(), name)("said")

    assert [line["level"] for line in lines(capsys)] == heard


def test_the_libraries_debugging_is_never_heard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It may hold headers and records; `LOG_LEVEL=DEBUG` is about our own lines."""
    logs.configure(LogSettings(level="DEBUG"))

    logging.getLogger("asyncio").debug("secret")

    assert lines(capsys) == []


@pytest.mark.parametrize("library", ["aiokafka", "aiokafka.conn"])
def test_the_client_library_s_complaints_are_left_to_us(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It complains several times a second; we report the change of state."""
    logs.configure(LogSettings())

    logging.getLogger(library).error("Unable to connect")

    assert lines(capsys) == []


def test_what_anybody_may_send_makes_no_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A trace's headers come before the signature is looked at."""
    logs.configure(LogSettings())
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"

    for headers in (
        {"traceparent": "x" * 600},
        {"traceparent": traceparent, "tracestate": "x" * 600},
        {"traceparent": traceparent, "tracestate": "a=1,a=2"},
    ):
        TraceContextTextMapPropagator().extract(headers)

    assert lines(capsys) == []


def test_on_a_console_lines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """In colour only on a terminal, which this is not."""
    logs.configure(LogSettings(format="console"))

    own_logger().info("listening", port="public")

    text = capsys.readouterr().err
    assert "listening" in text
    assert "port=public" in text
    assert "\x1b" not in text
    assert not sys.stderr.isatty()


def test_on_a_console_a_member_stays_in_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Words stand as they are, all else is quoted: nobody can forge a second line."""
    logs.configure(LogSettings(format="console"))

    own_logger().warning("commit_failed", error="one\ntwo", why="", topics=["a", "b"])

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("error='one\\ntwo' why='' topics=['a', 'b']")


def test_on_a_console_a_bug_keeps_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As Python writes it, below the line."""
    logs.configure(LogSettings(format="console"))

    try:
        int("seven")
    except ValueError:
        own_logger().exception("internal_error")

    first, second, *_, last = capsys.readouterr().err.splitlines()
    assert first.endswith("internal_error")
    assert second.startswith("Traceback")
    assert last.startswith("ValueError: invalid literal")


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_on_a_terminal_a_level_has_its_colour(level: str) -> None:
    """And the line holds the same words as without."""
    line = {"timestamp": "now", "level": level, "event": "stopped", "records": 3}

    plain = logs.for_people(dict(line))
    coloured = logs.for_people(dict(line), in_colour=True)

    assert plain == f"now [{level:<8}] stopped                        records=3"
    assert re.sub("\x1b\\[\\d+m", "", coloured) == plain != coloured


def test_what_json_has_no_word_for_is_told_anyway(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line is never lost because of what it is about."""
    logs.configure(LogSettings())

    own_logger().info("rebalanced", partitions={7})

    assert lines(capsys)[0]["partitions"] == "{7}"
