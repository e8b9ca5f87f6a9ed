"""Lists of actions with ITMOs, newest first, and what they may be narrowed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store.databases import AnyRow
from app.store.tables import (
    Action,
    Approach,
    Authorization,
    AuthorizationVersion,
    Issuance,
    ItmoUnits,
    Project,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which actions a list shows; None means any.

    `range` finds actions with any of these numbers, `year` is the calendar year in UTC.
    """

    is_public: bool = False
    type: ActionType | None = None
    approach_id: int | None = None
    authorization: str | None = None
    vintage: int | None = None
    year: int | None = None
    range: Range | None = None


_LISTED = (
    select(
        Action.id,
        Action.at,
        Action.type,
        Action.subtype,
        Action.first,
        Action.last,
        Action.issuance_id,
        Action.transaction_id,
        Action.counterparty,
        Action.cancelled_for,
        Action.using_party,
        Action.using_entity,
        Action.calendar_year,
        Action.note,
        Issuance.vintage,
        Issuance.partner,
        Project.reference.label("project"),
        Approach.code,
        ItmoUnits.party_registry,
        ItmoUnits.first_transferring,
        Authorization.identifier,
        AuthorizationVersion.number,
        AuthorizationVersion.is_confidential,
    )
    .join(Issuance, Issuance.id == Action.issuance_id)
    .join(Project, Project.id == Issuance.project_id)
    .join(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
    .join(Approach, Approach.id == ItmoUnits.approach_id)
    .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
    .join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
)


def find(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int,
) -> Sequence[AnyRow]:
    """Return actions newest first: those below the id `before`, or the last ones above `after`."""
    query = _LISTED.where(*_conditions(wanted))
    if before is not None:
        query = query.where(Action.id < before)
    if after is not None:
        query = query.where(Action.id > after)
    query = query.order_by(Action.id.desc() if after is None else Action.id.asc()).limit(size)
    found = session.connection().execute(query).all()
    return found if after is None else found[::-1]


def count(session: Session, wanted: Filter, *, cap: int) -> int:
    """Return how many actions there are, at most `cap` + 1."""
    query = _LISTED.with_only_columns(Action.id).where(*_conditions(wanted)).limit(cap + 1)
    found = select(func.count()).select_from(query.subquery())
    return int(session.connection().execute(found).scalar_one())


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        Action.type: wanted.type,
        ItmoUnits.approach_id: wanted.approach_id,
        Authorization.identifier: wanted.authorization,
        Issuance.vintage: wanted.vintage,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    if wanted.is_public:
        found.append(AuthorizationVersion.is_confidential.is_(False))
    if wanted.year is not None:
        found.append(_within(wanted.year))
    if wanted.range is not None:
        # By issuance, as an index has them: no action reaches beyond one.
        issued = select(Issuance.id).where(
            Issuance.first <= wanted.range.last, Issuance.last >= wanted.range.first
        )
        found += [
            Action.issuance_id.in_(issued),
            Action.first <= wanted.range.last,
            Action.last >= wanted.range.first,
        ]
    return found


def _within(year: int) -> ColumnElement[bool]:
    begins, ends = (datetime(one, 1, 1, tzinfo=UTC) for one in (year, year + 1))
    return and_(Action.at >= begins, Action.at < ends)
