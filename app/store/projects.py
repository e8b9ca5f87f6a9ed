"""Questions about projects: which one bears a reference, which contain the words looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from app.domain.projects import Stage
from app.domain.text import searchable
from app.store.tables import Project, Total

_IDENTIFIER = select(Project.id).where(Project.reference == bindparam("reference"))
_REFERENCE = select(Project.reference).where(Project.id == bindparam("id"))

#: Words beyond these are left out: no one types more, and each costs a look at every project.
_WORDS_MAX: Final = 8


def identifier(connection: Connection, reference: str) -> int | None:
    """Return the row identifier of a project."""
    return connection.execute(_IDENTIFIER, {"reference": reference}).scalar_one_or_none()


def reference(connection: Connection, identifier: int) -> str:
    """Return the reference of a project, such as MN003."""
    return connection.execute(_REFERENCE, {"id": identifier}).scalar_one()


def with_words(connection: Connection, typed: str) -> tuple[int, ...]:
    """Return the projects whose titles, participants or country contain every word typed."""
    query = select(Project.id).where(*_contains(typed)).order_by(Project.id)
    return tuple(connection.execute(query).scalars())


def by_reference(session: Session, reference: str) -> Project | None:
    """Return a project with its participants and methodologies."""
    query = (
        select(Project)
        .where(Project.reference == reference)
        .options(selectinload(Project.participants), selectinload(Project.methodologies))
    )
    return session.scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class Search:
    """Which projects a list shows; None means any."""

    words: str = ""
    partner: str | None = None
    stage: Stage | None = None


_issued = (
    select(Total.project_id, func.sum(Total.quantity).label("tonnes"))
    .group_by(Total.project_id)
    .subquery()
)
_LISTED = select(
    Project.id,
    Project.reference,
    Project.partner,
    Project.title_en,
    Project.title_ja,
    Project.stage,
    Project.registered_on,
    func.coalesce(_issued.c.tonnes, 0).label("tonnes"),
).outerjoin(_issued, _issued.c.project_id == Project.id)


def find(
    session: Session,
    search: Search,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> Sequence[Row[Any]]:
    """Return projects by reference: those past `after`, or the last ones below `before`."""
    query = _LISTED.where(*_conditions(search)).limit(size)
    if before is not None:
        query = query.where(Project.reference < before).order_by(Project.reference.desc())
        return session.connection().execute(query).all()[::-1]
    if after is not None:
        query = query.where(Project.reference > after)
    return session.connection().execute(query.order_by(Project.reference)).all()


def count(session: Session, search: Search) -> int:
    """Return how many projects there are."""
    query = select(func.count()).select_from(Project).where(*_conditions(search))
    return session.connection().execute(query).scalar_one()


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found = _contains(search.words)
    if search.partner is not None:
        found.append(Project.partner == search.partner)
    if search.stage is not None:
        found.append(Project.stage == search.stage)
    return found


def _contains(typed: str) -> list[ColumnElement[bool]]:
    """Each word must occur; two Japanese letters are a word, so no word index would find them."""
    return [
        Project.search_text.contains(word, autoescape=True)
        for word in searchable(typed).split()[:_WORDS_MAX]
    ]
