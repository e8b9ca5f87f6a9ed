"""The one door through which credits move: reserve, release, append.

Everything here runs inside the caller's database transaction, after the caller has locked the
accounts in id order. The chain head is locked last.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.domain import accounts, chain, ledger
from app.domain.bands import OWN_MAX
from app.domain.errors import NumberTooLarge
from app.domain.ledger import Kind, Status
from app.domain.serials import Range
from app.store import sums, transactions
from app.store.carvings import Carving
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Block, ChainHead, Issuance, Reservation, Transaction

_COLUMNS: Final = [column.name for column in Transaction.__table__.columns if column.name != "id"]

_INSERT_TRANSACTION = Statement(
    insert(Transaction)
    .values({name: bindparam(name) for name in _COLUMNS})
    .returning(Transaction.id)
)
_INSERT_RESERVATION = Statement(insert(Reservation), "transaction_id", "first", "last")
_RELEASE = Statement(
    delete(Reservation).where(Reservation.transaction_id == bindparam("transaction"))
)
_CLOSE = Statement(
    update(Block)
    .where(
        Block.first == bindparam("at"),
        Block.opened_by == bindparam("opened"),
        Block.closed_by.is_(None),
    )
    .values(closed_by=bindparam("transaction"))
)
_INSERT_BLOCK = Statement(
    insert(Block),
    "opened_by",
    "first",
    "last",
    "account_id",
    "kind",
    "project_id",
    "partner",
    "vintage",
    "issuance_id",
)
_DECIDED: Final = (
    "status",
    "decided_by",
    "decided_at",
    "reason",
    "position",
    "body",
    "digest",
)
_DECIDE = Statement(
    update(Transaction)
    .where(Transaction.id == bindparam("transaction"), Transaction.status == Status.PROPOSED)
    .values({name: bindparam(f"new_{name}") for name in _DECIDED})
)
_HEAD = Statement(select(ChainHead.__table__).where(ChainHead.id == 1).with_for_update())
_SET_HEAD = Statement(
    update(ChainHead)
    .where(ChainHead.id == 1)
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("position", "digest", "completed_at", "serial_next")
        }
    )
)


@dataclass(frozen=True, slots=True)
class Account:
    """What the ledger needs to know of a locked account."""

    id: int
    number: str
    kind: accounts.Kind


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided a transaction, when, and why."""

    decided_by: int | None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NewUnits:
    """What never changes about the credits an issuance creates."""

    decision_id: int
    decision: str
    project_id: int
    project: str
    partner: str
    vintage: int
    unit_class: str


#: What the body says of a transaction besides its columns and serial numbers.
Said = Mapping[str, chain.Value]
_NOTHING: Final[Said] = {}


def reserve(
    connection: Connection,
    proposal: Mapping[str, Any],
    ranges: Sequence[Range],
    *,
    source: Account | None,
    target: Account,
    said: Said = _NOTHING,
) -> int:
    """Write a proposal and keep its serial numbers from any other; return the transaction's id.

    Args:
        said: what its digest covers besides its columns while it waits.
    """
    values = dict.fromkeys(_COLUMNS) | dict(proposal) | {"status": Status.PROPOSED}
    values["source_id"] = source.id if source else None
    values["target_id"] = target.id
    facts = _facts(values, source=source, target=target)
    values["digest"] = chain.digest(chain.canonical({**facts, **said}))
    inserted = _INSERT_TRANSACTION.row(connection, **values)
    assert inserted is not None
    identifier = int(inserted.id)
    if ranges:
        _INSERT_RESERVATION.run(
            connection,
            [{"transaction_id": identifier, "first": r.first, "last": r.last} for r in ranges],
        )
    return identifier


def release(
    connection: Connection,
    transaction: AnyRow,
    status: Status,
    decision: Decision,
    *,
    source: Account | None,
    target: Account,
) -> None:
    """End a proposal otherwise than by completion and free its serial numbers."""
    values = {
        **transactions.values(transaction),
        "status": status,
        "decided_by": decision.decided_by,
        "decided_at": decision.at,
        "reason": decision.reason,
    }
    facts = _facts(values, source=source, target=target)
    facts["number"] = ledger.transaction_number(target.number[:2], transaction.id)
    _decide(connection, values | {"digest": chain.digest(chain.canonical(facts))})
    _RELEASE.run(connection, [{"transaction": transaction.id}])


def append(
    connection: Connection,
    transaction: AnyRow,
    carving: Carving,
    decision: Decision,
    *,
    source: Account,
    target: Account,
    said: Said = _NOTHING,
) -> datetime:
    """Move what was carved and seal it in the chain; return the moment that the chain bears."""
    closed, opened = carving.closed, carving.opened
    assert _CLOSE.run(connection, closed) == len(closed), (
        "a block was closed by another transaction"
    )
    _INSERT_BLOCK.run(connection, opened)
    moved = _moved(opened, target)
    sums.change_balances(connection, moved, source=source.id, target=target.id)
    head = locked_head(connection)
    sums.change_totals(connection, moved, source=source.kind, target=target.kind)
    facts: dict[str, chain.Value] = {"ranges": [[r.first, r.last] for r in carving.ranges], **said}
    return _seal(connection, transaction, decision, head, facts, source=source, target=target)


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issuance created, and the moment that the chain bears."""

    range: Range
    issuance_id: int
    at: datetime


def issue(
    connection: Connection,
    transaction: AnyRow,
    decision: Decision,
    units: NewUnits,
    *,
    target: Account,
    said: Said = _NOTHING,
) -> Issued:
    """Create the credits of a proposed issuance in the next serial numbers and seal it.

    Raises:
        NumberTooLarge: as `next_range`.
    """
    assert transaction.kind is Kind.ISSUANCE
    head = locked_head(connection)
    issued = next_range(head, transaction.quantity)
    issuance_id = _create(connection, transaction, units, issued, target)
    facts = _created_facts(units, issued) | dict(said)
    at = _seal(connection, transaction, decision, head, facts, source=None, target=target)
    return Issued(issued, issuance_id, at)


def arrive(
    connection: Connection,
    transaction: AnyRow,
    decision: Decision,
    units: NewUnits,
    arrived: Range,
    *,
    source: Account,
    target: Account,
    said: Said = _NOTHING,
) -> Issued:
    """Create credits that another registry issued, in the band of that registry, and seal it.

    `source` is the account of the registry they come from, which held none of them.
    """
    assert transaction.kind is Kind.ACQUISITION
    assert arrived.first > OWN_MAX, "this registry issues its own credits itself"
    head = locked_head(connection)
    issuance_id = _create(connection, transaction, units, arrived, target)
    facts = _created_facts(units, arrived) | dict(said)
    at = _seal(connection, transaction, decision, head, facts, source=source, target=target)
    return Issued(arrived, issuance_id, at)


def _create(
    connection: Connection,
    transaction: AnyRow,
    units: NewUnits,
    created: Range,
    target: Account,
) -> int:
    """Write new credits and count them; return the id of what never changes about them."""
    opened = [_created(connection, transaction, units, created, target)]
    _INSERT_BLOCK.run(connection, opened)
    moved = _moved(opened, target)
    sums.change_balances(connection, moved, source=None, target=target.id)
    sums.change_totals(connection, moved, source=None, target=target.kind)
    return int(opened[0]["issuance_id"])


def _created_facts(units: NewUnits, created: Range) -> dict[str, chain.Value]:
    return {
        "ranges": [[created.first, created.last]],
        "issuance": {
            "decision": units.decision,
            "partner": units.partner,
            "project": units.project,
            "unit_class": units.unit_class,
            "vintage": units.vintage,
        },
    }


def next_range(head: AnyRow, quantity: int) -> Range:
    """Return the serial numbers that an issuance of so many tonnes creates.

    Raises:
        NumberTooLarge: the sequence of serial numbers would pass its end, 2^62 - 1.
    """
    # The number after the last must be one of this registry, too.
    if head.serial_next + quantity > OWN_MAX:
        raise NumberTooLarge(str(quantity), field="quantity")
    return Range(head.serial_next, head.serial_next + quantity - 1)


def _created(
    connection: Connection,
    transaction: AnyRow,
    units: NewUnits,
    issued: Range,
    target: Account,
) -> dict[str, Any]:
    """Write what never changes about new credits; return the row of their first block."""
    fixed = {
        "project_id": units.project_id,
        "partner": units.partner,
        "vintage": units.vintage,
        "first": issued.first,
        "last": issued.last,
    }
    statement = insert(Issuance).values(
        transaction_id=transaction.id,
        decision_id=units.decision_id,
        unit_class=units.unit_class,
        **fixed,
    )
    issuance = connection.execute(statement.returning(Issuance.id)).scalar_one()
    return {
        **fixed,
        "opened_by": transaction.id,
        "account_id": target.id,
        "kind": target.kind,
        "issuance_id": issuance,
    }


_Rows = list[dict[str, Any]]


def _moved(opened: _Rows, target: Account) -> sums.Moved:
    """Return the tonnes that reach the target by (project, vintage, partner)."""
    moved: sums.Moved = defaultdict(int)
    for row in opened:
        if row["account_id"] == target.id:
            key = row["project_id"], row["vintage"], row["partner"]
            moved[key] += row["last"] - row["first"] + 1
    return moved


def _seal(
    connection: Connection,
    transaction: AnyRow,
    decision: Decision,
    head: AnyRow,
    facts: dict[str, chain.Value],
    *,
    source: Account | None,
    target: Account,
) -> datetime:
    """Complete the transaction as the next link of the chain; the head is locked."""
    at: datetime = max(decision.at, head.completed_at)
    values = {
        **transactions.values(transaction),
        "status": Status.COMPLETED,
        "decided_by": decision.decided_by,
        "decided_at": at,
        "reason": decision.reason,
        "position": head.position + 1,
    }
    body = chain.canonical(
        _facts(values, source=source, target=target)
        | facts
        | {
            "number": ledger.transaction_number(target.number[:2], transaction.id),
            "position": head.position + 1,
        }
    )
    digest = chain.digest(body, head.digest)
    _decide(connection, values | {"body": body, "digest": digest})
    if source is not None:
        _RELEASE.run(connection, [{"transaction": transaction.id}])
    issued = transaction.quantity if source is None else 0
    following = {
        "new_position": head.position + 1,
        "new_digest": digest,
        "new_completed_at": at,
        "new_serial_next": head.serial_next + issued,
    }
    _SET_HEAD.run(connection, [following])
    return at


def _decide(connection: Connection, values: Mapping[str, Any]) -> None:
    parameters = {f"new_{name}": values[name] for name in _DECIDED}
    done = _DECIDE.run(connection, [{"transaction": values["id"], **parameters}])
    assert done == 1, "the transaction was decided by another"


def locked_head(connection: Connection) -> AnyRow:
    """Lock the chain head, the last thing that is locked."""
    head = _HEAD.row(connection)
    assert head is not None, "the chain has a head"
    return head


def _facts(
    values: Mapping[str, Any], *, source: Account | None, target: Account
) -> dict[str, chain.Value]:
    number = source.number if source else None
    return transactions.facts(values, source=number, target=target.number)
