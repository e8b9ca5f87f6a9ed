"""A story in which every kind of transaction comes, and every way in which one ends."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import accounts, approvals, transactions
from tests import world
from tests.world import NOW, World, issued, moved, proposed

#: When the last proposals are made, which still wait at the end.
LATER = NOW + timedelta(days=15)


def tell(session: Session, cast: World) -> None:
    """Tell it in a registry that holds the cast and nothing else."""
    issued(session, cast, quantity=1_000)
    issued(session, cast, quantity=500, account=cast.kaede)
    issued(session, cast, quantity=300, project=world.ITMO_PROJECT)
    for quantity in (100, 50, 7):
        moved(session, cast, quantity=quantity)
    # What is proposed later may complete first.
    first = proposed(session, cast, serials=[Range(300, 349)])
    second = proposed(session, cast, serials=[Range(200, 249), Range(400, 420)])
    for identifier in (second, first):
        approvals.approve(session, identifier, actor=cast.aoba_approver, now=NOW)
    moved(session, cast, source=cast.kaede, target=cast.outside, serials=[Range(1, 157)])
    for kind in (Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION):
        moved(session, cast, kind, quantity=20, project=world.PROJECT)
        moved(session, cast, kind, quantity=3, source=cast.outside)
    # Aoba's and Kaede's balances of this project come to nothing.
    itmos = [Range(1_501, 1_800)]
    moved(session, cast, serials=itmos)
    moved(session, cast, source=cast.kaede, target=cast.outside, serials=itmos)
    _end_otherwise(session, cast)
    _leave_waiting(session, cast)


def _end_otherwise(session: Session, cast: World) -> None:
    approver = cast.aoba_approver
    rejected, withdrawn, terminated = (proposed(session, cast, quantity=5) for _ in range(3))
    approvals.reject(session, rejected, reason="not now", actor=approver, now=NOW)
    approvals.withdraw(session, withdrawn, actor=cast.aoba_proposer, now=NOW)
    _change_state(session, cast, State.SUSPENDED)
    approvals.approve(session, terminated, actor=approver, now=NOW)
    _change_state(session, cast, State.OPEN)
    proposed(session, cast, quantity=9)
    approvals.expire(session, now=LATER)


def _change_state(session: Session, cast: World, state: State) -> None:
    accounts.change_state(session, cast.kaede, state, reason="r", actor=cast.operator, now=NOW)


def _leave_waiting(session: Session, cast: World) -> None:
    proposed(session, cast, quantity=30, now=LATER)
    proposed(session, cast, serials=[Range(600, 640), Range(700, 710)], now=LATER)
    ordered = Kind.MANDATORY_CANCELLATION
    proposed(session, cast, ordered, source=cast.outside, quantity=1, now=LATER)
    allocation = cast.allocations[world.PROJECT, cast.outside]
    transactions.propose_issuance(
        session, allocation, 40, key=world.key(), actor=cast.operator, now=LATER
    )
