"""Questions about methodologies: each has versions, and projects that use one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.text import Text
from app.store.databases import AnyRow
from app.store.projects import containing
from app.store.tables import Methodology, Project, SectoralScope, project_methodologies

#: Rows that are read at a time when all of them are wanted.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Search:
    """Which methodologies a list shows, with all their versions; None means any."""

    words: str = ""
    partner: str | None = None
    scope: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A methodology with its versions, oldest first, and how many projects use one of them."""

    reference: str
    partner: str
    versions: Sequence[AnyRow]
    projects: int

    @property
    def newest(self) -> AnyRow:
        """The latest version."""
        return self.versions[-1]


def references(session: Session) -> list[str]:
    """Return what the methodologies are called, ascending."""
    query = select(Methodology.reference).distinct().order_by(Methodology.reference)
    return list(session.connection().execute(query).scalars())


def scopes(session: Session) -> dict[int, Text]:
    """Return the names of the sectoral scopes by number."""
    query = select(SectoralScope.__table__).order_by(SectoralScope.number)
    found = session.connection().execute(query)
    return {row.number: Text(row.name_en, row.name_ja) for row in found}


def with_scope(session: Session) -> tuple[int, int]:
    """Return of how many methodologies the sectoral scope is known, and how many there are."""
    methodologies = Methodology.reference.distinct()
    known = func.count(methodologies).filter(Methodology.sectoral_scope.is_not(None))
    found = session.connection().execute(select(known, func.count(methodologies))).one()
    return found[0], found[1]


def find(
    session: Session,
    search: Search,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> list[Listed]:
    """Return methodologies by reference: those past `after`, or the last ones below `before`."""
    query = select(Methodology.reference).where(*_conditions(search)).distinct().limit(size)
    if before is not None:
        query = query.where(Methodology.reference < before)
        query = query.order_by(Methodology.reference.desc())
    else:
        query = query.where(Methodology.reference > (after or ""))
        query = query.order_by(Methodology.reference)
    named = sorted(session.connection().execute(query).scalars())
    return [Listed(*found) for found in _with_versions(session, named)] if named else []


def count(session: Session, search: Search) -> int:
    """Return how many methodologies there are, whatever the number of their versions."""
    query = select(func.count(Methodology.reference.distinct())).where(*_conditions(search))
    return session.connection().execute(query).scalar_one()


def stream(session: Session, search: Search) -> Iterator[AnyRow]:
    """Yield every version of the methodologies of a search, by reference and version."""
    after, more = None, True
    while more:
        found = find(session, search, after=after, size=_CHUNK)
        for one in found:
            yield from one.versions
        more = len(found) == _CHUNK
        after = found[-1].reference if more else None


def by_reference(session: Session, reference: str) -> Listed | None:
    """Return a methodology with its versions."""
    return next((Listed(*found) for found in _with_versions(session, [reference])), None)


def projects_of(session: Session, reference: str, *, size: int) -> Sequence[AnyRow]:
    """Return the first projects that use a methodology, each with the version it uses."""
    uses = project_methodologies.c
    query = (
        select(
            Project.reference,
            Project.title_en,
            Project.title_ja,
            Project.stage,
            Project.registered_on,
            Methodology.version,
        )
        .join(project_methodologies, uses.project_id == Project.id)
        .join(Methodology, Methodology.id == uses.methodology_id)
        .where(Methodology.reference == reference)
        .order_by(Project.reference, Methodology.version)
        .limit(size)
    )
    return session.connection().execute(query).all()


def _with_versions(
    session: Session, named: Sequence[str]
) -> Iterator[tuple[str, str, list[AnyRow], int]]:
    uses = project_methodologies.c
    used = (
        select(uses.methodology_id, func.count().label("projects"))
        .group_by(uses.methodology_id)
        .subquery()
    )
    query = (
        select(Methodology.__table__, func.coalesce(used.c.projects, 0).label("projects"))
        .outerjoin(used, used.c.methodology_id == Methodology.id)
        .where(Methodology.reference.in_(named))
    )
    rows = sorted(session.connection().execute(query).all(), key=_position)
    users = _users(session, named)
    for reference in named:
        versions = [row for row in rows if row.reference == reference]
        if versions:
            yield reference, versions[0].partner, versions, users.get(reference, 0)


def _users(session: Session, named: Sequence[str]) -> dict[str, int]:
    """Count projects once, however many versions they use."""
    uses = project_methodologies.c
    query = (
        select(Methodology.reference, func.count(uses.project_id.distinct()))
        .join(Methodology, Methodology.id == uses.methodology_id)
        .where(Methodology.reference.in_(named))
        .group_by(Methodology.reference)
    )
    return {row[0]: row[1] for row in session.connection().execute(query)}


def _position(row: AnyRow) -> tuple[str, list[tuple[int, str]]]:
    """Order versions as numbers: 2.0 comes before 10.0."""
    parts = row.version.split(".")
    return row.reference, [(int(part) if part.isdecimal() else 0, part) for part in parts]


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found = containing(Methodology.search_text, search.words)
    if search.partner is not None:
        found.append(Methodology.partner == search.partner)
    if search.scope is not None:
        found.append(Methodology.sectoral_scope == search.scope)
    return found
