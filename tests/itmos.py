"""ITMOs that really move, with all that is recorded of them; see `tests.article6` for plain rows.

The registry is Japan's unless `party=HOST` says that it is the partner's own.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actions import DEFAULT, Party
from app.domain.ledger import Kind
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.registry import approvals, transactions
from app.registry.approvals import Ended
from app.store.tables import Action, ActionSum, Issuance
from tests import article6, world
from tests.world import ITMO_PROJECT, NOW, World

#: The registry of the partner country, in which its own outcomes are issued.
HOST: Final = Party(article6.HOST, f"{article6.HOST}01")


def issue(
    session: Session,
    cast: World,
    quantity: int = 1_000,
    *,
    party: Party = DEFAULT,
    now: datetime = NOW,
    account: str | None = None,
) -> Range:
    """Issue ITMOs of vintage 2022 to Aoba, or to another account."""
    allocation = cast.allocations[ITMO_PROJECT, account or cast.aoba]
    made = transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=now
    )
    completed(approvals.approve(session, made, actor=cast.approver, now=now, party=party))
    found = session.scalars(select(Issuance).where(Issuance.transaction_id == made)).one()
    return Range(found.first, found.last)


def propose(
    session: Session,
    cast: World,
    kind: Kind = Kind.RETIREMENT,
    *,
    party: Party = DEFAULT,
    now: datetime = NOW,
    **asked: Any,
) -> int:
    """Propose a movement of Aoba's ITMOs."""
    order = world.order(cast, kind, **{"project": ITMO_PROJECT} | asked)
    actor = world.proposer(cast, order)
    return transactions.propose(session, order, key=world.key(), actor=actor, now=now, party=party)


def approve(
    session: Session,
    cast: World,
    identifier: int,
    kind: Kind = Kind.RETIREMENT,
    *,
    source: str | None = None,
    party: Party = DEFAULT,
    now: datetime = NOW,
) -> Ended:
    """Approve a movement of Aoba's, or of another account."""
    actor = world.decider(cast, world.order(cast, kind, source=source or cast.aoba))
    return approvals.approve(session, identifier, actor=actor, now=now, party=party)


def move(
    session: Session,
    cast: World,
    kind: Kind = Kind.RETIREMENT,
    *,
    party: Party = DEFAULT,
    now: datetime = NOW,
    **asked: Any,
) -> int:
    """Propose and approve a movement of Aoba's ITMOs."""
    made = propose(session, cast, kind, party=party, now=now, **asked)
    completed(approve(session, cast, made, kind, party=party, now=now))
    return made


def completed(ended: Ended) -> None:
    """Raise what stopped a movement, if anything did."""
    if ended.refusal is not None:
        raise ended.refusal


Told = tuple[str, str | None, int, int]


def told(session: Session) -> list[Told]:
    """Return every action: type, subtype, first and last number."""
    query = select(Action).order_by(Action.id)
    return [(one.type, one.subtype, one.first, one.last) for one in session.scalars(query)]


def sums(session: Session) -> dict[ActionType, int]:
    """Return the tonnes of the maintained sums by type of action."""
    tonnes: dict[ActionType, int] = {}
    for one in session.scalars(select(ActionSum)):
        tonnes[one.type] = tonnes.get(one.type, 0) + one.quantity
    return tonnes
