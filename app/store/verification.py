"""The whole ledger checked against its chain: every row of it follows from what was completed.

First each transaction by itself, then the chain, then its movements replayed, then what is kept
beside them: live blocks without gap or overlap, sums, reservations, accounts. All tables are read
as ordered streams, so the check needs little memory whatever the size of the ledger.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NullType

from app.domain import bands, chain, ledger
from app.domain.accounts import AccountNumber, State
from app.domain.findings import Finding, Problem, Row, found
from app.domain.ledger import Kind, Status
from app.domain.serials import Range
from app.store import action_verification, blocks, replay, transactions
from app.store.action_verification import OfTransactions
from app.store.databases import AnyRow
from app.store.replay import Suspects, of_block, of_range, of_row, range_of, raw
from app.store.streams import stream
from app.store.tables import (
    Account,
    Balance,
    Block,
    ChainHead,
    Crossing,
    Issuance,
    Peer,
    Project,
    Reservation,
    Total,
    Transaction,
    Use,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was read, for the report of a clean run."""

    transactions: int
    blocks: int
    credits: int


def findings(session: Session) -> Iterator[Finding]:
    """Yield every row that is wrong; the first is the one to look at."""
    connection = session.connection()
    suspects = Suspects()
    yield from _accounts(connection)
    yield from _transactions(connection, suspects)
    yield from _links(connection, suspects)
    yield from replay.movements(connection, suspects)
    yield from _live(connection, suspects)
    yield from _reservations(connection, suspects)
    yield from action_verification.findings(connection)


def checked(session: Session) -> Checked:
    """Return what a run reads."""
    connection = session.connection()
    head = connection.execute(select(ChainHead)).one()
    rows = connection.exec_driver_sql("SELECT count(*) FROM blocks").scalar_one()
    return Checked(head.position, rows, head.serial_next - 1)


# 1. Accounts: numbers that fit, and states in which they may hold what they hold


def _accounts(connection: Connection) -> Iterator[Finding]:
    holding = set(
        connection.execute(select(Balance.account_id).where(Balance.quantity > 0)).scalars()
    )
    for row in stream(connection, select(*raw(Account)).order_by(Account.id)):
        told = {"id": row.id, "state": row.state, "number": row.number}
        if row.state not in set(State):
            yield found("accounts", Row.ID, Problem.STATE_UNKNOWN, **told)
        elif row.state in {State.APPLIED, State.CLOSED} and row.id in holding:
            yield found("accounts", Row.ID, Problem.STATE_HOLDS, **told)
        elif not _is_number_of(row):
            yield found("accounts", Row.ID, Problem.NUMBER_NOT_OWN, **told)


def _is_number_of(row: AnyRow) -> bool:
    try:
        return str(AccountNumber(str(row.number)[:2], row.kind, row.id)) == str(row.number)
    except KeyError:  # no such kind
        return False


# 2. Transactions: columns as the sealed body, or the digest of one that did not complete, says

_Source = aliased(Account)
_Target = aliased(Account)
_TRANSACTIONS: Final = (
    select(
        *raw(Transaction),
        _Source.number.label("source"),
        _Target.number.label("target"),
        type_coerce(Use.transaction_id, NullType()).label("use"),
        type_coerce(Use.calendar_year, NullType()).label("calendar_year"),
        type_coerce(Use.cancelled_for, NullType()).label("cancelled_for"),
    )
    .add_columns(
        type_coerce(Peer.code, NullType()).label("peer"),
        type_coerce(Crossing.their_account, NullType()).label("their_account"),
    )
    .outerjoin(Use, Use.transaction_id == Transaction.id)
    .outerjoin(Crossing, Crossing.transaction_id == Transaction.id)
    .outerjoin(Peer, Peer.id == Crossing.peer_id)
    .outerjoin(_Source, _Source.id == Transaction.source_id)
    .outerjoin(_Target, _Target.id == Transaction.target_id)
    .order_by(Transaction.id)
)


def _transactions(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    actions = OfTransactions(connection)
    for row in stream(connection, _TRANSACTIONS):
        sealed = _sealed(row.body)
        if row.status == Status.COMPLETED or row.position is not None:
            problem, column = _completed_problem(row, sealed)
        else:
            problem, column = _waiting_problem(row), ""
        if problem:
            suspects.transactions.add(row.id)
            suspects.displaced.add((sealed or {}).get("position"))
            told = {"column": column} if column else {}
            yield found("transactions", Row.ID, problem, id=row.id, **told)
        yield from actions.findings(row, sealed, is_sound=not problem)
    yield from actions.rest()


def _completed_problem(row: AnyRow, sealed: Mapping[str, Any] | None) -> tuple[Problem | None, str]:
    """Return what is wrong with a completed transaction, and with which column."""
    if sealed is None:
        return Problem.BODY_UNREADABLE, ""
    said = {name: value for name, value in sealed.items() if name not in {"ranges", "issuance"}}
    if said.get("use") != _use(row).get("use"):
        return Problem.USE_DIFFERS, ""
    facts = _facts(row) | {"position": row.position}
    for name, value in json.loads(chain.canonical(facts)).items():
        if name not in said or said[name] != value:
            return Problem.COLUMN_DIFFERS, name
    return None, ""


def _waiting_problem(row: AnyRow) -> Problem | None:
    if row.body is not None:
        return Problem.BODY_UNFINISHED
    said = _use(row) | _crossing(row) if row.status == Status.PROPOSED else {}
    if row.digest != chain.digest(chain.canonical(_facts(row) | said)):
        return Problem.DIGEST_DIFFERS
    return None


def _use(row: AnyRow) -> dict[str, Any]:
    """Return what is said of a retirement or cancellation of ITMOs."""
    if row.use is None:
        return {}
    return {"use": {"calendar_year": row.calendar_year, "cancelled_for": row.cancelled_for}}


def _crossing(row: AnyRow) -> dict[str, Any]:
    """Return what is said of a transfer to another registry."""
    if row.peer is None:
        return {}
    return {"crossing": {"registry": row.peer, "account": row.their_account}}


def _sealed(body: object) -> dict[str, Any] | None:
    if not isinstance(body, bytes):
        return None
    try:
        sealed = json.loads(body)
    except ValueError:
        return None
    return sealed if isinstance(sealed, dict) else None


def _facts(row: AnyRow) -> dict[str, chain.Value]:
    values = {name: _plain(value) for name, value in transactions.values(row).items()}
    values["content"] = row.content if isinstance(row.content, bytes) else b""
    for name in ("proposed_at", "expires_at", "decided_at"):
        values[name] = _moment(values[name])
    facts = transactions.facts(values, source=row.source, target=row.target)
    if row.status != Status.PROPOSED:
        facts["number"] = ledger.transaction_number((row.target or "")[:2], row.id)
    return facts


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _moment(value: Any) -> Any:
    """Read a time as SQLite keeps it; what is none stays as it is and will differ."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return value
    return moment if f"{moment:%Y-%m-%d %H:%M:%S.%f}" == value else value


# 3. The chain: each digest seals the body over the digest before


def _links(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    """Follow the chain; after an altered link go on with what it is and what it should be."""
    place, before = 0, {chain.GENESIS}
    query = select(*raw(Transaction)).where(Transaction.position.is_not(None))
    for row in stream(connection, query.order_by(Transaction.position)):
        sealed = _sealed(row.body)
        if _is_displaced(row, sealed):
            suspects.unsealed.add(row.id)
            continue
        if row.position > place + 1:
            yield from _missing(range(place + 1, row.position), suspects)
            before = set()
        sealing = {chain.digest(row.body, digest) for digest in before} if sealed else set()
        if sealed is None or (before and row.digest not in sealing):
            suspects.unsealed.add(row.id)
            if row.id not in suspects.transactions:
                yield found("transactions", Row.ID, Problem.LINK_BROKEN, id=row.id)
        before = {digest for digest in (row.digest, *sealing) if isinstance(digest, bytes)}
        place = row.position
    yield from _head(connection, suspects, place, before)


def _is_displaced(row: AnyRow, sealed: dict[str, Any] | None) -> bool:
    if not isinstance(row.position, int):
        return True
    return sealed is not None and sealed.get("position") != row.position


def _head(
    connection: Connection, suspects: Suspects, place: int, digests: set[bytes]
) -> Iterator[Finding]:
    """Compare the head with the last link, whose digest is one of `digests` if that is known."""
    head = connection.execute(select(*raw(ChainHead))).one_or_none()
    if head is None:
        yield _of_head(Problem.MISSING)
    elif head.digest in digests and head.position != place:
        yield _of_head(Problem.HEAD_POSITION, position=place)
    elif head.position > place:
        yield from _missing(range(place + 1, head.position + 1), suspects)
    elif digests and head.digest not in digests:
        yield _of_head(Problem.HEAD_DIGEST, position=place)


def _of_head(problem: Problem, **facts: int) -> Finding:
    return found("chain_head", Row.ID, problem, id=1, **facts)


def _missing(places: range, suspects: Suspects) -> Iterator[Finding]:
    for place in places:
        if place not in suspects.displaced:
            yield found("transactions", Row.PLACE, Problem.MISSING, position=place)


# 4. Live blocks: no overlap, no gap against what was issued, and the sums kept of them


def _live(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    balances: Counter[tuple[int, ...]] = Counter()
    totals: Counter[tuple[int | str, ...]] = Counter()
    expected = highest = 1
    query = select(*raw(Block)).where(Block.closed_by.is_(None)).order_by(Block.first)
    for row in stream(connection, query):
        range_ = range_of(row)
        if range_ is None or (row.opened_by, row.first) in suspects.blocks:
            continue
        if bands.is_own(row.first):
            yield from _gap(expected, row.first, suspects)
        if row.first < highest and not suspects.doubt(range_):
            yield found("blocks", Row.BLOCK, Problem.OVERLAPS, **of_block(row))
        highest = row.last + 1
        if bands.is_own(row.first):
            expected = max(expected, highest)
        balances[row.account_id, row.project_id, row.vintage] += range_.quantity
        totals[row.project_id, row.vintage, row.kind] += range_.quantity
    head = connection.execute(select(*raw(ChainHead))).one_or_none()
    if head is not None:
        yield from _gap(expected, head.serial_next, suspects)
    # Sums of blocks that were altered would only point at balances that are right.
    if not suspects.blocks and not suspects.serials:
        yield from _issuances(connection, head)
        yield from _balances(connection, balances, suspects)
        yield from _totals(connection, totals, suspects)


def _gap(expected: int, reached: int, suspects: Suspects) -> Iterator[Finding]:
    if expected < reached and not suspects.doubt(gap := Range(expected, reached - 1)):
        yield found("blocks", Row.NUMBERS, Problem.NOT_LIVE, **of_range(gap))


def _issuances(connection: Connection, head: AnyRow | None) -> Iterator[Finding]:
    expected = 1
    for row in stream(connection, select(*raw(Issuance)).order_by(Issuance.first)):
        if not bands.is_own(row.first):
            # What others issued comes in parts and in any order.
            break
        if row.first != expected:
            facts = {"id": row.id, "serial": expected}
            yield found("issuances", Row.ID, Problem.ISSUANCE_BEGINS, **facts)
        expected = row.last + 1
    if head is not None and head.serial_next != expected:
        yield _of_head(Problem.HEAD_SERIAL, serial=expected)


def _balances(
    connection: Connection, counted: Counter[tuple[int, ...]], suspects: Suspects
) -> Iterator[Finding]:
    missing = set(suspects.balances)
    for row in stream(connection, select(*raw(Balance))):
        key = (row.account_id, row.project_id, row.vintage)
        if key not in missing:
            yield _of_balance(key, Problem.NEVER_HELD)
        elif row.quantity != counted[key]:
            facts = {"quantity": row.quantity, "counted": counted[key]}
            yield _of_balance(key, Problem.BLOCKS_DIFFER, **facts)
        missing.discard(key)
    for key in sorted(missing):
        yield _of_balance(key, Problem.BLOCKS_ALONE, counted=counted[key])


def _of_balance(key: tuple[int, int, int], problem: Problem, **facts: object) -> Finding:
    named = zip(("account", "project", "vintage"), key, strict=True)
    return found("balances", Row.BALANCE, problem, **dict(named), **facts)


def _totals(
    connection: Connection, counted: Counter[tuple[int | str, ...]], suspects: Suspects
) -> Iterator[Finding]:
    missing = set(suspects.totals)
    query = select(*raw(Total), Project.partner.label("of_project"))
    for row in stream(connection, query.outerjoin(Project, Project.id == Total.project_id)):
        key = (row.project_id, row.vintage, row.kind)
        if key not in missing or row.partner != row.of_project:
            yield _of_total(key, Problem.NO_SUCH_ACCOUNT)
        elif row.quantity != counted[key]:
            facts = {"quantity": row.quantity, "counted": counted[key]}
            yield _of_total(key, Problem.BLOCKS_DIFFER, **facts)
        missing.discard(key)
    for key in sorted(missing):
        yield _of_total(key, Problem.BLOCKS_ALONE, counted=counted[key])


def _of_total(key: tuple[int, int, str], problem: Problem, **facts: object) -> Finding:
    named = zip(("project", "vintage", "kind"), key, strict=True)
    return found("totals", Row.TOTAL, problem, **dict(named), **facts)


# 5. Reservations: those of waiting proposals, each held by its source


def _reservations(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    query = (
        select(*raw(Reservation), Transaction.source_id, Transaction.id.label("proposal"))
        .add_columns(type_coerce(Transaction.status, NullType()).label("status"))
        .outerjoin(Transaction, Transaction.id == Reservation.transaction_id)
        .order_by(Reservation.first)
    )
    tonnes: Counter[int] = Counter()
    last = 0
    for row in stream(connection, query):
        range_ = range_of(row)
        if row.proposal is None:
            facts = {"id": row.transaction_id}
            yield found("transactions", Row.ID, Problem.RESERVATION_ALONE, **facts)
        elif range_ is None or row.first <= last or row.status != Status.PROPOSED:
            yield _of_reservation(row, Problem.NOT_WAITING)
        elif not suspects.doubt(range_) and any(
            block.account_id != row.source_id for block in blocks.covering(connection, range_)
        ):
            yield _of_reservation(row, Problem.NOT_OF_SOURCE)
        tonnes[row.transaction_id] += range_.quantity if range_ else 0
        last = row.last
    waiting = select(Transaction.id, Transaction.quantity).where(
        Transaction.status == Status.PROPOSED, Transaction.kind != Kind.ISSUANCE
    )
    for row in stream(connection, waiting):
        if tonnes[row.id] != row.quantity and row.id not in suspects.transactions:
            yield found("transactions", Row.ID, Problem.QUANTITY_NOT_RESERVED, id=row.id)


def _of_reservation(row: AnyRow, problem: Problem) -> Finding:
    facts = of_row(row) | {"by": row.transaction_id}
    return found("reservations", Row.NUMBERS_OF_TRANSACTION, problem, **facts)
