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
from app.domain.errors import NumberTooLarge, SerialsNotHeld
from app.domain.ledger import Kind, Status
from app.domain.serials import SERIAL_MAX, Range, overlap
from app.store import blocks, sums, transactions
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


def reserve(
    connection: Connection,
    proposal: Mapping[str, Any],
    ranges: Sequence[Range],
    *,
    source: Account | None,
    target: Account,
) -> int:
    """Write a proposal and keep its serial numbers from any other; return the transaction's id."""
    values = dict.fromkeys(_COLUMNS) | dict(proposal) | {"status": Status.PROPOSED}
    values["source_id"] = source.id if source else None
    values["target_id"] = target.id
    facts = _facts(values, source=source, target=target)
    values["digest"] = chain.digest(chain.canonical(facts))
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
    ranges: Sequence[Range],
    decision: Decision,
    *,
    source: Account,
    target: Account,
) -> None:
    """Move a proposal's reserved ranges from source to target and seal it in the chain.

    Raises:
        SerialsNotHeld: the source does not hold every number any more; nothing is written then.
    """
    assert transaction.kind is not Kind.ISSUANCE
    assert sum(r.quantity for r in ranges) == transaction.quantity, "reservation differs"
    closed, opened = _carved(connection, transaction, ranges, source, target)
    assert _CLOSE.run(connection, closed) == len(closed), (
        "a block was closed by another transaction"
    )
    _INSERT_BLOCK.run(connection, opened)
    moved = _moved(opened, target)
    sums.change_balances(connection, moved, source=source.id, target=target.id)
    head = _head(connection)
    sums.change_totals(connection, moved, source=source.kind, target=target.kind)
    facts: dict[str, chain.Value] = {"ranges": [[r.first, r.last] for r in ranges]}
    _seal(connection, transaction, decision, head, facts, source=source, target=target)


def issue(
    connection: Connection,
    transaction: AnyRow,
    decision: Decision,
    units: NewUnits,
    *,
    target: Account,
) -> Range:
    """Create the credits of a proposed issuance in the next serial numbers and seal it.

    Raises:
        NumberTooLarge: the sequence of serial numbers would pass 2^63 - 1.
    """
    assert transaction.kind is Kind.ISSUANCE
    head = _head(connection)
    # The number after the last must still fit in 64 bits.
    if head.serial_next + transaction.quantity > SERIAL_MAX:
        raise NumberTooLarge(str(transaction.quantity), field="quantity")
    issued = Range(head.serial_next, head.serial_next + transaction.quantity - 1)
    opened = [_created(connection, transaction, units, issued, target)]
    _INSERT_BLOCK.run(connection, opened)
    moved = _moved(opened, target)
    sums.change_balances(connection, moved, source=None, target=target.id)
    sums.change_totals(connection, moved, source=None, target=target.kind)
    facts: dict[str, chain.Value] = {
        "ranges": [[issued.first, issued.last]],
        "issuance": {
            "decision": units.decision,
            "partner": units.partner,
            "project": units.project,
            "unit_class": units.unit_class,
            "vintage": units.vintage,
        },
    }
    _seal(connection, transaction, decision, head, facts, source=None, target=target)
    return issued


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


def _carved(
    connection: Connection,
    transaction: AnyRow,
    ranges: Sequence[Range],
    source: Account,
    target: Account,
) -> tuple[_Rows, _Rows]:
    """Return the rows to close and the rows to open, pair-checked against the reservation."""
    closed: _Rows = []
    opened: _Rows = []
    for block, wanted in _covering(connection, ranges, source):
        carved = ledger.carve(Range(block.first, block.last), wanted)
        closed.append({"at": block.first, "opened": block.opened_by, "transaction": transaction.id})
        for pieces, account in ((carved.moved, target), (carved.kept, source)):
            opened.extend(
                {
                    "opened_by": transaction.id,
                    "first": piece.first,
                    "last": piece.last,
                    "account_id": account.id,
                    "kind": account.kind,
                    "project_id": block.project_id,
                    "partner": block.partner,
                    "vintage": block.vintage,
                    "issuance_id": block.issuance_id,
                }
                for piece in pieces
            )
    return closed, opened


def _covering(
    connection: Connection, ranges: Sequence[Range], source: Account
) -> list[tuple[AnyRow, list[Range]]]:
    """Return the source's live blocks under the ranges, each with the ranges that touch it."""
    found: dict[int, tuple[AnyRow, list[Range]]] = {}
    for wanted in ranges:
        covered = 0
        for block in blocks.covering(connection, wanted):
            if block.account_id != source.id:
                raise SerialsNotHeld(wanted.first, wanted.last, field="serials")
            part = overlap(Range(block.first, block.last), wanted)
            covered += part.quantity if part else 0
            found.setdefault(block.first, (block, []))[1].append(wanted)
        if covered != wanted.quantity:
            raise SerialsNotHeld(wanted.first, wanted.last, field="serials")
    return list(found.values())


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
) -> None:
    """Complete the transaction as the next link of the chain; the head is locked."""
    at = max(decision.at, head.completed_at)
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


def _decide(connection: Connection, values: Mapping[str, Any]) -> None:
    parameters = {f"new_{name}": values[name] for name in _DECIDED}
    done = _DECIDE.run(connection, [{"transaction": values["id"], **parameters}])
    assert done == 1, "the transaction was decided by another"


def _head(connection: Connection) -> AnyRow:
    """Lock the chain head, the last thing that is locked."""
    head = _HEAD.row(connection)
    assert head is not None, "the chain has a head"
    return head


def _facts(
    values: Mapping[str, Any], *, source: Account | None, target: Account
) -> dict[str, chain.Value]:
    number = source.number if source else None
    return transactions.facts(values, source=number, target=target.number)
