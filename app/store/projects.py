"""Questions about projects: which one bears a reference, which contain the words looked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from app.domain.accounts import HOLDING_KINDS, Holding
from app.domain.projects import Stage
from app.domain.text import searchable
from app.store import acquired
from app.store.databases import AnyRow
from app.store.tables import (
    Issuance,
    Methodology,
    Participant,
    Project,
    Total,
    project_methodologies,
)

_IDENTIFIER = select(Project.id).where(Project.reference == bindparam("reference"))
_REFERENCE = select(Project.reference).where(Project.id == bindparam("id"))

#: Words beyond these are left out: no one types more, and each costs a look at every project.
_WORDS_MAX: Final = 8
#: Rows that are read at a time when all of them are wanted.
_CHUNK: Final = 500


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
    """Which projects a list shows; None means any.

    Methodology and scope go together: a project has a methodology that is both.
    """

    words: str = ""
    partner: str | None = None
    stage: Stage | None = None
    methodology: str | None = None
    scope: int | None = None


def _tonnes(state: Holding) -> ColumnElement[int]:
    of_state = Total.kind.in_(sorted(HOLDING_KINDS[state]))
    return func.sum(case((of_state, Total.quantity), else_=0))


_issued = (
    select(
        Total.project_id,
        func.sum(Total.quantity).label("tonnes"),
        *(_tonnes(state).label(state.value) for state in Holding),
    )
    .group_by(Total.project_id)
    .subquery()
)
_acquired = acquired.by(Issuance.project_id)
_from_elsewhere = func.coalesce(_acquired.c.acquired, 0)
#: One project as lists show it: `tonnes` are all that were issued here, `acquired` what came from
#: other registries; those of each state make up both.
_LISTED = (
    select(
        Project.id,
        Project.reference,
        Project.partner,
        Project.title_en,
        Project.title_ja,
        Project.stage,
        Project.registered_on,
        Project.expected_kilotonnes_per_year,
        (func.coalesce(_issued.c.tonnes, 0) - _from_elsewhere).label("tonnes"),
        _from_elsewhere.label("acquired"),
        *(func.coalesce(_issued.c[state.value], 0).label(state.value) for state in Holding),
    )
    .outerjoin(_issued, _issued.c.project_id == Project.id)
    .outerjoin(_acquired, _acquired.c.key == Project.id)
)


def find(
    session: Session,
    search: Search,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return projects by reference: those past `after`, or the last ones below `before`."""
    query = _LISTED.where(*_conditions(search)).limit(size)
    if before is not None:
        query = query.where(Project.reference < before).order_by(Project.reference.desc())
        return session.connection().execute(query).all()[::-1]
    if after is not None:
        query = query.where(Project.reference > after)
    return session.connection().execute(query.order_by(Project.reference)).all()


def listed(session: Session, reference: str) -> AnyRow | None:
    """Return one project as lists show it."""
    query = _LISTED.where(Project.reference == reference)
    return session.connection().execute(query).one_or_none()


def count(session: Session, search: Search) -> int:
    """Return how many projects there are."""
    query = select(func.count()).select_from(Project).where(*_conditions(search))
    return session.connection().execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class Details:
    """What belongs to a project besides its row, in the published order."""

    methodologies: Sequence[AnyRow] = ()
    participants: Sequence[AnyRow] = ()


def stream(session: Session, search: Search) -> Iterator[tuple[AnyRow, Details]]:
    """Yield every project by reference with what belongs to it, some hundred at a time."""
    after, more = None, True
    while more:
        found = find(session, search, after=after, size=_CHUNK)
        belonging = details(session, [row.id for row in found])
        for row in found:
            yield row, belonging[row.id]
        more = len(found) == _CHUNK
        after = found[-1].reference if more else None


def details(session: Session, identifiers: Sequence[int]) -> dict[int, Details]:
    """Return the methodologies and participants of some projects, by project."""
    used = methodologies(session, identifiers)
    query = (
        select(Participant.__table__)
        .where(Participant.project_id.in_(identifiers))
        .order_by(Participant.project_id, Participant.position)
    )
    taking_part = _grouped(session.connection().execute(query).all())
    return {
        identifier: Details(used.get(identifier, ()), taking_part.get(identifier, ()))
        for identifier in identifiers
    }


def methodologies(session: Session, identifiers: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return the versions of methodologies that some projects use, by project."""
    uses = project_methodologies.c
    query = (
        select(
            uses.project_id,
            Methodology.reference,
            Methodology.version,
            Methodology.sectoral_scope,
        )
        .join(Methodology, Methodology.id == uses.methodology_id)
        .where(uses.project_id.in_(identifiers))
        .order_by(uses.project_id, Methodology.reference, Methodology.version)
    )
    return _grouped(session.connection().execute(query).all())


def _grouped(rows: Iterable[AnyRow]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found = _contains(search.words)
    if search.partner is not None:
        found.append(Project.partner == search.partner)
    if search.stage is not None:
        found.append(Project.stage == search.stage)
    if search.methodology is not None or search.scope is not None:
        found.append(Project.id.in_(_using(search)))
    return found


def _using(search: Search) -> Select[int]:
    uses = project_methodologies.c
    query = select(uses.project_id).join(Methodology, Methodology.id == uses.methodology_id)
    if search.methodology is not None:
        query = query.where(Methodology.reference == search.methodology)
    if search.scope is not None:
        query = query.where(Methodology.sectoral_scope == search.scope)
    return query


def _contains(typed: str) -> list[ColumnElement[bool]]:
    return containing(Project.search_text, typed)


def containing(column: InstrumentedAttribute[str], typed: str) -> list[ColumnElement[bool]]:
    """Each word must occur; two Japanese letters are a word, so no word index would find them."""
    return [
        column.contains(word, autoescape=True) for word in searchable(typed).split()[:_WORDS_MAX]
    ]
