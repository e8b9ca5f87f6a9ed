"""Questions about what credits from elsewhere are said to be."""

from sqlalchemy.orm import Session

from app.store import arrivals
from tests import article6
from tests.world import World


def test_a_decision_is_found_with_its_project(stage: Session, cast: World) -> None:
    found = arrivals.decision(stage.connection(), "MN003-1")
    assert found is not None
    assert (found.project, found.partner, found.unit_class) == ("MN003", "MN", "jcm_credit")
    assert arrivals.decision(stage.connection(), "MN003-9") is None


def test_an_approach_is_found_by_its_code(stage: Session, cast: World) -> None:
    made = article6.approach(stage)
    assert arrivals.approach(stage.connection(), made.code) == made.id
    assert arrivals.approach(stage.connection(), "CA0000") is None
