"""The fixtures of the tests that break things."""

from tests.e2e.support.fixtures import (
    broker,
    enter,
    gateways,
    note,
    simulator,
    topics,
    viber,
)

__all__ = [
    "broker",
    "enter",
    "gateways",
    "note",
    "simulator",
    "topics",
    "viber",
]
