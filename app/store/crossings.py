"""Questions about what crosses between registries, and its rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.domain import bands, serials
from app.domain.envelopes import Content
from app.domain.exchange import Side, Status
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.store import blocks
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Approach,
    Arrival,
    Crossing,
    Decision,
    Expected,
    Issuance,
    ItmoUnits,
    Peer,
    Project,
    Provenance,
)

_LOCKED = Statement(
    select(Crossing.__table__).where(Crossing.id == bindparam("id")).with_for_update()
)
_BY_ID = Statement(
    select(*Crossing.__table__.columns, Peer.code.label("peer_code"))
    .join(Peer, Peer.id == Crossing.peer_id)
    .where(Crossing.id == bindparam("id"))
)
_ATTRIBUTES = Statement(
    select(
        Issuance.id,
        Issuance.first,
        Issuance.partner,
        Issuance.vintage,
        Issuance.unit_class,
        Project.reference.label("project"),
        Decision.reference.label("decision"),
        Approach.code.label("approach"),
        ItmoUnits.party_registry,
        ItmoUnits.first_transferring,
        ItmoUnits.mitigation_type,
        ItmoUnits.underlying_registry,
        ItmoUnits.underlying_first,
    )
    .join(Project, Project.id == Issuance.project_id)
    .join(Decision, Decision.id == Issuance.decision_id)
    .outerjoin(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
    .outerjoin(Approach, Approach.id == ItmoUnits.approach_id)
    .where(Issuance.id == bindparam("id"))
)
_COLUMNS = [column.name for column in Crossing.__table__.columns if column.name != "id"]
_ADD = Statement(
    insert(Crossing).values({name: bindparam(name) for name in _COLUMNS}).returning(Crossing.id)
)


def _changing(*names: str) -> tuple[frozenset[str], Statement]:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    query = update(Crossing).where(Crossing.id == bindparam("crossing")).values(values)
    return frozenset(names), Statement(query)


#: By the columns that change with a step of a crossing.
_CHANGE = dict(
    (
        _changing("status", "number", "approved_by", "sent_at", "answer_until"),
        _changing("status"),
        _changing("status", "ended_at"),
        _changing("status", "code", "ended_at"),
    )
)
_EXPECT = Statement(insert(Expected), "crossing_id", "first", "last")
_FORGET = Statement(delete(Expected).where(Expected.crossing_id == bindparam("crossing")))
_ARRIVED = Statement(insert(Arrival), "transaction_id", "crossing_id")
_CAME_FROM = Statement(insert(Provenance), "issuance_id", "peer_id", "origin")
_EXPECTED_IN = Statement(
    select(Expected.first, Expected.last, Expected.crossing_id)
    .where(Expected.first <= bindparam("high"), Expected.last >= bindparam("low"))
    .limit(1)
)


_OF_TRANSACTION = (
    select(
        *Crossing.__table__.columns,
        Peer.code.label("peer_code"),
        Peer.party,
        Peer.name_en,
        Peer.name_ja,
    )
    .join(Peer, Peer.id == Crossing.peer_id)
    .outerjoin(Arrival, Arrival.crossing_id == Crossing.id)
)
_OUT_OF = Statement(_OF_TRANSACTION.where(Crossing.transaction_id == bindparam("transaction")))
_IN_OF = Statement(_OF_TRANSACTION.where(Arrival.transaction_id == bindparam("transaction")))


def of_transaction(connection: Connection, kind: Kind, transaction_id: int) -> AnyRow | None:
    """Return the crossing of which a transaction is this side, with the other registry's name."""
    if kind is Kind.EXTERNAL_TRANSFER:
        return _OUT_OF.row(connection, transaction=transaction_id)
    if kind is Kind.ACQUISITION:
        return _IN_OF.row(connection, transaction=transaction_id)
    return None


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Write a crossing; return its id."""
    made = _ADD.row(connection, **(dict.fromkeys(_COLUMNS) | values))
    assert made is not None
    return int(made.id)


def by_id(connection: Connection, crossing_id: int) -> AnyRow:
    """Return a crossing with the code of the other registry."""
    found = _BY_ID.row(connection, id=crossing_id)
    assert found is not None, "crossings are never deleted"
    return found


def locked(connection: Connection, crossing_id: int) -> AnyRow:
    """Lock a crossing and return it as it is now."""
    found = _LOCKED.row(connection, id=crossing_id)
    assert found is not None, "crossings are never deleted"
    return found


def change(connection: Connection, crossing_id: int, **values: Any) -> None:
    """Change what changes with a step of a crossing."""
    new = {f"new_{name}": value for name, value in values.items()}
    _CHANGE[frozenset(values)].run(connection, [{"crossing": crossing_id, **new}])


def expect(connection: Connection, crossing_id: int, ranges: Iterable[Range]) -> None:
    """Keep numbers of the ledger for a crossing that will bring them in."""
    rows = [{"crossing_id": crossing_id, "first": r.first, "last": r.last} for r in ranges]
    _EXPECT.run(connection, rows)


def forget(connection: Connection, crossing_id: int) -> None:
    """Expect nothing any more of a crossing that ended."""
    _FORGET.run(connection, [{"crossing": crossing_id}])


def is_expected(connection: Connection, wanted: Range) -> bool:
    """Tell whether a crossing that was accepted brings any of these numbers."""
    found = _EXPECTED_IN.row(connection, low=wanted.first, high=wanted.last)
    return found is not None


def arrived(connection: Connection, crossing_id: int, transaction_id: int) -> None:
    """Note by which transaction a crossing came in."""
    _ARRIVED.run(connection, [{"crossing_id": crossing_id, "transaction_id": transaction_id}])


def came_from(connection: Connection, issuance_id: int, peer_id: int, origin: str) -> None:
    """Note from which registry new credits came here first."""
    row = {"issuance_id": issuance_id, "peer_id": peer_id, "origin": origin}
    _CAME_FROM.run(connection, [row])


def overdue(connection: Connection, now: datetime) -> Sequence[int]:
    """Return the crossings that the other registry has not answered in time."""
    query = select(Crossing.id).where(
        Crossing.side == Side.OUT, Crossing.status == Status.SENT, Crossing.answer_until <= now
    )
    return connection.execute(query.order_by(Crossing.id)).scalars().all()


def promised(connection: Connection) -> Sequence[int]:
    """Return the crossings that were accepted there and have not left here yet."""
    query = select(Crossing.id).where(Crossing.side == Side.OUT, Crossing.status == Status.ACCEPTED)
    return connection.execute(query.order_by(Crossing.id)).scalars().all()


def entering(connection: Connection, account_id: int) -> int:
    """Return how many crossings that were accepted will bring credits to an account."""
    query = select(func.count()).where(
        Crossing.side == Side.IN,
        Crossing.status == Status.ACCEPTED,
        Crossing.account_id == account_id,
    )
    return int(connection.execute(query).scalar_one())


# Blocks as messages tell them


def told(connection: Connection, ranges: Sequence[Range], *, own: str) -> list[Content]:
    """Return live blocks of the ledger as another registry is told of them, by range."""
    found: list[Content] = []
    known: dict[int, AnyRow] = {}
    for wanted in ranges:
        for block in blocks.covering(connection, wanted):
            part = serials.overlap(Range(block.first, block.last), wanted)
            assert part is not None, "it covers some of them"
            if block.issuance_id not in known:
                known[block.issuance_id] = attributes(connection, block.issuance_id)
            found.append(described(known[block.issuance_id], part, own=own))
    return found


def attributes(connection: Connection, issuance_id: int) -> AnyRow:
    """Return what never changes about the credits of an issuance."""
    found = _ATTRIBUTES.row(connection, id=issuance_id)
    assert found is not None
    return found


def described(of: AnyRow, part: Range, *, own: str) -> Content:
    """Return part of an issuance as messages tell it."""
    origin, numbers = bands.printed(part, own=own)
    content: Content = {
        "origin": origin,
        "first": numbers.first,
        "last": numbers.last,
        "partner": of.partner,
        "project": of.project,
        "vintage": of.vintage,
        "unit_class": str(of.unit_class),
        "decision": of.decision,
    }
    if of.approach is not None:
        content["itmo"] = {
            "approach": of.approach,
            "party_registry": of.party_registry,
            "first_transferring": of.first_transferring,
            "mitigation_type": str(of.mitigation_type),
            "underlying_registry": of.underlying_registry,
            "underlying_first": of.underlying_first + part.first - of.first
            if of.underlying_first is not None
            else None,
        }
    return content
