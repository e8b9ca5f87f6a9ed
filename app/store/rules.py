"""Questions about rules: those of a partner country's Joint Committee, by name."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.tables import Rule


def of_partner(session: Session, partner: str) -> Sequence[AnyRow]:
    """Return the rules and forms of a partner country in the order of the data."""
    query = select(Rule.__table__).where(Rule.partner == partner).order_by(Rule.id)
    return session.connection().execute(query).all()
