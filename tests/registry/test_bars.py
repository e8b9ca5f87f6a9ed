"""Barring a range of serials and freeing it; what a bar stops is told by test_selections."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.article6_errors import NotItmos
from app.domain.errors import AlreadyDone, NotEntitled, NotFound, ReasonRequired, SerialsBarred
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import bars
from app.store import blocks, itmos
from app.store.tables import LogEntry
from tests import article6, world
from tests.stages import refused
from tests.world import NOW, World

SERIALS = Range(5, 9)


def test_a_bar_lasts_until_it_is_lifted_and_both_are_logged(stage: Session, cast: World) -> None:
    bar = bars.lay(stage, SERIALS, reason=" an  inquiry ", actor=cast.operator, now=NOW)
    assert blocks.barred(stage.connection()) == [SERIALS]
    assert (bar.reason, bar.laid_by, bar.laid_at) == ("an inquiry", cast.operator, NOW)
    bars.lift(stage, bar.id, reason="cleared", actor=cast.approver, now=NOW)
    assert blocks.barred(stage.connection()) == []
    assert (bar.lifted_by, bar.lifted_at) == (cast.approver, NOW)
    entries = stage.scalars(select(LogEntry).where(LogEntry.subject == "5-9")).all()
    assert [(e.operation, e.user_id, e.facts["reason"]) for e in entries] == [
        ("bar serials", cast.operator, "an inquiry"),
        ("free serials", cast.approver, "cleared"),
    ]


def test_a_bar_needs_its_reason(stage: Session, cast: World) -> None:
    with refused(stage, ReasonRequired, field="reason"):
        bars.lay(stage, SERIALS, reason="\u3000", actor=cast.operator, now=NOW)
    bar = bars.lay(stage, SERIALS, reason="inquiry", actor=cast.operator, now=NOW)
    with refused(stage, ReasonRequired, field="reason"):
        bars.lift(stage, bar.id, reason="", actor=cast.operator, now=NOW)


def test_a_bar_is_lifted_once(stage: Session, cast: World) -> None:
    bar = bars.lay(stage, SERIALS, reason="inquiry", actor=cast.operator, now=NOW)
    bars.lift(stage, bar.id, reason="cleared", actor=cast.operator, now=NOW)
    with refused(stage, AlreadyDone):
        bars.lift(stage, bar.id, reason="again", actor=cast.operator, now=NOW)
    with pytest.raises(NotFound):
        bars.lift(stage, 10**9, reason="cleared", actor=cast.operator, now=NOW)


@pytest.mark.parametrize("who", ["auditor", "system_administrator", "aoba_proposer", "outsider"])
def test_only_those_in_charge_bar_and_free(stage: Session, cast: World, who: str) -> None:
    bar = bars.lay(stage, SERIALS, reason="inquiry", actor=cast.operator, now=NOW)
    with refused(stage, NotEntitled):
        bars.lay(stage, SERIALS, reason="mine", actor=getattr(cast, who), now=NOW)
    with refused(stage, NotEntitled):
        bars.lift(stage, bar.id, reason="mine", actor=getattr(cast, who), now=NOW)


def test_two_bars_over_one_range_are_lifted_one_by_one(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=10)
    laid = [
        bars.lay(stage, issued, reason=reason, actor=cast.operator, now=NOW)
        for reason in ("one inquiry", "another")
    ]
    bars.lift(stage, laid[0].id, reason="cleared", actor=cast.operator, now=NOW)
    assert blocks.barred(stage.connection()) == [issued]


def test_r25_itmos_flagged_as_inconsistent_are_held_until_they_are_freed(
    stage: Session, cast: World
) -> None:
    older = world.issued(stage, cast, quantity=10)
    units = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    held = Range(units.first + 10, units.first + 19)
    for wrong in (older, Range(older.last, units.last), Range(units.first, units.last + 1)):
        with refused(stage, NotItmos, field="q"):
            bars.flag(stage, wrong, reason="check", actor=cast.operator, now=NOW)
    with refused(stage, NotEntitled):
        bars.flag(stage, held, reason="check", actor=cast.reviewer, now=NOW)
    bar = bars.flag(stage, held, reason="check", actor=cast.operator, now=NOW)
    assert itmos.flagged(stage.connection()) == blocks.barred(stage.connection()) == [held]
    with refused(stage, AlreadyDone, field="q"):
        inside = Range(held.first, held.first)
        bars.flag(stage, inside, reason="check", actor=cast.approver, now=NOW)
    for kind in (Kind.RETIREMENT, Kind.TRANSFER, Kind.VOLUNTARY_CANCELLATION):
        with refused(stage, SerialsBarred):
            world.proposed(stage, cast, kind, serials=[Range(held.last, held.last + 1)])
    bars.lift(stage, bar.id, reason="agreed", actor=cast.approver, now=NOW)
    assert not itmos.flagged(stage.connection()) and not itmos.holds(stage)
    assert world.proposed(stage, cast, serials=[held])


def test_a_bar_of_another_kind_flags_nothing(stage: Session, cast: World) -> None:
    bars.lay(stage, SERIALS, reason="inquiry", actor=cast.operator, now=NOW)
    assert blocks.barred(stage.connection()) == [SERIALS]
    assert itmos.flagged(stage.connection()) == []
