"""The public port against its own OpenAPI document: requests by schemathesis.

Whatever the document allows or forbids is asked of the real process, half of it
of a bot that exists, half of it with a right signature.
"""

from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.support.gateway import SIGNATURE, Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber

pytestmark = pytest.mark.timeout(120)

Case = Any  # schemathesis' own is generic in what nobody names
CHECKS: Final = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture
def place(gateways: Gateways, viber: Viber, topics: Topics) -> Place:
    """Return a running receiver."""
    return Place(gateways.start("receiver"), viber, topics)


def cases(place: Place) -> st.SearchStrategy[Case]:
    """Return what may be asked, and what may not."""
    management = place.gateway.url("management")
    schema = schemathesis.openapi.from_url(f"{management}/openapi.json")
    route: Any = schema["/webhooks/{bot}"]["POST"]
    known = {"bot": place.viber.bot}
    kinds: list[st.SearchStrategy[Case]] = [
        route.as_strategy(generation_mode=mode, **more)
        for mode in GenerationMode
        for more in ({}, {"path_parameters": known})
    ]
    return st.one_of(kinds)


def body_of(case: Case, url: str) -> bytes:
    """Return the body that goes over the wire."""
    asked = case.as_transport_kwargs(base_url=url)
    parts = {name: asked[name] for name in ("data", "json") if name in asked}
    written: Any = requests.Request("POST", url, **parts).prepare().body or b""
    return written.encode() if isinstance(written, str) else bytes(written)


def test_the_port_is_as_described(place: Place) -> None:
    """No 500, and no answer that the document does not name."""
    url, answered = place.gateway.url(), set[int]()

    @settings(max_examples=200, derandomize=True, deadline=None, database=None)
    @given(cases(place), st.booleans())
    def ask(case: Case, is_signed: bool) -> None:  # noqa: FBT001  hypothesis gives it
        if is_signed:
            case.headers[SIGNATURE] = place.viber.sign(body_of(case, url))
        response = case.call(base_url=url, timeout=10)
        case.validate_response(response, checks=CHECKS)
        answered.add(response.status_code)

    ask()

    assert answered >= {200, 403, 404}
    assert place.gateway.probe("livez").status == 200
