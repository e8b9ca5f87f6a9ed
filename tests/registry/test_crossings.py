"""Transfers between two registries: out of the one ledger and into the other exactly once."""

from collections.abc import Generator

import pytest

from app.store import verification
from tests.exchanging import Two, two


@pytest.fixture(params=["sqlite", "postgresql"])
def registries(request: pytest.FixtureRequest) -> Generator[Two, None, None]:
    """Two registries, on one engine each way round."""
    other = "postgresql" if request.param == "sqlite" else "sqlite"
    with two(request.param, other) as both:
        yield both


def verified(both: Two) -> None:
    """Both ledgers follow from their chains."""
    for side in (both.japan, both.mongolia):
        with side.database.reading() as session:
            assert list(verification.findings(session)) == []


def test_credits_leave_one_ledger_and_enter_the_other_once(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    japan.issue(1_000)
    mongolia.issue(500)
    japan.send(mongolia.cast.kaede, 100)
    assert registries.sum() == 1_500
    registries.carry()
    assert (japan.held(), mongolia.held()) == (900, 600)
    verified(registries)
