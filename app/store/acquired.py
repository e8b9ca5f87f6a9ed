"""How many credits came from other registries, which this one did not issue itself."""

from typing import Any

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.domain.bands import OWN_MAX
from app.store.tables import Issuance


def by(column: Any) -> Subquery:
    """Return the tonnes that came from other registries, by a column of their issuances."""
    tonnes = func.sum(Issuance.last - Issuance.first + 1).label("acquired")
    query = select(column.label("key"), tonnes).where(Issuance.first > OWN_MAX)
    return query.group_by(column).subquery()


_ALL = select(func.coalesce(func.sum(Issuance.last - Issuance.first + 1), 0)).where(
    Issuance.first > OWN_MAX
)


def tonnes(session: Session, project_id: int | None = None) -> int:
    """Return how many tonnes came from other registries, of a project or all of them."""
    query = _ALL if project_id is None else _ALL.where(Issuance.project_id == project_id)
    return int(session.connection().execute(query).scalar_one())
