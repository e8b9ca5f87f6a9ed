"""What a reconciliation found is resolved by two administrators, and by nobody alone."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.accounts import State
from app.domain.errors import NotEntitled, ReasonRequired
from app.domain.exchange_errors import UnderReconciliation
from app.domain.reconciliation import Stage
from app.domain.reconciliation_errors import (
    OwnResolution,
    ReconciliationEnded,
    ResolutionChanged,
    ResolutionMissing,
)
from app.registry import accounts, bars, resolutions
from app.store import blocks
from app.store.databases import Database
from app.store.tables import Difference, Reconciliation
from tests.registry.test_reconciliations import alter, barred_accounts, compared, prepared
from tests.world import NOW, World, populated


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest) -> Generator[tuple[Database, World], None, None]:
    """A registry in which credits were issued, moved and proposed."""
    with populated(request.param) as (database, cast):
        database.write(lambda session: prepared(session, cast))
        yield database, cast


def resolved(database: Database, cast: World, number: str) -> Reconciliation:
    def write(session: Any) -> Reconciliation:
        proposed = resolutions.propose(
            session, number, reason="a hand slipped", actor=cast.operator, now=NOW
        )
        return resolutions.confirm(
            session, number, seen=proposed.proposed_at, actor=cast.approver, now=NOW
        )

    return database.write(write)


def test_case_115_two_administrators_release_with_a_reason(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry
    move = (
        "UPDATE blocks SET account_id = (SELECT id FROM accounts WHERE number = :to)"
        " WHERE closed_by IS NULL AND first = 101"
    )
    alter(database, move, to=cast.kaede)
    first, again = compared(database), compared(database)
    assert len(barred_accounts(database)) == 2
    alter(database, move, to=cast.outside)
    assert compared(database).stage is Stage.CONFIRMED
    assert resolved(database, cast, first.number).stage is Stage.COMPLETED_BY_HAND
    # The other run holds them still.
    assert len(barred_accounts(database)) == 2
    kept = resolved(database, cast, again.number)
    assert (kept.reason, kept.proposed_by, kept.resolved_by) == (
        "a hand slipped",
        cast.operator,
        cast.approver,
    )
    assert barred_accounts(database) == set()
    with database.reading() as session:
        assert blocks.barred(session.connection()) == []
    with pytest.raises(ReconciliationEnded):
        resolved(database, cast, again.number)


def test_case_116_one_administrator_alone_releases_nothing(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry
    alter(
        database,
        "UPDATE blocks SET account_id = (SELECT id FROM accounts WHERE number = :to)"
        " WHERE closed_by IS NULL AND first = 101",
        to=cast.kaede,
    )
    number = compared(database).number

    def freed(session: Any) -> None:
        accounts.restrict(
            session,
            cast.outside,
            State.OPEN,
            seen=State.BARRED,
            reason="sure of it",
            actor=cast.approver,
            now=NOW,
        )

    def lifted(session: Any) -> None:
        bar = session.scalars(select(Difference.bar_id)).first()
        bars.lift(session, bar, reason="sure of it", actor=cast.approver, now=NOW)

    for alone in (freed, lifted):
        with pytest.raises(UnderReconciliation) as caught:
            database.write(alone)
        assert caught.value.run == number
    _refused_resolutions(database, cast, number)
    assert barred_accounts(database) == {cast.outside, cast.kaede}


def _refused_resolutions(database: Database, cast: World, number: str) -> None:
    def propose(reason: str, actor: int) -> Any:
        return database.write(
            lambda session: (
                resolutions.propose(
                    session, number, reason=reason, actor=actor, now=NOW
                ).proposed_at
            )
        )

    def confirm(actor: int, seen: Any) -> None:
        database.write(
            lambda session: resolutions.confirm(session, number, seen=seen, actor=actor, now=NOW)
        )

    with pytest.raises(ResolutionMissing):
        confirm(cast.approver, None)
    with pytest.raises(ReasonRequired):
        propose(" ", cast.operator)
    for stranger in (cast.auditor, cast.aoba_proposer, cast.system_administrator):
        with pytest.raises(NotEntitled):
            propose("mine", stranger)
    seen = propose("explained", cast.approver)
    with pytest.raises(OwnResolution):
        confirm(cast.approver, seen)
    seen = propose("explained", cast.operator)
    with pytest.raises(NotEntitled):
        confirm(cast.operator, seen)
    with pytest.raises(ResolutionChanged):
        confirm(cast.approver, None)
