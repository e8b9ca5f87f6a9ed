"""What a retirement or cancellation is for, kept and covered by its digest from the proposal on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import chain
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor
from app.registry import approvals, transactions
from app.store import transactions as questions
from app.store import verification
from app.store.tables import Use
from tests import article6, itmos, world
from tests.world import NOW, World


def test_a_use_is_kept_with_the_proposal_and_covered_by_its_digest(
    stage: Session, cast: World
) -> None:
    article6.authorization(stage, cast, article6.approach(stage))
    itmos.issue(stage, cast, 100)
    retired = itmos.propose(stage, cast, quantity=5, calendar_year=2023)
    cancelled = itmos.propose(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=5)
    kept = {one.transaction_id: one for one in stage.scalars(select(Use))}
    assert (kept[retired].calendar_year, kept[retired].cancelled_for) == (2023, None)
    assert kept[cancelled].cancelled_for is CancelledFor.OTHER
    row = questions.shown(stage, retired)
    assert row is not None and row.calendar_year == 2023
    assert list(verification.findings(stage)) == []
    # One that ends otherwise is sealed as any other.
    approvals.withdraw(stage, retired, actor=cast.aoba_proposer, now=NOW)
    assert list(verification.findings(stage)) == []


def test_other_credits_have_no_use_and_the_digests_they_always_had(
    stage: Session, cast: World
) -> None:
    article6.authorization(stage, cast, article6.approach(stage))
    world.issued(stage, cast, quantity=100)
    made = itmos.propose(stage, cast, quantity=5, project=world.PROJECT, calendar_year=2023)
    moved = itmos.propose(stage, cast, Kind.TRANSFER, quantity=5, project=world.PROJECT)
    assert stage.scalars(select(Use)).all() == []
    for identifier, target in ((made, cast.retirement), (moved, cast.kaede)):
        row = questions.by_id(stage.connection(), identifier)
        assert row is not None
        said = questions.facts(questions.values(row), source=cast.aoba, target=target)
        assert row.digest == chain.digest(chain.canonical(said))


def test_another_year_under_the_same_key_is_another_order(cast: World) -> None:
    orders = [
        world.order(cast, Kind.RETIREMENT, quantity=1, calendar_year=year)
        for year in (None, 2023, 2024)
    ]
    assert len({transactions._content(order) for order in orders}) == 3
