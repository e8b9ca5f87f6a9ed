"""Questions about editions of the annual information in the Agreed Electronic Format."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from app.domain.aef_editions import Version
from app.store.databases import AnyRow
from app.store.tables import AefEdition

#: What lists show: the content itself is read for one edition at a time.
_LISTED: Final = (
    *(AefEdition.id, AefEdition.party, AefEdition.year, AefEdition.major, AefEdition.minor),
    *(AefEdition.format, AefEdition.digest, AefEdition.withheld),
    *(AefEdition.authorizations, AefEdition.actions, AefEdition.holdings, AefEdition.entities),
    *(AefEdition.made_by, AefEdition.made_at, AefEdition.submitted_at),
)


def by_version(session: Session, party: str, year: int, version: Version) -> AefEdition | None:
    """Return an edition, submitted or not."""
    query = select(AefEdition).where(
        *_of(party, year), AefEdition.major == version.major, AefEdition.minor == version.minor
    )
    return session.scalars(query).one_or_none()


def by_key(session: Session, made_by: int, key: str) -> AefEdition | None:
    """Return the edition that somebody froze with this key."""
    query = select(AefEdition).where(AefEdition.made_by == made_by, AefEdition.key == key)
    return session.scalars(query).one_or_none()


def latest(session: Session, party: str, year: int) -> Version | None:
    """Return the version of a year's last edition, or None."""
    query = select(AefEdition.major, AefEdition.minor).where(*_of(party, year))
    row = session.execute(
        query.order_by(AefEdition.major.desc(), AefEdition.minor.desc()).limit(1)
    ).first()
    return Version(*row) if row else None


def before(session: Session, edition: AefEdition) -> AefEdition | None:
    """Return the edition of the same year before this one, or None."""
    here = tuple_(AefEdition.major, AefEdition.minor)
    query = select(AefEdition).where(
        *_of(edition.party, edition.year), here < tuple_(edition.major, edition.minor)
    )
    ordered = query.order_by(AefEdition.major.desc(), AefEdition.minor.desc())
    return session.scalars(ordered.limit(1)).first()


def of_party(session: Session, party: str) -> Sequence[AnyRow]:
    """Return the last edition of each year, the latest year first."""
    last = select(func.max(AefEdition.id)).where(AefEdition.party == party)
    query = select(*_LISTED).where(AefEdition.id.in_(last.group_by(AefEdition.year)))
    return session.execute(query.order_by(AefEdition.year.desc())).all()


def of_year(
    session: Session,
    party: str,
    year: int,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return the editions of a year, the last first, between two ids."""
    return _between(session, _of(party, year), before=before, after=after, size=size)


def submitted(
    session: Session,
    party: str,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return the editions that the Party submitted, the last first, between two ids."""
    asked = (AefEdition.party == party, AefEdition.submitted_at.is_not(None))
    return _between(session, asked, before=before, after=after, size=size)


def _of(party: str, year: int) -> tuple[ColumnElement[bool], ...]:
    return AefEdition.party == party, AefEdition.year == year


def _between(
    session: Session,
    asked: tuple[ColumnElement[bool], ...],
    *,
    before: int | None,
    after: int | None,
    size: int,
) -> Sequence[AnyRow]:
    query = select(*_LISTED).where(*asked)
    if before is not None:
        query = query.where(AefEdition.id < before)
    if after is not None:
        nearest = query.where(AefEdition.id > after).order_by(AefEdition.id).limit(size)
        return session.execute(nearest).all()[::-1]
    return session.execute(query.order_by(AefEdition.id.desc()).limit(size)).all()
