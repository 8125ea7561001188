"""The pure rules: tokens, signatures, quotas, schemas, media, placeholders."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.rules import limits
from simulator.rules.media import complete
from simulator.rules.placeholders import fill, has_placeholder
from simulator.rules.quotas import HourlyQuota, WindowQuota
from simulator.rules.schema import Field, faults, too_new
from simulator.rules.signature import sign
from simulator.rules.statuses import TEXTS, Status, text_of
from simulator.rules.tokens import TokenMint, time_of, token_at
from tests.fixtures import load, names, raw

MOMENT = st.integers(1_400_000_000_000, 2_400_000_000_000)
OWN_TOKENS = ("webhook", "conversation_started", "subscribed", "unsubscribed")


@pytest.mark.parametrize("name", OWN_TOKENS)
def test_a_captured_token_carries_its_timestamp(name: str) -> None:
    """Section 1.2, on the fixtures."""
    body = load(f"callbacks/{name}.json")

    assert time_of(body["message_token"]) == body["timestamp"]


@given(MOMENT, st.integers(0, 2**40))
def test_a_token_gives_its_time_back(moment: int, low: int) -> None:
    """And is a positive number of 64 bits that a double cannot hold."""
    token = token_at(moment, low)

    assert time_of(token) == moment
    assert 2**53 < token < 2**63


@given(st.lists(MOMENT, min_size=2, max_size=50))
def test_minted_tokens_only_grow(moments: list[int]) -> None:
    """Even when the clock runs backwards, so their order is that of acceptance."""
    mint = TokenMint()
    tokens = [mint.mint(moment) for moment in moments]

    assert tokens == sorted(set(tokens))


@pytest.mark.parametrize(
    "vector",
    load("signature_vectors.json")["vectors"],
    ids=lambda vector: vector.get("what") or vector["file"],
)
def test_signatures_are_those_of_the_sdks_and_fixtures(vector: dict[str, Any]) -> None:
    """Section 7: the vector of the official SDKs, and every callback fixture."""
    body = vector["body"].encode() if "body" in vector else raw(vector["file"])

    is_right = not vector.get("what", "").startswith("must be refused")
    assert (sign(vector["auth_token"], body) == vector["signature"]) is is_right


def test_statuses_are_those_of_the_table() -> None:
    """The texts follow the table but for what was seen live."""
    table = {c["status"]: c["name"] for c in load("status_codes.json")["codes"]}
    table.pop("other")
    seen_live = {6: "notSubscribed", 999: "Bad receiver ID"}

    assert {int(status): text for status, text in TEXTS.items()} == table | seen_live
    assert set(TEXTS) == set(Status)
    assert text_of(1000) == "general error"


def test_limits_are_those_of_the_table() -> None:
    """And the stricter ones where the table gives two."""
    table = load("limits.json")

    assert table["text_chars"] == limits.TEXT
    assert table["tracking_data_chars"]["value"] == limits.TRACKING_DATA
    assert table["picture_text_chars"]["value"] == limits.PICTURE_TEXT
    assert table["sender_name_chars"] == limits.SENDER_NAME
    assert table["video_bytes"] == limits.VIDEO_BYTES
    assert table["file_bytes"] == limits.FILE_BYTES
    assert set(table["forbidden_file_extensions"]) == limits.FORBIDDEN_FILES
    assert table["broadcast_receivers"] == limits.BROADCAST_RECEIVERS
    assert table["get_online_ids"] == limits.ONLINE_IDS
    assert table["inbound_media_url_ttl_s"]["value"] == limits.MEDIA_SECONDS
    assert table["webhook_timeout_s"]["value"] == limits.CALLBACK_SECONDS
    assert tuple(table["webhook_retries"]["value"][:7]) == limits.RETRY_SECONDS
    assert table["request_json_bytes"]["value"] >= limits.REQUEST_BYTES


@given(st.lists(st.integers(0, 7_200_000), max_size=60), st.integers(1, 5))
def test_no_clock_hour_grants_more_than_its_most(times: list[int], most: int) -> None:
    """Counted from XX:00 to XX:00."""
    quota = HourlyQuota()
    taken = [t for t in sorted(times) if quota.take(t, most)]

    for hour in range(3):
        within = [t for t in taken if t // limits.HOUR_MS == hour]
        asked = [t for t in times if t // limits.HOUR_MS == hour]
        assert len(within) == min(most, len(asked))


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(1, 5))
def test_no_window_grants_more_than_its_most(times: list[int], most: int) -> None:
    """Wherever the window is laid."""
    quota = WindowQuota()
    taken = [t for t in sorted(times) if quota.take(t, most, 1000)]

    for start in taken:
        assert sum(start <= t < start + 1000 for t in taken) <= most


SAMPLE = Field(
    "object",
    members={
        "count": Field("integer", 1, 6, required=True, lenient=True),
        "name": Field("string", 2, 4, choices=("aa", "bb")),
        "tags": Field("array", 1, 2, items=Field("boolean"), since=3),
        "code": Field("string", pattern="[0-9]+"),
    },
)


OVER = "numeric instance is greater than the required maximum (maximum: 6, found: 7)"
UNDER = "numeric instance is lower than the required minimum (minimum: 1, found: 0)"
NOT_A_NUMBER = (
    "instance type ({}) does not match any allowed primitive type"
    ' (allowed: ["integer"])'
)
UNLISTED = 'instance value ("c") not found in enum (possible values: ["aa","bb"])'
SHORT = "string is too short (length: 1, required minimum: 2)"
CROWDED = "array is too long: must have at most 2 elements but instance has 3 elements"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"count": 6}, []),
        ({"count": "6"}, []),
        ({}, ['object has missing required properties (["count"])']),
        ({"count": 7}, [OVER]),
        ({"count": "0"}, [UNDER]),
        ({"count": "six"}, [NOT_A_NUMBER.format("string")]),
        ({"count": True}, [NOT_A_NUMBER.format("boolean")]),
        ({"count": 1, "name": "c"}, [UNLISTED, SHORT]),
        ({"count": 1, "tags": [True, False, True]}, [CROWDED]),
        (
            {"count": 1, "code": "x"},
            ['ECMA 262 regex "[0-9]+" does not match input string "x"'],
        ),
    ],
)
def test_a_schema_finds_faults_in_the_validators_words(
    value: Any, words: list[str]
) -> None:
    """The words of fge's json-schema-validator."""
    assert list(faults(value, SAMPLE)) == words


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_a_schema_has_a_word_for_everything(value: Any) -> None:
    """Whatever JSON holds, the check ends with an answer."""
    found = list(faults(value, SAMPLE))

    assert all(found)
    assert found or isinstance(value, dict)


def test_members_newer_than_the_version_are_told_with_their_path() -> None:
    """What is inside counts too."""
    inner = Field("object", members={"new": Field("string", since=6)})
    rule = Field("object", members={"a": Field("array", items=inner)})
    value = {"a": [{}, {"new": "x"}]}

    assert list(too_new(value, rule, 5)) == ["/a/1/new needs min_api_version 6"]
    assert list(too_new(value, rule, 6)) == []


MESSAGES = [
    name
    for name in names("callbacks")
    if "/message_" in name
    and "tracking" not in name
    and "escaped" not in name
    and "no_media" not in name
]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_gets_the_member_order_of_the_wire(name: str) -> None:
    """However its members were given."""
    message = load(name)["message"]
    tracking = message.pop("tracking_data", None)
    shuffled = dict(sorted(message.items(), reverse=True))

    ordered = complete(shuffled, "https://media.example", 0)

    assert tracking is None or ordered == message
    assert list(ordered) == list(message)


def test_a_sticker_gets_its_picture() -> None:
    """The link of section 5.5."""
    fixture = load("callbacks/message_sticker.json")["message"]

    assert complete({"type": "sticker", "sticker_id": 153500}, "", 0) == fixture


@given(st.text(), st.text())
def test_what_has_no_placeholder_stays(text: str, user: str) -> None:
    """Filling in changes nothing else."""
    content = {"text": text, "list": [text, 1, None]}

    assert "replace_me_with_" in text or not has_placeholder(content)
    if not has_placeholder(content):
        assert fill(content, user, user) == content
