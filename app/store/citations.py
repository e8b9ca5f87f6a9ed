"""Questions about the legal basis: what holds on a day, and when anything changed."""

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from app.domain.citations import Citation, Subject
from app.domain.text import Text
from app.store.tables import Citation as Recorded

_HOLDS = (
    Recorded.effective_from <= bindparam("day"),
    or_(Recorded.effective_until.is_(None), Recorded.effective_until > bindparam("day")),
)
_ALL = select(Recorded.__table__).order_by(Recorded.position, Recorded.effective_from)
_ON = _ALL.where(*_HOLDS)
_OF = _ON.where(Recorded.subject == bindparam("subject"))
_OTHERS = _ALL.where(Recorded.subject.not_in(select(Recorded.subject).where(*_HOLDS)))
_FIRST_DAYS = select(Recorded.effective_from).distinct()
_ENDS = select(Recorded.effective_until).where(Recorded.effective_until.is_not(None)).distinct()


def on(session: Session, day: date) -> list[Citation]:
    """Return what holds on a day: one citation for each subject, in their order."""
    return [_citation(row) for row in session.connection().execute(_ON, {"day": day})]


def others(session: Session, day: date) -> dict[Subject, Text]:
    """Return the subjects of which no provision is known for a day, with their latest titles."""
    found = map(_citation, session.connection().execute(_OTHERS, {"day": day}))
    return {one.subject: one.title for one in found}


def of(session: Session, subject: Subject, day: date) -> Citation | None:
    """Return what holds for one subject on a day."""
    found = session.connection().execute(_OF, {"subject": subject, "day": day}).one_or_none()
    return None if found is None else _citation(found)


def days(session: Session) -> list[date]:
    """Return the days on which anything began or ceased to hold, ascending."""
    connection = session.connection()
    found = {day for query in (_FIRST_DAYS, _ENDS) for day in connection.execute(query).scalars()}
    return sorted(day for day in found if day)


def _citation(row: Row[Any]) -> Citation:
    return Citation(
        subject=Subject(row.subject),
        title=Text(row.title_en, row.title_ja),
        provision=Text(row.provision_en, row.provision_ja),
        is_established=row.is_established,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        source=row.source,
    )
