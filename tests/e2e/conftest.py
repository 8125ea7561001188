"""The fixtures of the black-box tests."""

from tests.e2e.support.fixtures import (
    broker,
    echo_bot,
    enter,
    gateways,
    note,
    place,
    shared,
    simulator,
    topics,
    user,
    viber,
)

__all__ = [
    "broker",
    "echo_bot",
    "enter",
    "gateways",
    "note",
    "place",
    "shared",
    "simulator",
    "topics",
    "user",
    "viber",
]
