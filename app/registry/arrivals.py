"""Credits that come from another registry: judged when they are proposed, entered when they left.

What is new here is created in the band of its originating registry; what was sent out before comes
back from the account of the other registry. Nothing can enter twice: numbers that are expected, or
in the ledger elsewhere, are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.domain import chain, exchange, ledger, serials
from app.domain.accounts import State
from app.domain.envelopes import Content
from app.domain.errors import Refusal
from app.domain.exchange import Code, Event, Side, Status
from app.domain.exchange_errors import MessageRefused, MessageRejected
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import actions, arriving, crossings, movements
from app.registry.arriving import Unit
from app.registry.letters import Desk
from app.store import accounts, carvings, peers
from app.store import crossings as questions
from app.store import ledger as door
from app.store import transactions as transaction_questions
from app.store.databases import AnyRow

_LIFE: Final = timedelta(days=1)


def propose(
    connection: Connection, peer: AnyRow, content: Content, desk: Desk, *, now: datetime
) -> int:
    """Promise to take a transfer; return the id of its crossing. Nothing moves yet.

    Raises:
        MessageRejected: its code tells the other registry why not.
    """
    asked = arriving.read(content, desk.code)
    if asked.number[:2] != peer.code:
        raise MessageRejected(Code.NUMBER_MALFORMED, asked.number)
    if asked.sender[:2] != peer.code:
        raise MessageRejected(Code.ACCOUNT_MALFORMED, asked.sender)
    if peers.crossing(connection, peer.id, Side.IN, asked.number) is not None:
        raise MessageRejected(Code.NUMBER_USED, asked.number)
    account = _account(connection, asked.account, desk)
    groups = arriving.grouped(connection, asked.units, peer, desk)
    _check_rules(connection, groups, peer, desk, now)
    crossing_id = questions.add(
        connection,
        {
            "peer_id": peer.id,
            "side": Side.IN,
            "status": Status.ACCEPTED,
            "number": asked.number,
            "account_id": account.id,
            "their_account": asked.sender,
            "quantity": asked.quantity,
            "units": content["units"],
            "sent_at": now,
        },
    )
    questions.expect(connection, crossing_id, [unit.place for unit in asked.units])
    return crossing_id


def complete(
    connection: Connection, peer: AnyRow, content: Content, desk: Desk, *, now: datetime
) -> int:
    """Enter the credits of a transfer that left the other registry; return its crossing's id.

    Raises:
        MessageRejected: there is no such transfer, or it cannot complete any more.
        MessageRefused: it cannot enter at this moment and is to be told again.
    """
    found = _known(connection, peer, content, Event.COMPLETE)
    account = accounts.lock_ids(connection, [peer.account_id, found.account_id])[found.account_id]
    units = arriving.placed(found.units, desk.code)
    try:
        for place, group in enumerate(
            arriving.grouped(connection, units, peer, desk, own=found.id)
        ):
            _enter(connection, found, group, place, peer, account, desk, now)
    except Refusal as why:
        raise MessageRefused(Code.NOT_NOW) from why
    questions.forget(connection, found.id)
    questions.change(connection, found.id, status=Status.COMPLETED, ended_at=now)
    return int(found.id)


def cancel(connection: Connection, peer: AnyRow, content: Content, *, now: datetime) -> int | None:
    """Forget a transfer that the other registry took back; None if it never was accepted here."""
    number = _number(content)
    known = peers.crossing(connection, peer.id, Side.IN, number)
    if known is None:
        return None
    found = _known(connection, peer, content, Event.CANCEL)
    questions.forget(connection, found.id)
    questions.change(connection, found.id, status=Status.CANCELLED, ended_at=now)
    return int(found.id)


def _number(content: Content) -> str:
    number = content.get("crossing")
    if not isinstance(number, str) or not arriving.NUMBER.fullmatch(number):
        raise MessageRejected(Code.NUMBER_MALFORMED)
    return number


def _known(connection: Connection, peer: AnyRow, content: Content, event: Event) -> AnyRow:
    found = peers.crossing(connection, peer.id, Side.IN, _number(content))
    if found is None:
        raise MessageRejected(Code.NUMBER_UNKNOWN)
    found = questions.locked(connection, found.id)
    if exchange.STATUS_AFTER[Side.IN, found.status, event] is None:
        raise MessageRejected(Code.WRONG_STATUS, found.status)
    return found


#: What the state of the receiving account is answered with (cases of the data exchange standards).
_STATES: Final = {
    State.APPLIED: Code.ACCOUNT_UNKNOWN,
    State.CLOSED: Code.ACCOUNT_CLOSED,
    State.CLOSURE_PENDING: Code.ACCOUNT_CLOSED,
    State.BARRED: Code.ACCOUNT_SUSPENDED,
    State.SUSPENDED: Code.ACCOUNT_SUSPENDED,
}


def _account(connection: Connection, number: str, desk: Desk) -> AnyRow:
    if number[:2] != desk.code:
        raise MessageRejected(Code.ACCOUNT_UNKNOWN, number)
    account = accounts.lock(connection, number).get(number)
    if account is None:
        raise MessageRejected(Code.ACCOUNT_UNKNOWN, number)
    if account.state in _STATES:
        raise MessageRejected(_STATES[account.state], number)
    try:
        ledger.check_target(Kind.ACQUISITION, number, account.kind, account.state)
    except Refusal as why:
        raise MessageRejected(Code.ACCOUNT_UNSUITED, number) from why
    return account


@dataclass(frozen=True, slots=True)
class _Step:
    """One transaction of an arrival."""

    row: AnyRow
    source: door.Account
    target: door.Account
    decision: door.Decision
    said: dict[str, Any]


def _check_rules(
    connection: Connection,
    groups: Sequence[Sequence[Unit]],
    peer: AnyRow,
    desk: Desk,
    now: datetime,
) -> None:
    """Ask the rules of Article 6.2 before anything is promised."""
    for group in groups:
        try:
            arriving.judged(connection, group, peer, desk, now=now)
        except Refusal as why:
            raise MessageRejected(Code.NOT_AUTHORIZED, why.code) from why


def _enter(
    connection: Connection,
    crossing: AnyRow,
    group: Sequence[Unit],
    place: int,
    peer: AnyRow,
    account: AnyRow,
    desk: Desk,
    now: datetime,
) -> None:
    """Move or create the credits of one group by a transaction of its own."""
    step = _begun(connection, crossing, group, place, peer, account, now)
    plan = arriving.judged(connection, group, peer, desk, now=now, promised_at=crossing.sent_at)
    at, issuance_id = _moved(connection, step, group, peer, plan)
    actions.record(connection, plan, step.row.id, at, issuance_id)
    questions.arrived(connection, crossing.id, step.row.id)
    movements.tell(
        connection,
        step.row.id,
        Kind.ACQUISITION,
        ledger.Status.COMPLETED,
        step.row.quantity,
        source=step.source,
        target=step.target,
        proposed_by=peer.user_id,
        now=at,
    )


def _moved(
    connection: Connection, step: _Step, group: Sequence[Unit], peer: AnyRow, plan: actions.Plan
) -> tuple[datetime, int | None]:
    """Return when the credits of a group entered, and the issuance that stands for new ones."""
    said = step.said | plan.said
    if group[0].is_new:
        whole = Range(group[0].place.first, group[-1].place.last)
        units = arriving.new_units(connection, group[0])
        done = door.arrive(
            connection,
            step.row,
            step.decision,
            units,
            whole,
            source=step.source,
            target=step.target,
            said=said,
        )
        questions.came_from(connection, done.issuance_id, peer.id, group[0].origin)
        return done.at, done.issuance_id
    ranges = serials.join([unit.place for unit in group])
    carving = carvings.carve(connection, step.row, ranges, source=step.source, target=step.target)
    at = door.append(
        connection,
        step.row,
        carving,
        step.decision,
        source=step.source,
        target=step.target,
        said=said,
    )
    return at, None


def _begun(
    connection: Connection,
    crossing: AnyRow,
    group: Sequence[Unit],
    place: int,
    peer: AnyRow,
    account: AnyRow,
    now: datetime,
) -> _Step:
    """Write the transaction of one group; nobody else can decide it before it completes."""
    source = door.Account(peer.account_id, peer.account, peer.account_kind)
    target = door.Account(account.id, account.number, account.kind)
    said = {"crossing": crossings.said(peer.code, crossing.their_account, crossing.number)}
    key = f"{crossing.number}/{place + 1}"
    proposal = {
        "kind": Kind.ACQUISITION,
        "quantity": serials.quantity(unit.place for unit in group),
        "key": key,
        "content": chain.digest(chain.canonical({"crossing": crossing.number, "place": place})),
        "proposed_by": peer.user_id,
        "proposed_at": now,
        "expires_at": now + _LIFE,
    }
    identifier = door.reserve(connection, proposal, [], source=source, target=target, said=said)
    row = transaction_questions.by_id(connection, identifier)
    assert row is not None
    return _Step(row, source, target, door.Decision(decided_by=None, at=now), said)
