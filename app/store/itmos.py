"""Questions about ITMOs: the cooperative approaches, and the identifiers of what was issued."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.domain import bands, places, serials
from app.domain.itmo import Identifier, Units
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store.databases import AnyRow
from app.store.tables import (
    Action,
    ActionSum,
    Approach,
    AuthorizationVersion,
    Bar,
    Issuance,
    ItmoUnits,
    PartnerCountry,
    User,
)

_OF_APPROACH: Final[tuple[Any, ...]] = (
    *(Approach.id, Approach.code, Approach.code_is_official, Approach.name_en, Approach.name_ja),
    *(Approach.definition, Approach.initial_report_on, Approach.partner, PartnerCountry.alpha3),
    PartnerCountry.name_en.label("partner_en"),
    PartnerCountry.name_ja.label("partner_ja"),
)
_APPROACHES = (
    select(*_OF_APPROACH)
    .join(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
    .order_by(Approach.code)
)
_OF_HOLD: Final[tuple[Any, ...]] = (
    *(Bar.id, Bar.first, Bar.last, Bar.reason, Bar.laid_at, User.name_en, User.name_ja),
)
_UNITS = select(
    ItmoUnits.issuance_id, Approach.code, ItmoUnits.party_registry, ItmoUnits.first_transferring
).join(Approach, Approach.id == ItmoUnits.approach_id)
_TONNES = func.sum(Action.last - Action.first + 1)


def approaches(session: Session) -> Sequence[AnyRow]:
    """Return the cooperative approaches with the names of their partner countries, by code."""
    return session.connection().execute(_APPROACHES).all()


def codes(session: Session) -> dict[int, str]:
    """Return the codes of the cooperative approaches by their ids."""
    return {row.id: row.code for row in approaches(session)}


def units(session: Session, issuances: Iterable[int]) -> dict[int, Units]:
    """Return what the identifiers of issuances are made of; those of no ITMOs are left out."""
    wanted = sorted(set(issuances))
    if not wanted:
        return {}
    found = session.connection().execute(_UNITS.where(ItmoUnits.issuance_id.in_(wanted)))
    return {
        row.issuance_id: Units(row.code, row.party_registry, row.first_transferring)
        for row in found
    }


def numbers(session: Session, wanted: Identifier) -> Range | None:
    """Return which numbers of an identifier were issued with just its other parts, by place.

    Those of another registry are looked for where they came in.
    """
    for asked in _places(session, wanted):
        found = _issued(session, wanted, asked)
        if found is not None:
            return found
    return None


def _places(session: Session, wanted: Identifier) -> Iterator[Range]:
    """Yield where the numbers may stand: among the own ones, or in bands of other registries."""
    if wanted.range.last <= bands.OWN_MAX:
        yield wanted.range
    if wanted.range.last > bands.FOREIGN_MAX:
        return
    query = (
        select(func.min(Issuance.first))
        .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
        .where(Issuance.first > bands.OWN_MAX, ItmoUnits.party_registry == wanted.registry)
        .group_by((Issuance.first - places.FIRST) // places.SIZE)
    )
    for first in session.connection().execute(query).scalars():
        yield bands.stored(places.origin(int(first)), wanted.range, own="")


def _issued(session: Session, wanted: Identifier, asked: Range) -> Range | None:
    query = (
        select(func.min(Issuance.first), func.max(Issuance.last))
        .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
        .join(Approach, Approach.id == ItmoUnits.approach_id)
        .where(
            Issuance.first <= asked.last,
            Issuance.last >= asked.first,
            Issuance.vintage == wanted.vintage,
            Approach.code == wanted.approach,
            ItmoUnits.party_registry == wanted.registry,
            ItmoUnits.first_transferring == wanted.first_transferring,
        )
    )
    first, last = session.connection().execute(query).one()
    if first is None:
        return None
    return Range(max(first, asked.first), min(last, asked.last))


def tonnes(session: Session, *, public: bool) -> dict[ActionType, int]:
    """Return how many tonnes actions were about, by type.

    Args:
        public: without those under a confidential version of an authorization.
    """
    query = select(ActionSum.type, func.sum(ActionSum.quantity)).group_by(ActionSum.type)
    found = {ActionType(kind): int(sum_) for kind, sum_ in session.connection().execute(query)}
    if not public:
        return found
    hidden = (
        select(Action.type, _TONNES)
        .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
        .where(AuthorizationVersion.is_confidential)
        .group_by(Action.type)
    )
    for kind, sum_ in session.connection().execute(hidden):
        found[ActionType(kind)] -= int(sum_)
    return {kind: sum_ for kind, sum_ in found.items() if sum_}


def covers(session: Session, wanted: Range) -> bool:
    """Tell whether all numbers of a range were issued as ITMOs of a cooperative approach."""
    query = (
        select(Issuance.first, Issuance.last)
        .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
        .where(Issuance.first <= wanted.last, Issuance.last >= wanted.first)
    )
    found = [Range(first, last) for first, last in session.connection().execute(query)]
    return not serials.difference(wanted, found)


# Those that a consistency check flagged


def holds(session: Session) -> Sequence[AnyRow]:
    """Return which ITMOs are held as flagged inconsistent, with the reason and who flagged them."""
    query = (
        select(*_OF_HOLD)
        .join(User, User.id == Bar.laid_by)
        .where(Bar.is_inconsistent, Bar.lifted_at.is_(None))
        .order_by(Bar.first, Bar.id)
    )
    return session.connection().execute(query).all()


def flagged(connection: Connection) -> list[Range]:
    """Return every range that is held as flagged inconsistent now."""
    query = select(Bar.first, Bar.last).where(Bar.is_inconsistent, Bar.lifted_at.is_(None))
    return serials.join(Range(first, last) for first, last in connection.execute(query))
