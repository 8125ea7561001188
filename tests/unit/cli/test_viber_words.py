"""What Viber says, in plain words."""

import json
from pathlib import Path

import pytest

from gateway.cli.viber_words import explain, explain_code
from gateway.core.answer import (
    Answer,
    FailureKind,
    Reply,
    TransportFailure,
    read_answer,
)

RESPONSES = Path(__file__).parents[2] / "fixtures" / "viber" / "responses"
URL = "https://gw.example/webhooks/shop"


def java(
    error: str, path: str = "/webhooks/shop", answered: str = "null 0 null"
) -> str:
    """Return a text of the form that was seen live."""
    request = f"HttpRequest[POST {path} HTTP/1.1]@351848d8"
    return f"Result[{request} > HttpResponse[{answered}]@20d79eb3] {error}"


def refused(text: str | None, url: str = URL) -> str:
    """Explain an answer of status 1 with this text."""
    return explain(Answer(http_status=200, status=1, status_message=text), url)


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("set_webhook_bad_status", "the URL answers 503"),
        ("set_webhook_refused", "nothing listens there"),
        ("set_webhook_tls", "does not accept the certificate"),
        ("set_webhook_invalid_no_message", "it says no more"),
        ("invalid_auth_token", "does not know this token"),
    ],
)
def test_each_answer_seen_live_is_explained(fixture: str, words: str) -> None:
    """The fixtures hold what Viber was seen to answer."""
    body = (RESPONSES / f"{fixture}.json").read_bytes()

    assert words in explain(read_answer(Reply(200, body), is_query=True), URL)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("java.net.UnknownHostException: gw.example", "public DNS"),
        ("java.net.ConnectException: Connection refused", "nothing listens there"),
        ("javax.net.ssl.SSLHandshakeException: General SSLEngine problem", "whole cha"),
        ("sun.security.validator.ValidatorException: PKIX path building", "whole cha"),
        ("java.net.SocketTimeoutException: Read timed out", "within about 5 seconds"),
        ("java.net.ConnectException: Connection timed out", "within about 5 seconds"),
        ("java.net.SocketException: Connection reset", "broke off"),
        ("java.net.NoRouteToHostException: No route to host", "is it a public one"),
        ("null", "cannot verify the URL"),
    ],
)
def test_each_java_error_has_a_meaning_and_stays_readable(
    error: str, words: str
) -> None:
    """The words come first, Viber's own text is kept for whoever knows better."""
    said = refused(java(error))

    assert words in said
    assert error in said


@pytest.mark.parametrize("bot", ["ssl-timeout", "closed", "unknownhost"])
def test_the_path_of_the_url_is_not_taken_for_an_error(bot: str) -> None:
    """A bot may have any name."""
    said = refused(java("java.net.ConnectException: Connection refused", f"/w/{bot}"))

    assert "nothing listens there" in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (301, "redirects are not followed"),
        (403, "another token"),
        (404, "does not know the bot"),
        (419, "only 200 will do"),
        (204, "only 200 will do"),
        (503, "Kafka"),
    ],
)
def test_a_code_other_than_200_says_what_answered_it(code: int, words: str) -> None:
    """Both in Viber's text and in our own rehearsal."""
    said = refused(java("null", answered=f"HTTP/1.1 {code} some phrase"))

    assert said == explain_code(code)
    assert words in said


def test_an_http_url_is_refused_for_being_one() -> None:
    """Viber's text does not tell."""
    assert "takes only https" in refused("invalidUrl", "http://gw.example/w")


def test_an_unknown_status_is_told_as_it_is() -> None:
    """Nothing is made up for what nobody has described."""
    answer = Answer(http_status=200, status=77, status_message="odd")

    assert explain(answer) == "Viber answers HTTP 200, Viber status 77: odd"


@pytest.mark.parametrize("kind", FailureKind)
def test_a_call_without_an_answer_says_why(kind: FailureKind) -> None:
    """Every kind has its words, and the detail follows."""
    said = explain(Answer(failure=TransportFailure(kind, "some detail")))

    assert said.startswith("Viber is not reached: ")
    assert said.endswith("(some detail)")


def test_no_two_fixtures_of_set_webhook_are_left_out() -> None:
    """A new fixture of a refusal wants an explanation."""
    refusals = {
        path.stem
        for path in RESPONSES.glob("set_webhook_*.json")
        if json.loads(path.read_bytes())["status"]
    }

    assert refusals == {
        "set_webhook_bad_status",
        "set_webhook_invalid_no_message",
        "set_webhook_refused",
        "set_webhook_tls",
    }
