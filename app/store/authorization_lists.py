"""Lists of authorizations: for administrators with filters, and for everyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.authorizations import Standing, Terms
from app.domain.nomenclature import Purpose
from app.store.authorizations import read_terms, versions
from app.store.databases import AnyRow
from app.store.tables import Approach, Authorization, AuthorizationVersion, PartnerCountry

_newest = (
    select(
        AuthorizationVersion.authorization_id,
        func.max(AuthorizationVersion.number).label("number"),
    )
    .where(AuthorizationVersion.standing == Standing.APPROVED)
    .group_by(AuthorizationVersion.authorization_id)
    .subquery()
)
_approved = aliased(AuthorizationVersion)
_waiting = aliased(AuthorizationVersion)

_SHOWN: Final = (
    *("purpose", "vintage_first", "vintage_last", "quantity", "is_confidential"),
    *("authorized_on", "effective_on"),
)
_columns: list[Any] = [
    Authorization.id,
    Authorization.identifier,
    Authorization.identifier_is_official,
    Approach.code,
    Approach.code_is_official,
    PartnerCountry.name_en.label("partner_en"),
    PartnerCountry.name_ja.label("partner_ja"),
    _approved.id.label("version_id"),
    _approved.number,
    _waiting.id.label("waiting_id"),
    *(
        func.coalesce(getattr(_approved, name), getattr(_waiting, name)).label(name)
        for name in _SHOWN
    ),
]
#: What lists show: what is approved last, or else what waits.
_LISTED: Final[Select[Any]] = (
    select(*_columns)
    .outerjoin(Approach, Approach.id == Authorization.approach_id)
    .outerjoin(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
    .outerjoin(_newest, _newest.c.authorization_id == Authorization.id)
    .outerjoin(
        _approved,
        and_(
            _approved.authorization_id == Authorization.id,
            _approved.number == _newest.c.number,
            _approved.standing == Standing.APPROVED,
        ),
    )
    .outerjoin(
        _waiting,
        and_(
            _waiting.authorization_id == Authorization.id,
            _waiting.standing == Standing.PROPOSED,
        ),
    )
)
_said_purpose = func.coalesce(_approved.purpose, _waiting.purpose)
_WAITS: Final = _waiting.id.is_not(None)
_APPROVED: Final = _newest.c.number.is_not(None)
_HIDDEN: Final = exists().where(
    AuthorizationVersion.authorization_id == Authorization.id,
    AuthorizationVersion.standing == Standing.APPROVED,
    AuthorizationVersion.is_confidential,
)
#: What everyone may see.
_PUBLIC: Final = _LISTED.where(_APPROVED, ~_HIDDEN)


@dataclass(frozen=True, slots=True)
class Search:
    """Which authorizations are wanted; what is None or empty does not matter."""

    words: str = ""
    approach: str | None = None
    purpose: Purpose | None = None
    is_waiting: bool = False


def find(
    session: Session,
    search: Search,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return authorizations, the newest first, between two ids."""
    query = _narrowed(_LISTED, search)
    if before is not None:
        query = query.where(Authorization.id < before)
    if after is None:
        query = query.order_by(Authorization.id.desc())
        return session.connection().execute(query.limit(size)).all()
    query = query.where(Authorization.id > after).order_by(Authorization.id)
    return session.connection().execute(query.limit(size)).all()[::-1]


def count(session: Session, search: Search) -> int:
    """Return how many authorizations are meant."""
    query = _narrowed(_LISTED, search).subquery()
    return session.connection().execute(select(func.count()).select_from(query)).scalar_one()


def approved_terms(session: Session, authorization_ids: Sequence[int]) -> Mapping[int, list[Terms]]:
    """Return the approved versions of authorizations, by authorization."""
    query = versions(None).where(
        AuthorizationVersion.standing == Standing.APPROVED,
        AuthorizationVersion.authorization_id.in_(authorization_ids),
    )
    found: dict[int, list[Terms]] = {one: [] for one in authorization_ids}
    for row in session.connection().execute(query):
        found[row.authorization_id].append(read_terms(row))
    return found


def public(session: Session) -> Sequence[AnyRow]:
    """Return what everyone may see: approved authorizations without a confidential version."""
    return session.connection().execute(_PUBLIC.order_by(Authorization.identifier)).all()


def is_public(session: Session, authorization_id: int) -> bool:
    """Tell whether everyone may see an authorization."""
    query = _PUBLIC.where(Authorization.id == authorization_id)
    return session.connection().execute(query).first() is not None


def _narrowed(query: Select[Any], search: Search) -> Select[Any]:
    for word in search.words.split():
        like = f"%{_escaped(word.casefold())}%"
        names = (
            Authorization.identifier,
            Approach.code,
            Approach.name_en,
            Approach.name_ja,
            PartnerCountry.alpha3,
        )
        query = query.where(or_(*(func.lower(name).like(like, escape="\\") for name in names)))
    if search.approach is not None:
        query = query.where(Approach.code == search.approach)
    if search.purpose is not None:
        query = query.where(_said_purpose == search.purpose.value)
    if search.is_waiting:
        query = query.where(_WAITS)
    return query


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
