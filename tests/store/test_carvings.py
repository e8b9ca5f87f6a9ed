"""Movements worked out before they are written; what they write is told by test_ledger."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import SerialsNotHeld
from app.domain.serials import Range
from app.store import accounts, carvings, transactions
from app.store.databases import AnyRow
from app.store.tables import Block
from tests import world
from tests.world import World


def sides(session: Session, identifier: int) -> tuple[AnyRow, AnyRow, AnyRow]:
    connection = session.connection()
    found = accounts.lock_sides(connection, identifier)
    row = transactions.by_id(connection, identifier)
    assert row is not None
    return row, found[row.source_id], found[row.target_id]


def test_carving_tells_what_moves_of_which_issuance_and_writes_nothing(
    stage: Session, cast: World
) -> None:
    old = world.issued(stage, cast, quantity=10)
    new = world.issued(stage, cast, quantity=10, project=world.ITMO_PROJECT)
    wanted = [Range(old.first + 4, new.first + 2)]
    row, source, target = sides(stage, world.proposed(stage, cast, serials=wanted))
    count = stage.scalar(select(func.count()).select_from(Block))
    carving = carvings.carve(stage.connection(), row, wanted, source=source, target=target)
    assert [(one.range, one.vintage) for one in carving.moved] == [
        (Range(old.first + 4, old.last), world.VINTAGE),
        (Range(new.first, new.first + 2), world.ITMO_VINTAGE),
    ]
    assert len({one.issuance_id for one in carving.moved}) == 2
    assert stage.scalar(select(func.count()).select_from(Block)) == count


def test_what_the_source_does_not_hold_is_not_carved(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=10)
    row, source, target = sides(stage, world.proposed(stage, cast, quantity=3))
    with pytest.raises(SerialsNotHeld):
        carvings.carve(stage.connection(), row, [Range(1, 3)], source=target, target=source)
