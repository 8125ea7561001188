"""`POST /webhooks/{bot}`: every row of the contract's table, and their order."""

from dataclasses import dataclass, field

import pytest

from gateway.ingress.request import NoRoomError
from gateway.ingress.webhook import REFUSALS, Limits
from tests.fakes.asgi import Exchange
from tests.fixtures import raw
from tests.unit.ingress.site import LIMITS, NO_TIME, PATH, TOKEN, Site, sign

MESSAGE = raw("callbacks/message_text.json")
CHECK = raw("callbacks/webhook.json")
UNSIGNED = {"X-Other": "header"}


@dataclass(frozen=True, slots=True)
class Row:
    """A request, how it is answered, and how it is counted."""

    status: int
    label: str
    path: str = PATH
    pieces: tuple[bytes, ...] = (MESSAGE,)
    headers: dict[str, str] = field(
        default_factory=lambda: {"X-Viber-Content-Signature": sign(MESSAGE)}
    )
    query: str = ""
    method: str = "POST"
    is_complete: bool = True
    limits: Limits = LIMITS
    most_read: int = 1

    def exchange(self) -> Exchange:
        """Return the request."""
        return Exchange(
            self.path,
            self.pieces,
            self.headers,
            self.query,
            self.method,
            is_complete=self.is_complete,
        )


LARGEST = MESSAGE + b" " * (LIMITS.body_bytes - len(MESSAGE))
BIG = b"x" * 1001
ROWS = {
    "signed in the header": Row(200, "published"),
    "signed in the query": Row(
        200, "published", headers=UNSIGNED, query=f"a=b&sig={sign(MESSAGE)}"
    ),
    "in pieces": Row(
        200, "published", pieces=(MESSAGE[:7], b"", MESSAGE[7:]), most_read=3
    ),
    "as large as allowed": Row(
        200,
        "published",
        pieces=(LARGEST,),
        headers={"X-Viber-Content-Signature": sign(LARGEST), "Content-Length": "1000"},
    ),
    "webhook check without a signature": Row(
        200, "ignored", pieces=(CHECK,), headers=UNSIGNED
    ),
    "wrong signature": Row(
        403, "bad_signature", headers={"X-Viber-Content-Signature": sign(CHECK)}
    ),
    "upper-case signature": Row(
        403,
        "bad_signature",
        headers={"X-Viber-Content-Signature": sign(MESSAGE).upper()},
    ),
    "empty signature": Row(
        403, "bad_signature", headers={"X-Viber-Content-Signature": ""}
    ),
    "wrong signature in the query": Row(
        403, "bad_signature", headers=UNSIGNED, query="sig=00"
    ),
    "wrong in the header, right in the query": Row(
        403,
        "bad_signature",
        headers={"X-Viber-Content-Signature": "00"},
        query=f"sig={sign(MESSAGE)}",
    ),
    "no signature": Row(403, "missing_signature", headers=UNSIGNED),
    "another query": Row(
        403, "missing_signature", headers=UNSIGNED, query=f"asig={sign(MESSAGE)}"
    ),
    "wrongly signed webhook check": Row(
        403,
        "bad_signature",
        pieces=(CHECK,),
        headers={"X-Viber-Content-Signature": sign(MESSAGE)},
    ),
    "unknown bot": Row(404, "unknown_bot", path="/webhooks/other", most_read=0),
    "no bot": Row(404, "unknown_bot", path="/webhooks/", most_read=0),
    "more than a bot": Row(404, "unknown_bot", path="/webhooks/shop/", most_read=0),
    "get": Row(405, "method", method="GET", most_read=0),
    "head": Row(405, "method", method="HEAD", most_read=0),
    "put": Row(405, "method", method="PUT", most_read=0),
    "declared too large": Row(
        413, "too_large", headers={"Content-Length": "1001"}, most_read=0
    ),
    "found too large": Row(413, "too_large", pieces=(BIG,)),
    "too large in pieces, without reading on": Row(
        413, "too_large", pieces=(b"x" * 600, b"x" * 600, b"x" * 600), most_read=2
    ),
    "never complete": Row(
        408, "body_timeout", is_complete=False, limits=NO_TIME, most_read=2
    ),
    "never complete, by the deadline": Row(
        408,
        "body_timeout",
        is_complete=False,
        limits=LIMITS._replace(deadline_seconds=0.0),
        most_read=2,
    ),
    "overloaded": Row(
        503, "overloaded", limits=LIMITS._replace(in_flight=0), most_read=0
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_every_request_has_its_answer(row: Row) -> None:
    """The status, the metrics' label, and no more read than was needed."""
    site, exchange = Site(limits=row.limits), row.exchange()

    response = (await exchange.run(site.app)).response

    assert response.status == row.status
    assert [(status, label) for _, _, status, label in site.observed] == [
        (row.status, row.label)
    ]
    assert exchange.read <= row.most_read
    assert len(site.publish.records) == (row.label == "published")


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_no_answer_tells_anything(row: Row) -> None:
    """Neither token nor body nor signature; it says how long it is and what."""
    response = (await row.exchange().run(Site(limits=row.limits).app)).response

    shown = response.body + "".join(response.headers.values()).encode()
    secrets = [TOKEN.encode(), sign(MESSAGE).encode(), MESSAGE[10:30], b"Traceback"]
    assert not [secret for secret in secrets if secret in shown]
    assert response.headers["content-length"] == str(len(response.body))
    assert response.headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [("get", "allow", "POST"), ("overloaded", "retry-after", "5")],
)
async def test_an_answer_says_what_to_do(row: str, name: str, value: str) -> None:
    """RFC 9110 15.5.6 and 10.2.3."""
    response = (
        await ROWS[row].exchange().run(Site(limits=ROWS[row].limits).app)
    ).response

    assert response.headers[name] == value


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_connection_with_an_unread_body_is_closed(row: Row) -> None:
    """Else the rest of the body would be taken for the next request."""
    exchange = row.exchange()

    response = (await exchange.run(Site(limits=row.limits).app)).response

    unread = {"unknown_bot", "method", "too_large", "body_timeout"}
    assert (response.headers.get("connection") == "close") == (row.label in unread)


def test_a_body_without_room_ends_its_connection_too() -> None:
    """What is left of it is not read."""
    refusal = REFUSALS[NoRoomError]

    assert (refusal.status, refusal.label) == (503, "overloaded")
    assert (b"connection", b"close") in refusal.headers


FULL = LIMITS._replace(in_flight=0)
WRONG = {"X-Viber-Content-Signature": "00"}
FIRST_OF_TWO = {
    "unknown bot, wrong method": Row(404, "", path="/webhooks/other", method="GET"),
    "wrong method, no room": Row(405, "", method="GET", limits=FULL),
    "no room, too large": Row(503, "", headers={"Content-Length": "9"}, limits=FULL),
    "too large, too slow": Row(
        413, "", headers={"Content-Length": "1001"}, limits=NO_TIME
    ),
    "too large, wrongly signed": Row(413, "", pieces=(BIG,), headers=WRONG),
    "too slow, wrongly signed": Row(
        408, "", headers=WRONG, is_complete=False, limits=NO_TIME
    ),
    "wrongly signed, no callback": Row(403, "", pieces=(b"{",), headers=WRONG),
    "not signed, no callback": Row(403, "", pieces=(b"{",), headers=UNSIGNED),
}


@pytest.mark.parametrize("row", FIRST_OF_TWO.values(), ids=FIRST_OF_TWO)
async def test_of_two_faults_the_first_is_answered(row: Row) -> None:
    """In the order of the contract: bot, method, room, size, time, signature."""
    response = (await row.exchange().run(Site(limits=row.limits).app)).response

    assert response.status == row.status
