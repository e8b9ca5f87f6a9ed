"""What annual information is made of, read as streams: actions, and the ITMOs that are held.

Memory does not grow with the number of rows: what lies over the same numbers is read side by side,
in the order of the numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.domain import accounts, aef_states, sweeps
from app.domain.aef_sources import Past
from app.domain.aef_states import State
from app.domain.nomenclature import ActionType, Metric, MitigationType
from app.domain.sweeps import Span
from app.store.databases import AnyRow
from app.store.streams import stream
from app.store.tables import (
    Action,
    Approach,
    Authorization,
    AuthorizationVersion,
    Block,
    Issuance,
    ItmoUnits,
    Transaction,
)

#: With these, units come to be held here; transfers may take them to another Party. What ended
#: them the accounts tell as well.
_TAKING: Final = sorted(aef_states.TAKING)
_MOVING: Final = (*_TAKING, ActionType.TRANSFER)

_UNITS: Final = (
    Approach.code.label("approach"),
    ItmoUnits.approach_id,
    ItmoUnits.first_transferring,
    ItmoUnits.party_registry,
    Issuance.first.label("issued_first"),
    ItmoUnits.underlying_registry,
    ItmoUnits.underlying_first,
    ItmoUnits.mitigation_type,
    Issuance.vintage,
)
_SAID: Final = (
    Authorization.identifier,
    AuthorizationVersion.metric,
    AuthorizationVersion.gwp,
    AuthorizationVersion.non_ghg_metric,
)
_PLACE: Final = func.row_number().over(order_by=(Action.at, Action.id)).label("place")
_ACTED: Final = (Action.id, Action.at, Action.type, Action.subtype, Action.first, Action.last)
_ACTIONS: Final = (
    select(
        _PLACE,
        *_ACTED,
        Action.counterparty,
        Action.cancelled_for,
        Action.using_party,
        Action.using_entity,
        Action.calendar_year,
        Action.note,
        *_UNITS,
        *_SAID,
    )
    .join(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
    .join(Issuance, Issuance.id == Action.issuance_id)
    .join(Approach, Approach.id == ItmoUnits.approach_id)
    .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
    .join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
)
_MOVES: Final = (
    select(*_ACTED, ItmoUnits.party_registry, AuthorizationVersion.id.label("version_id"), *_SAID)
    .join(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
    .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
    .join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
    .order_by(ItmoUnits.party_registry, Action.first)
)
# The aliases are used here only: threads that touch a column of one for the first time together
# can be given the table's own column.
_Opening = aliased(Transaction)
_Closing = aliased(Transaction)
_opened_at = _Opening.decided_at
_closed_at = _Closing.decided_at
_BLOCKS: Final = (
    select(Block.first, Block.last, *_UNITS)
    .join(ItmoUnits, ItmoUnits.issuance_id == Block.issuance_id)
    .join(Issuance, Issuance.id == Block.issuance_id)
    .join(Approach, Approach.id == ItmoUnits.approach_id)
    .join(_Opening, _Opening.id == Block.opened_by)
    .outerjoin(_Closing, _Closing.id == Block.closed_by)
    .where(Block.kind.in_(sorted(accounts.HOLDING)))
    .order_by(ItmoUnits.party_registry, Block.first)
)


class Held(NamedTuple):
    """Numbers held, with what their issuance and their authorization say of them."""

    first: int
    last: int
    approach: str
    approach_id: int
    first_transferring: str
    party_registry: str
    issued_first: int
    underlying_registry: str | None
    underlying_first: int | None
    mitigation_type: MitigationType
    vintage: int
    version_id: int
    identifier: str
    metric: Metric
    gwp: str | None
    non_ghg_metric: str | None


def actions(connection: Connection, begin: datetime, end: datetime) -> Iterator[AnyRow]:
    """Yield the actions from a moment on and before another, in their order."""
    return stream(connection, _during(_ACTIONS, begin, end).order_by(Action.at, Action.id))


def actions_by_number(connection: Connection, begin: datetime, end: datetime) -> Iterator[AnyRow]:
    """Yield the same by registry and first number; `place` is that in their own order."""
    query = _during(_ACTIONS, begin, end)
    return stream(connection, query.order_by(ItmoUnits.party_registry, Action.first, _PLACE))


def held(connection: Connection, end: datetime) -> Iterator[Held]:
    """Yield the ITMOs held just before a moment, by registry and number.

    They lay in a holding account, and had been first transferred here or acquired by then; the
    authorization is that under which this happened.
    """
    blocks = _BLOCKS.where(_opened_at < end, or_(_closed_at.is_(None), _closed_at >= end))
    moves = _MOVES.where(Action.at < end, Action.type.in_(_MOVING))
    laid = sweeps.pieces(
        (
            Span(row.party_registry, row.first, row.last, (row, None))
            for row in stream(connection, blocks)
        ),
        _spans(stream(connection, moves)),
    )
    for _registry, first, last, said in laid:
        acted = _in_time(row for block, row in said if block is None)
        block = next((block for block, _row in said if block is not None), None)
        if block is not None and _state(acted) is State.HELD:
            by = next(one for one in reversed(acted) if one.type in _TAKING)
            yield Held(first, last, *block[2:], *by[-5:])


def earlier(connection: Connection, begin: datetime) -> Iterator[Past]:
    """Yield where numbers stood that were acted on before a moment, by registry and number."""
    moves = stream(connection, _MOVES.where(Action.at < begin))
    for registry, first, last, said in sweeps.pieces(_spans(moves)):
        acted = _in_time(row for _block, row in said)
        is_first_transferred = any(one.type in aef_states.TAKING for one in acted)
        yield Past(registry, first, last, _state(acted), is_first_transferred)


def taken(connection: Connection, before: datetime) -> dict[str, int]:
    """Return how many tonnes came under each authorization before a moment, by identifier."""
    query = (
        select(Authorization.identifier, func.sum(Action.last - Action.first + 1))
        .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
        .join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
        .where(Action.at < before, Action.type.in_(_TAKING))
        .group_by(Authorization.identifier)
    )
    return {identifier: int(tonnes) for identifier, tonnes in connection.execute(query)}


def referred(connection: Connection, begin: datetime, end: datetime) -> set[tuple[int, int]]:
    """Return the versions, each with an approach, that actions and holdings refer to, by id."""
    told = (
        select(Action.version_id, ItmoUnits.approach_id)
        .distinct()
        .join(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
    )
    found = _pairs(connection, _during(told, begin, end))
    taken = told.where(Action.at < end, Action.type.in_(_TAKING))
    possible = _pairs(connection, taken) - found
    # What is held says which of these still matter; mostly the first few holdings name them all.
    held_now = held(connection, end) if possible else iter(())
    for one in held_now:
        pair = one.version_id, one.approach_id
        if pair in possible:
            possible.remove(pair)
            found.add(pair)
        if not possible:
            break
    return found


def _pairs(connection: Connection, query: Select[*tuple[Any, ...]]) -> set[tuple[int, int]]:
    return {(row.version_id, row.approach_id) for row in connection.execute(query)}


def _during(
    query: Select[*tuple[Any, ...]], begin: datetime, end: datetime
) -> Select[*tuple[Any, ...]]:
    return query.where(Action.at >= begin, Action.at < end)


def _spans(rows: Iterable[AnyRow]) -> Iterator[Span]:
    return (Span(row.party_registry, row.first, row.last, (None, row)) for row in rows)


def _in_time(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.at, row.id))


def _state(acted: Sequence[Any]) -> State:
    return aef_states.stands((one.type, one.subtype) for one in acted)
