"""What covers units, and what came under an authorization."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store import authorizations
from tests import article6
from tests.world import ITMO_PROJECT, NOW, World

ON = date(2026, 11, 2)


def test_units_are_covered_by_vintage_project_and_day(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    blanket = article6.authorization(stage, cast, None, identifier="JPN 1", vintage_last=None)
    own = article6.authorization(
        stage, cast, approach, identifier="JPN 2", projects=ITMO_PROJECT, vintage_last=2022
    )
    connection = stage.connection()
    given: dict[str, Any] = {
        "approach_id": approach.id,
        "vintage": 2022,
        "project": ITMO_PROJECT,
        "on": ON,
    }
    for changes, version in (
        ({}, own.id),
        ({"vintage": 2023}, blanket.id),
        ({"project": "VN005"}, blanket.id),
        ({"vintage": 2020}, None),
        ({"on": date(2021, 12, 31)}, None),
        ({"known_at": NOW}, own.id),
        ({"known_at": NOW - timedelta(seconds=1)}, None),
    ):
        found = authorizations.covering(connection, **given | changes)
        assert (found.version_id if found else None) == version, changes
    terms = authorizations.terms(connection, blanket.id, approach.id)
    assert (terms.is_blanket, terms.definition) == (True, approach.definition)
    waiting = article6.authorization(
        stage,
        cast,
        approach,
        identifier="JPN 3",
        standing=Standing.PROPOSED,
        decided_by=None,
        decided_at=None,
    )
    held = authorizations.in_force(connection, approach.id, ON)
    assert waiting.id not in {one.version_id for one in held}
    assert authorizations.pending(stage, waiting.authorization_id) == waiting
    assert authorizations.newest(stage, waiting.authorization_id) is None


def test_r22_what_was_first_transferred_stays_under_its_version(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    first = article6.authorization(stage, cast, approach)
    article6.authorization(
        stage, cast, approach, number=2, change=Change.REVOCATION, effective_on=date(2026, 1, 1)
    )
    connection = stage.connection()
    assert authorizations.in_force(connection, approach.id, ON) == []
    kept = authorizations.governs(
        connection, approach_id=approach.id, first_version_id=first.id, on=ON
    )
    assert kept is not None
    assert kept == replace(kept, version_id=first.id, number=1)


def test_what_came_under_an_authorization_is_summed_over_its_versions(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    first = article6.authorization(stage, cast, approach)
    second = article6.authorization(stage, cast, approach, number=2, change=Change.CHANGE)
    units = article6.issued(stage, cast, approach, quantity=100)
    half = Range(units.first, units.first + 49)
    rest = Range(units.first + 50, units.last)
    for version, part in ((first, half), (second, rest)):
        article6.action(stage, units, version, ActionType.ACQUISITION, part=part)
    article6.action(stage, units, second, ActionType.USE, part=rest, calendar_year=2026)
    assert authorizations.taken(stage.connection(), first.authorization_id) == 100
