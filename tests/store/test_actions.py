"""Actions as they are kept: their sums, what the database refuses, and what was so before."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store import actions
from app.store.tables import Account, ActionSum
from tests import article6, itmos, world
from tests.itmos import sums
from tests.world import World


def test_sums_are_kept_as_actions_are_added(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach)
    units = article6.issued(stage, cast, approach, quantity=100)
    for part in (Range(units.first, units.first + 9), Range(units.first + 10, units.first + 29)):
        article6.action(stage, units, version, ActionType.USE, part=part, calendar_year=2024)
    article6.action(stage, units, version, ActionType.FIRST_TRANSFER)
    assert sums(stage) == {ActionType.USE: 30, ActionType.FIRST_TRANSFER: 100}
    assert len(stage.scalars(select(ActionSum)).all()) == 2


def test_the_database_refuses_a_second_first_transfer_and_a_second_end(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach)
    units = article6.issued(stage, cast, approach, quantity=100)
    middle = Range(units.first + 40, units.first + 49)
    for kind in (ActionType.FIRST_TRANSFER, ActionType.CANCELLATION):
        article6.action(stage, units, version, kind, part=middle)
        for part in (middle, Range(middle.first - 5, middle.first), Range(units.first, units.last)):
            with pytest.raises(IntegrityError, match="once_"), stage.begin_nested():
                article6.action(stage, units, version, kind, part=part)


def test_what_touched_a_range_before_is_found(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach, quantity=500)
    units = article6.issued(stage, cast, approach, quantity=100)
    first = units.first
    article6.action(stage, units, version, ActionType.AUTHORIZATION)
    for part in (Range(first, first + 9), Range(first + 10, first + 19)):
        article6.action(stage, units, version, ActionType.FIRST_TRANSFER, part=part)
    connection = stage.connection()
    (outcomes,) = actions.units_of(connection, approach.id)
    found = actions.past(connection, outcomes, Range(first + 15, first + 30))
    assert [(one.type, one.range.first - first, one.range.last - first) for one in found] == [
        (ActionType.AUTHORIZATION, 0, 99),
        (ActionType.FIRST_TRANSFER, 10, 19),
    ]
    assert actions.past(connection, outcomes, Range(first + 20, first + 20))[1:] == []
    assert actions.entered(connection, version.authorization_id) == 100


def test_what_is_held_is_told_with_neighbours_joined(stage: Session, cast: World) -> None:
    article6.approach(stage)
    issued = itmos.issue(stage, cast, 100)
    first = issued.first
    itmos.move(stage, cast, itmos.Kind.TRANSFER, quantity=10)
    part = [Range(first + 20, first + 29)]
    itmos.move(stage, cast, itmos.Kind.VOLUNTARY_CANCELLATION, serials=part)
    held = list(actions.held(stage.connection(), issued))
    assert held == [Range(first, first + 19), Range(first + 30, issued.last)]
    world.issued(stage, cast, quantity=5)
    assert list(actions.held(stage.connection(), issued)) == held


def test_the_form_asks_only_where_there_may_be_itmos(stage: Session, cast: World) -> None:
    def concerned(number: str) -> bool:
        found = stage.scalars(select(Account.id).where(Account.number == number)).one()
        return actions.may_concern(stage.connection(), [found])

    world.issued(stage, cast, quantity=5, project=world.ITMO_PROJECT)
    assert not concerned(cast.aoba), "there is no approach"
    article6.approach(stage)
    assert concerned(cast.aoba) and not concerned(cast.kaede)
    assert actions.may_concern(stage.connection(), None)
