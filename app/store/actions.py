"""Actions with ITMOs: the one door through which they are recorded, and questions about them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import accounts
from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import ActionType, CancelledFor, Subtype
from app.domain.projects import ITMO_VINTAGE_MIN, UnitClass
from app.domain.serials import Range
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Action,
    ActionSum,
    Approach,
    Authorization,
    AuthorizationEffect,
    AuthorizationVersion,
    Balance,
    Block,
    Issuance,
    ItmoUnits,
    PartnerCountry,
    Project,
    Use,
)


@dataclass(frozen=True, slots=True)
class New:
    """An action to be recorded; the range lies within one issuance."""

    at: datetime
    type: ActionType
    range: Range
    issuance_id: int
    version_id: int
    subtype: Subtype | None = None
    is_final: bool = False
    transaction_id: int | None = None
    counterparty: str | None = None
    cancelled_for: CancelledFor | None = None
    using_party: str | None = None
    using_entity: str | None = None
    calendar_year: int | None = None
    note: str = ""


_KEYS: Final = [column.name for column in ActionSum.__table__.primary_key]


def add(connection: Connection, actions: Sequence[New]) -> None:
    """Record actions and keep their sums; the database refuses what happens once only.

    Raises:
        sqlalchemy.exc.IntegrityError: a number would be first transferred, or used or cancelled,
            a second time.
    """
    if not actions:
        return
    connection.execute(insert(Action), [_row(action) for action in actions])
    units = cache(lambda issuance_id: _units(connection, issuance_id))
    purpose = cache(lambda version_id: _purpose(connection, version_id))
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    for action in actions:
        key = _key(action, units(action.issuance_id), purpose(action.version_id))
        sums[key] += action.range.quantity
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = make(ActionSum)
    kept = made.on_conflict_do_update(
        index_elements=_KEYS, set_={"quantity": ActionSum.quantity + made.excluded.quantity}
    )
    rows = [
        dict(zip(_KEYS, key, strict=True)) | {"quantity": tonnes} for key, tonnes in sums.items()
    ]
    # In the order of the key, so that two at once never wait for each other.
    connection.execute(kept, sorted(rows, key=lambda row: [str(row[name]) for name in _KEYS]))


def _row(action: New) -> dict[str, Any]:
    row = {name: value for name, value in asdict(action).items() if name != "range"}
    return row | {"first": action.range.first, "last": action.range.last}


def _units(connection: Connection, issuance_id: int) -> AnyRow:
    return connection.execute(
        select(ItmoUnits.approach_id, Issuance.project_id, Issuance.vintage)
        .join(Issuance, Issuance.id == ItmoUnits.issuance_id)
        .where(Issuance.id == issuance_id)
    ).one()


def _purpose(connection: Connection, version_id: int) -> str:
    query = select(AuthorizationVersion.purpose).where(AuthorizationVersion.id == version_id)
    return connection.execute(query).scalar_one()


def _key(action: New, units: AnyRow, purpose: str) -> tuple[Any, ...]:
    """Return what a sum is kept by, in the order of the primary key."""
    values = {
        "approach_id": units.approach_id,
        "project_id": units.project_id,
        "vintage": units.vintage,
        "type": action.type,
        "subtype": action.subtype or "",
        "purpose": purpose,
        "counterparty": action.counterparty or "",
        "cancelled_for": action.cancelled_for or "",
        "calendar_year": action.calendar_year or 0,
        "year": action.at.astimezone(UTC).year,
    }
    return tuple(values[name] for name in _KEYS)


# Units: what they are, and what happened to them before

_UNITS = (
    select(
        Issuance.id,
        Issuance.first,
        Issuance.last,
        Issuance.vintage,
        Project.reference.label("project"),
        ItmoUnits.approach_id,
        ItmoUnits.first_transferring,
    )
    .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
    .join(Project, Project.id == Issuance.project_id)
    .order_by(Issuance.id)
)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What never changes about the ITMOs of one issuance; `id` is 0 before it is made."""

    id: int
    range: Range
    vintage: int
    project: str
    approach_id: int
    first_transferring: str


def units(connection: Connection, issuances: Collection[int]) -> dict[int, Outcomes]:
    """Return by issuance what the ITMOs among some issuances are."""
    found = connection.execute(_UNITS.where(Issuance.id.in_(sorted(issuances))))
    return {row.id: _outcomes(row) for row in found}


def units_of(connection: Connection, approach_id: int) -> list[Outcomes]:
    """Return every issuance of ITMOs of an approach, in the order of their serial numbers."""
    found = connection.execute(_UNITS.where(ItmoUnits.approach_id == approach_id))
    return [_outcomes(row) for row in found]


def _outcomes(row: AnyRow) -> Outcomes:
    said = (row.vintage, row.project, row.approach_id, row.first_transferring)
    return Outcomes(row.id, Range(row.first, row.last), *said)


@dataclass(frozen=True, slots=True)
class Past:
    """An action that touched units before: under which version, and whether it was an entry."""

    id: int
    type: ActionType
    range: Range
    version_id: int


#: Under these units come under an authorization here.
ENTERING: Final = (ActionType.AUTHORIZATION, ActionType.ACQUISITION)
_PAST = (Action.id, Action.type, Action.first, Action.last, Action.version_id)
# First transfers never overlap: the greatest first not above n alone can reach over it.
_start = (
    select(func.max(Action.first))
    .where(Action.type == ActionType.FIRST_TRANSFER, Action.first <= bindparam("low"))
    .correlate(None)
    .scalar_subquery()
)
_HAPPENED = Statement(
    union_all(
        select(*_PAST).where(
            or_(*(Action.type == one for one in ENTERING)),
            Action.first >= bindparam("begin"),
            Action.first <= bindparam("high"),
            Action.last >= bindparam("low"),
        ),
        select(*_PAST).where(
            Action.type == ActionType.FIRST_TRANSFER,
            Action.first >= func.coalesce(_start, bindparam("low")),
            Action.first <= bindparam("high"),
            Action.last >= bindparam("low"),
        ),
    )
)


def past(connection: Connection, outcomes: Outcomes, wanted: Range) -> list[Past]:
    """Return the entries and first transfers that touch a range, in the order they happened."""
    # No action reaches over the beginning of its issuance.
    begin, low, high = outcomes.range.first, wanted.first, wanted.last
    rows = _HAPPENED.rows(connection, begin=begin, low=low, high=high)
    found = [Past(row.id, row.type, Range(row.first, row.last), row.version_id) for row in rows]
    return sorted(found, key=lambda one: one.id)


def entered(connection: Connection, authorization_id: int) -> int:
    """Return how many tonnes came under an authorization here, in all its versions."""
    query = (
        select(func.coalesce(func.sum(Action.last - Action.first + 1), 0))
        .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
        .where(AuthorizationVersion.authorization_id == authorization_id, Action.type.in_(ENTERING))
    )
    return int(connection.execute(query).scalar_one())


def held(connection: Connection, within: Range) -> Iterator[Range]:
    """Yield what of an issuance is held and neither used nor cancelled, neighbours joined."""
    query = (
        select(Block.first, Block.last)
        .where(
            Block.closed_by.is_(None),
            Block.first >= within.first,
            Block.first <= within.last,
            Block.kind.in_(sorted(accounts.HOLDING)),
        )
        .order_by(Block.first)
    )
    first, last = 0, -1
    for row in connection.execute(query):
        if row.first != last + 1 and last > 0:
            yield Range(first, last)
        first, last = (first if row.first == last + 1 else row.first), row.last
    if last > 0:
        yield Range(first, last)


# What movements ask


def use_of(connection: Connection, transaction_id: int) -> AnyRow | None:
    """Return what a retirement or cancellation of ITMOs is for."""
    return _USE.row(connection, transaction=transaction_id)


_USE = Statement(
    select(Use.__table__).where(Use.transaction_id == bindparam("transaction")),
)
_APPROACH = Statement(
    select(Approach.id, PartnerCountry.alpha3)
    .join(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
    .where(Approach.partner == bindparam("partner"))
)


def approach_of(connection: Connection, partner: str) -> AnyRow | None:
    """Return the cooperative approach with a partner country: id, alpha3 of the partner."""
    return _APPROACH.row(connection, partner=partner)


def may_concern(connection: Connection, account_ids: Collection[int] | None) -> bool:
    """Tell whether ITMOs of an approach lie in any of the accounts (None: in any at all)."""
    query = (
        select(Balance.account_id)
        .join(Project, Project.id == Balance.project_id)
        .join(Approach, Approach.partner == Project.partner)
        .where(Balance.vintage >= ITMO_VINTAGE_MIN, Balance.quantity > 0)
        .limit(1)
    )
    if account_ids is None:
        query = query.join(Account, Account.id == Balance.account_id)
        query = query.where(Account.kind.in_(sorted(accounts.HOLDING)))
    else:
        query = query.where(Balance.account_id.in_(sorted(account_ids)))
    return connection.execute(query).first() is not None


# What authorizations ask


def unrecognised(connection: Connection, approach_id: int) -> list[Outcomes]:
    """Return issuances of ITMOs of an approach's partner that say nothing of it yet."""
    query = (
        select(
            Issuance.id,
            Issuance.first,
            Issuance.last,
            Issuance.vintage,
            Project.reference.label("project"),
            Approach.id.label("approach_id"),
            PartnerCountry.alpha3.label("first_transferring"),
        )
        .join(Approach, Approach.partner == Issuance.partner)
        .join(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
        .join(Project, Project.id == Issuance.project_id)
        .where(
            Approach.id == approach_id,
            Issuance.unit_class == UnitClass.ITMO,
            Issuance.id.not_in(select(ItmoUnits.issuance_id)),
        )
        .order_by(Issuance.id)
    )
    return [_outcomes(row) for row in connection.execute(query)]


def reach(connection: Connection, version_id: int) -> AnyRow:
    """Return what a version does, from when, and for which approach (None: for all of them)."""
    query = _VERSIONS.where(AuthorizationVersion.id == version_id)
    return connection.execute(query).one()


def beginning(connection: Connection, on: date) -> Sequence[int]:
    """Return the versions that hold by now and whose effects nobody has recorded."""
    query = _VERSIONS.where(
        AuthorizationVersion.standing == Standing.APPROVED,
        AuthorizationVersion.change != Change.REVOCATION,
        AuthorizationVersion.id.not_in(select(AuthorizationEffect.version_id)),
        AuthorizationVersion.effective_on <= on,
        or_(
            AuthorizationVersion.timeframe_first.is_(None),
            AuthorizationVersion.timeframe_first <= on.year,
        ),
    ).order_by(AuthorizationVersion.effective_on, AuthorizationVersion.id)
    return [row.id for row in connection.execute(query)]


_VERSIONS = select(
    AuthorizationVersion.id,
    AuthorizationVersion.change,
    AuthorizationVersion.effective_on,
    AuthorizationVersion.timeframe_first,
    Authorization.approach_id,
).join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)


def approaches(connection: Connection) -> Sequence[int]:
    """Return the ids of all cooperative approaches."""
    return connection.execute(select(Approach.id).order_by(Approach.id)).scalars().all()
