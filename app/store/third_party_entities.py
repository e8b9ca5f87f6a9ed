"""Questions about third-party entities: who validates and verifies for which partner country."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.references import Standing
from app.store.databases import AnyRow
from app.store.projects import containing
from app.store.tables import ThirdPartyEntity

#: Rows that are read at a time when all of them are wanted.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Search:
    """Which third-party entities a list shows; None means any."""

    words: str = ""
    partner: str | None = None
    standing: Standing | None = None


def find(
    session: Session,
    search: Search,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return them by reference: those past `after`, or the last ones below `before`."""
    reference = ThirdPartyEntity.reference
    query = select(ThirdPartyEntity.__table__).where(*_conditions(search)).limit(size)
    if before is not None:
        query = query.where(reference < before).order_by(reference.desc())
        return session.connection().execute(query).all()[::-1]
    query = query.where(reference > (after or "")).order_by(reference)
    return session.connection().execute(query).all()


def count(session: Session, search: Search) -> int:
    """Return how many there are."""
    query = select(func.count()).select_from(ThirdPartyEntity).where(*_conditions(search))
    return session.connection().execute(query).scalar_one()


def stream(session: Session, search: Search) -> Iterator[AnyRow]:
    """Yield all of them by reference."""
    after, more = None, True
    while more:
        found = find(session, search, after=after, size=_CHUNK)
        yield from found
        more = len(found) == _CHUNK
        after = found[-1].reference if more else None


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found = containing(ThirdPartyEntity.search_text, search.words)
    if search.partner is not None:
        found.append(ThirdPartyEntity.partner == search.partner)
    if search.standing is not None:
        found.append(ThirdPartyEntity.standing == search.standing)
    return found
