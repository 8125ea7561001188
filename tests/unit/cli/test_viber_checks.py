"""Do the clocks agree."""

import pytest

from gateway.cli.finding import Finding, Verdict
from gateway.cli.viber_checks import SKEW_SECONDS, check_clock
from tests.fakes.record import NOON


@pytest.mark.parametrize("ahead", [0, SKEW_SECONDS, -SKEW_SECONDS])
def test_clocks_that_agree_about_as_well_as_a_date_can_tell_are_well(
    ahead: float,
) -> None:
    """An HTTP date is in whole seconds and takes a while to come."""
    (finding,) = check_clock(NOON, NOON + ahead)

    assert finding.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("ahead", "said"), [(90.4, "is 90 s ahead of"), (-11, "is 11 s behind")]
)
def test_a_clock_that_is_wrong_is_a_fault(ahead: float, said: str) -> None:
    """Expiry times and the age limit would be off by as much."""
    assert check_clock(NOON, NOON + ahead) == [
        Finding(
            "clock",
            Verdict.FAULT,
            f"{said} Viber's",
            "let NTP set the clock of this machine",
        )
    ]


def test_a_date_that_is_not_told_is_no_finding() -> None:
    """Viber may leave it out, or be out of reach: that is told elsewhere."""
    assert check_clock(None, NOON) == []
