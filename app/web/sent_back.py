"""What a transfer sends back and what sends it back, as far as the reader may know."""

from typing import Any

from sqlalchemy.orm import Session

from app.domain import roles
from app.domain.ledger import Kind, Status
from app.domain.trust import RETURN_LIFE
from app.store import people, trust
from app.store.databases import AnyRow
from app.web.readers import reader
from app.web.sessions import now


def links(session: Session, row: AnyRow) -> dict[str, Any]:
    """Return the ids of both, and whether the reader may propose to send the transfer back.

    A return that waits is the affair of its source, which is the receiver of the first transfer.
    """
    nothing: dict[str, Any] = {"sends_back": None, "returns": [], "may_return": False}
    if row.kind is not Kind.TRANSFER:
        return nothing
    connection = session.connection()
    found = nothing | {"sends_back": trust.returned_by(connection, row.id)}
    if row.status is not Status.COMPLETED:
        return found
    power = people.power(connection, reader().id, row.target_id)
    role, right = (power.role, power.right) if power else (None, None)
    rows = [
        one
        for one in trust.returns_of(connection, row.id)
        if one.status in {Status.COMPLETED, Status.PROPOSED}
    ]
    knows = roles.may_see_account(role, right)
    in_time = not rows and now() < row.decided_at + RETURN_LIFE
    return found | {
        "returns": [one.transaction_id for one in rows if knows or one.status is Status.COMPLETED],
        "may_return": in_time and roles.may_propose(Kind.TRANSFER, role, right),
    }
