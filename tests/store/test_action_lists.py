"""Lists of actions: newest first, narrowed by what is asked, without what is confidential."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store import action_lists
from app.store.action_lists import Filter
from app.store.tables import Issuance
from tests import article6
from tests.world import World


@pytest.fixture
def units(stage: Session, cast: World) -> Issuance:
    """A hundred ITMOs: acquired, ten used in the last instant of 2026, ten in secret in 2027."""
    made = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    known = article6.authorization(stage, cast, None)
    hidden = article6.authorization(
        stage, cast, None, identifier="S-1", is_confidential=True, confidential_basis="law"
    )
    article6.action(stage, made, known, ActionType.ACQUISITION)
    for version, first, at in (
        (known, made.first, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (hidden, made.first + 10, datetime(2027, 1, 1, tzinfo=UTC)),
    ):
        part = Range(first, first + 9)
        article6.action(
            stage, made, version, ActionType.USE, part=part, at=at, calendar_year=at.year
        )
    return made


def test_a_filter_finds_what_fits_and_counts_it(stage: Session, units: Issuance) -> None:
    uses = [units.first + 10, units.first]
    for wanted, firsts in (
        (Filter(), [*uses, units.first]),
        (Filter(is_public=True), [units.first, units.first]),
        (Filter(type=ActionType.USE), uses),
        (Filter(type=ActionType.TRANSFER), []),
        (Filter(year=2026), [units.first, units.first]),
        (Filter(year=2027), uses[:1]),
        (Filter(year=2027, is_public=True), []),
        (Filter(vintage=2022), [*uses, units.first]),
        (Filter(vintage=2023), []),
        (Filter(authorization="S-1"), uses[:1]),
        (Filter(authorization="S-1", is_public=True), []),
        (Filter(range=Range(units.first + 19, units.last)), [uses[0], units.first]),
        (Filter(range=Range(units.last + 1, units.last + 9)), []),
    ):
        found = action_lists.find(stage, wanted, size=10)
        assert [row.first for row in found] == firsts, wanted
        assert action_lists.count(stage, wanted, cap=10) == len(firsts)
    assert action_lists.count(stage, Filter(), cap=1) == 2


def test_pages_follow_each_other_both_ways(stage: Session, units: Issuance) -> None:
    assert units.id
    every = [row.id for row in action_lists.find(stage, Filter(), size=10)]
    assert every == sorted(every, reverse=True)
    onward = action_lists.find(stage, Filter(), before=every[0], size=1)
    back = action_lists.find(stage, Filter(), after=every[2], size=1)
    assert [row.id for row in onward] == [row.id for row in back] == every[1:2]
