"""A run of the starting data reckons in days of the registry's own country."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.registry import load_runs
from app.registry.load import JAPAN
from app.store import people
from tests import mongolia
from tests.world import NOW


def test_a_day_begins_where_the_registry_is(stage: Session) -> None:
    day = date(2025, 5, 7)
    for zone, hour in ((JAPAN, 0), (mongolia.ZONE, 1)):
        run = load_runs.begin(stage, "MN", zone, Party(), NOW)
        assert run.recorded(day) == datetime(2025, 5, 7, hour, tzinfo=UTC)
        assert run.recorded(day) < run.proposed(day) < run.approved(day)


def test_nobody_signs_in_as_those_in_whose_names_facts_are_loaded(stage: Session) -> None:
    run = load_runs.begin(stage, "MN", mongolia.ZONE, mongolia.PARTY, NOW)
    again = load_runs.begin(stage, "MN", mongolia.ZONE, mongolia.PARTY, NOW)
    assert (run.operator, run.approver) == (again.operator, again.approver)
    assert run.operator != run.approver
    for role in ("operator", "approver"):
        found = people.by_login_id(stage, f"starting-data-{role}")
        assert found is not None and found.password_hash is None
