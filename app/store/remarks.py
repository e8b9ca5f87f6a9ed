"""Questions about remarks on records of Article 6.2."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.remarks import About, Subject
from app.store.databases import AnyRow
from app.store.tables import AefEdition, Approach, Authorization, PartnerCountry, Remark, User


def of(
    session: Session,
    subject: str,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int,
) -> Sequence[AnyRow]:
    """Return remarks, newest first, with who made them and in which role."""
    query = select(
        Remark.id, Remark.text, Remark.made_at, User.name_en, User.name_ja, User.role
    ).join(User, User.id == Remark.made_by)
    query = query.where(Remark.subject == subject)
    if before is not None:
        query = query.where(Remark.id < before)
    if after is not None:
        query = query.where(Remark.id > after)
    query = query.order_by(Remark.id.desc() if after is None else Remark.id.asc()).limit(size)
    found = session.connection().execute(query).all()
    return found if after is None else found[::-1]


def count(session: Session, subject: str) -> int:
    """Return how many remarks there are on a record."""
    query = select(func.count()).where(Remark.subject == subject)
    return int(session.connection().execute(query).scalar_one())


def by_key(session: Session, made_by: int, key: str) -> Remark | None:
    """Return the remark that somebody made with this key."""
    query = select(Remark).where(Remark.made_by == made_by, Remark.key == key)
    return session.scalars(query).one_or_none()


def is_there(session: Session, subject: Subject, *, party: str) -> bool:
    """Tell whether a record exists in the registry of a Party."""
    if subject.about is About.ADJUSTMENTS:
        partners = select(PartnerCountry.alpha3).join(
            Approach, Approach.partner == PartnerCountry.alpha2
        )
        name = subject.names[0]
        return name == party or _any(session, partners.where(PartnerCountry.alpha3 == name))
    if subject.about is About.AUTHORIZATION:
        wanted = select(Authorization.id).where(Authorization.identifier == subject.names[0])
        return _any(session, wanted)
    year, version = subject.names
    major, minor = map(int, version.split("."))
    editions = select(AefEdition.id).where(
        AefEdition.party == party,
        AefEdition.year == int(year),
        AefEdition.major == major,
        AefEdition.minor == minor,
    )
    return _any(session, editions)


def _any(session: Session, query: Select[Any]) -> bool:
    return session.connection().execute(query.limit(1)).first() is not None
