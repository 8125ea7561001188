"""What Viber says, in plain words, with what to do.

A webhook that Viber cannot verify is status 1 with a text of its Java client, or with
none; the table holds the texts seen live and those of the same classes.  First match
wins.  Sources: developers.viber.com, "REST Bot API", Setting a Webhook and Error
Codes; JDK names of exceptions.
"""

import re

from gateway.core.answer import Answer, FailureKind, TransportFailure

INVALID_URL = 1
WRONG_TOKEN = frozenset({2, 8})

ANSWERED = re.compile(r"HttpResponse\[HTTP/\S+ (\d{3})")

BAD_CERTIFICATE = (
    "Viber does not accept the certificate: it must name this host, be signed by an "
    "authority that Java trusts (so not by itself), and come with its whole chain"
)

# A part of the text -> what it means.
TEXTS = (
    (
        "UnknownHost|UnresolvedAddress",
        "Viber cannot find the host's name: is it in the public DNS?",
    ),
    ("SSL|CertPath|PKIX|Certificate|hostname", BAD_CERTIFICATE),
    (
        "timed out|Timeout",
        "the URL did not answer Viber within about 5 seconds",
    ),
    (
        "Connection refused|ConnectException",
        "nothing listens there, as seen from Viber: is the port open to the internet?",
    ),
    (
        "NoRouteToHost|Network is unreachable",
        "there is no way to that address, as seen from Viber: is it a public one?",
    ),
    (
        "Connection reset|SocketException|Premature|closed",
        "the connection broke off: something between Viber and the gateway closes it",
    ),
)

# What answered in place of the gateway, or why the gateway did not say 200.
CODES = {
    401: "something in front asks for a password",
    403: "the gateway has another token of this bot, or something in front forbids it",
    404: "the gateway there does not know the bot, or the path is not routed to it",
    405: "something in front does not let POST through",
    408: "the request did not arrive in time",
    413: "something in front takes only smaller requests",
    502: "something in front does not reach the gateway",
    503: "the gateway cannot write to Kafka now, or nothing is ready behind the URL",
    504: "something in front waits in vain for the gateway",
}
REDIRECTS = range(300, 400)

STATUSES = {
    2: "Viber does not know this token",
    3: "Viber finds the request malformed",
    7: "Viber has blocked this bot",
    8: "this token belongs to no bot any more",
    9: "Viber has suspended this bot",
    12: "too many requests; try again later",
}

FAILURES = {
    FailureKind.CONNECT: "no connection",
    FailureKind.NAME: "the host's name cannot be found",
    FailureKind.TLS: "the certificate is not accepted",
    FailureKind.TIMEOUT: "no answer in time",
    FailureKind.RESET: "the connection broke off",
    FailureKind.TOO_LARGE: "the answer is too large",
    FailureKind.UNREADABLE: "the answer cannot be read",
}


def explain(answer: Answer, url: str = "") -> str:
    """Say why Viber refused; `url` is the webhook that it was asked to set."""
    if answer.failure is not None:
        return f"Viber is not reached: {explain_failure(answer.failure)}"
    if answer.status == INVALID_URL:
        return _explain_url(answer.status_message or "", url)
    return STATUSES.get(answer.status or 0, f"Viber answers {answer}")


def explain_failure(failure: TransportFailure) -> str:
    """Say why there was no answer."""
    return f"{FAILURES[failure.kind]} ({failure.detail})"


def explain_code(code: int) -> str:
    """Say what an HTTP status other than 200 means for a webhook."""
    if code in REDIRECTS:
        meaning = "redirects are not followed: give the URL where they lead"
    else:
        meaning = CODES.get(code, "only 200 will do")
    return f"the URL answers {code}: {meaning}"


def _explain_url(text: str, url: str) -> str:
    if answered := ANSWERED.search(text):
        return explain_code(int(answered[1]))
    error = text.rpartition("] ")[2]  # what stands before it holds the URL's path
    meanings = (m for pattern, m in TEXTS if re.search(pattern, error, re.IGNORECASE))
    is_plain = url.startswith("http://")
    otherwise = "Viber takes only https" if is_plain else "Viber cannot verify the URL"
    meaning = next(meanings, otherwise)
    said = f"it says: {text}" if text else "it says no more"
    return f"{meaning} ({said})"
