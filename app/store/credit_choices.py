"""What the credit search offers to choose from, and which projects a choice stands for."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.text import Text
from app.store.tables import (
    Methodology,
    Project,
    SectoralScope,
    Total,
    project_methodologies,
)

_used = project_methodologies.c
_METHODOLOGIES = select(Methodology.reference).distinct().order_by(Methodology.reference)
_WITH_CREDITS = (
    _METHODOLOGIES.join(project_methodologies, _used.methodology_id == Methodology.id)
    .join(Total, Total.project_id == _used.project_id)
    .where(Total.quantity > 0)
)
_SCOPES = select(SectoralScope.number, SectoralScope.name_en, SectoralScope.name_ja).order_by(
    SectoralScope.number
)
_PROJECTS = (
    select(Project.id)
    .join(project_methodologies, _used.project_id == Project.id)
    .join(Methodology, Methodology.id == _used.methodology_id)
    .distinct()
    .order_by(Project.id)
)
_BY_METHODOLOGY = _PROJECTS.where(Methodology.reference == bindparam("reference"))
_BY_SCOPE = _PROJECTS.where(Methodology.sectoral_scope == bindparam("scope"))


def methodologies(session: Session) -> frozenset[str]:
    """Return the references of all methodologies."""
    return frozenset(session.connection().execute(_METHODOLOGIES).scalars())


def with_credits(session: Session) -> list[str]:
    """Return the references of the methodologies under which there are credits, ascending."""
    return list(session.connection().execute(_WITH_CREDITS).scalars())


def scopes(session: Session) -> dict[int, Text]:
    """Return the sectoral scopes' names by number."""
    found = session.connection().execute(_SCOPES)
    return {number: Text(name_en, name_ja) for number, name_en, name_ja in found}


def by_methodology(session: Session, reference: str) -> tuple[int, ...]:
    """Return the projects under any version of a methodology."""
    found = session.connection().execute(_BY_METHODOLOGY, {"reference": reference})
    return tuple(found.scalars())


def by_scope(session: Session, number: int) -> tuple[int, ...]:
    """Return the projects under a methodology of a sectoral scope."""
    return tuple(session.connection().execute(_BY_SCOPE, {"scope": number}).scalars())
