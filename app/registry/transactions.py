"""Verbs that propose a movement of credits: each reserves what it would move and moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import chain, ledger, roles, serials
from app.domain.accounts import State
from app.domain.actions import Party
from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Required,
    SameAccount,
    SameKindPending,
    TooLong,
    UnknownAccount,
    UnknownDecision,
)
from app.domain.ledger import PROPOSAL_LIFE, Kind, Status
from app.domain.nomenclature import CancelledFor
from app.domain.policies import NONE, Policy
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.serials import Range, Serial
from app.domain.text import normalise
from app.registry import crossings, movements, people, returns, selections, uses, waiting
from app.store import accounts, decisions, transactions
from app.store import ledger as door
from app.store.databases import AnyRow

TEXT_MAX: Final = 1_024
KEY_MAX: Final = 100

#: Movements of which only one may wait between the same accounts at a time (UK checks 1006, 3013).
_ONE_AT_A_TIME: Final = frozenset(
    {Kind.ISSUANCE, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION}
)
#: What must be said of each kind of movement.
_TEXTS_REQUIRED: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.VOLUNTARY_CANCELLATION: ("purpose", "beneficiary"),
    Kind.MANDATORY_CANCELLATION: ("reference",),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a proposer asks to move.

    Either `quantity` (the lowest serials are taken, of one project and vintage if these are
    given), or `serials` by block or range, or both, which must then agree. The target of a
    retirement or a cancellation is the registry's own account and may stay empty. `returns` is
    the id of the transfer whose credits this one sends back. Of ITMOs that are retired
    `calendar_year` is the year of the NDC towards which they are used (that of the proposal if it
    is left out), of cancelled ones `cancelled_for` is what that serves.
    """

    kind: Kind
    source: str
    target: str = ""
    quantity: int | None = None
    serials: Sequence[Serial | Range] = ()
    project: str | None = None
    vintage: int | None = None
    purpose: str = ""
    beneficiary: str = ""
    reference: str = ""
    remark: str = ""
    returns: int | None = None
    calendar_year: int | None = None
    cancelled_for: CancelledFor | None = None


def propose(
    session: Session,
    order: Order,
    *,
    key: str,
    actor: int,
    now: datetime,
    policy: Policy = NONE,
    party: Party | None = None,
) -> int:
    """Propose a movement between accounts and reserve its serial numbers; return its id.

    The same key, person and content give the same transaction however often they come.

    Args:
        party: whose registry this is; without it nothing is asked or kept of ITMOs.

    Raises:
        NotFound: the source does not exist for this person.
        KeyUsedOtherwise: the key came before with other content.
        Refusal: any other check; the registry's state is unchanged.
    """
    connection = session.connection()
    locked = _lock(connection, order, actor)
    content = _content(order)
    known = _known(connection, key, content, actor)
    if known is not None:
        return known
    plan = _plan(connection, order, locked, policy, party, now)
    quantity = serials.quantity(plan.ranges)
    source, target = _account(locked.source), _account(plan.target)
    proposal = _proposal(order.kind, quantity, key, content, actor, now) | plan.texts
    said = locked.destination.facts() if locked.destination else {}
    identifier = _reserve(connection, proposal, plan, source, target, said)
    if order.returns is not None:
        returns.link(connection, identifier, order.returns)
    if locked.destination is not None:
        crossings.plan(connection, locked.destination, transaction_id=identifier)
    movements.tell(
        connection,
        identifier,
        order.kind,
        Status.PROPOSED,
        quantity,
        source=source,
        target=target,
        proposed_by=actor,
        now=now,
    )
    return identifier


def _reserve(
    connection: Connection,
    proposal: dict[str, Any],
    plan: "_Plan",
    source: door.Account,
    target: door.Account,
    said: dict[str, chain.Value],
) -> int:
    """Reserve what was planned, with what it is for; return the transaction's id."""
    use, ranges = plan.use, plan.ranges
    said = use.facts() if use else said
    made = door.reserve(connection, proposal, ranges, source=source, target=target, said=said)
    if use is not None:
        uses.keep(connection, made, use)
    return made


def preview(
    session: Session,
    order: Order,
    *,
    actor: int,
    now: datetime,
    policy: Policy = NONE,
    party: Party | None = None,
) -> list[Range]:
    """Return the serial numbers that `propose` would reserve now; nothing is written.

    Raises:
        NotFound, Refusal: as `propose`.
    """
    connection = session.connection()
    locked = _lock(connection, order, actor)
    return _plan(connection, order, locked, policy, party, now).ranges


@dataclass(frozen=True, slots=True)
class _Locked:
    """The accounts of an order, locked; the source is the proposer's to propose for."""

    source: AnyRow
    target_number: str
    accounts: dict[str, AnyRow]
    #: In another registry.
    destination: crossings.Destination | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """An order that passed every check: where its credits go, which they are, and what for."""

    target: AnyRow
    ranges: list[Range]
    texts: dict[str, str | None]
    use: uses.Meant | None


def _lock(connection: Connection, order: Order, actor: int) -> _Locked:
    assert order.kind not in {Kind.ISSUANCE, Kind.ACQUISITION}
    fixed = ledger.FIXED_TARGET.get(order.kind)
    number = order.target or (fixed and accounts.of_kind(connection, fixed)) or ""
    destination = None
    if order.kind is Kind.EXTERNAL_TRANSFER:
        destination = crossings.destination(connection, order.target, order.source[:2])
        number = destination.peer.account
    locked = accounts.lock(connection, order.source, number)
    source = locked.get(order.source)
    # One applied for and not yet open is answered as if it did not exist, on either side.
    if source is None or source.state is State.APPLIED:
        raise NotFound("account")
    power = people.power(connection, actor, source.id)
    if not roles.may_see_account(power.role, power.right):
        raise NotFound("account")
    if not roles.may_propose(order.kind, power.role, power.right):
        raise NotEntitled(f"propose {order.kind}")
    return _Locked(source, number, locked, destination)


def _plan(
    connection: Connection,
    order: Order,
    locked: _Locked,
    policy: Policy,
    party: Party | None,
    now: datetime,
) -> _Plan:
    texts = _texts(order)
    source = locked.source
    target = _target(locked.accounts, source, locked.target_number)
    ledger.check_source(order.kind, source.number, source.kind, source.state)
    ledger.check_target(order.kind, target.number, target.kind, target.state)
    if order.kind in _ONE_AT_A_TIME:
        _check_none_pending(connection, order.kind, source.id, target.id)
    if order.returns is not None:
        returns.check(
            connection, order.returns, order.kind, order.serials, source.id, target.id, now=now
        )
    chosen = selections.choose(
        connection,
        source,
        order.kind,
        quantity=order.quantity,
        named=order.serials,
        project=order.project,
        vintage=order.vintage,
    )
    quantity = serials.quantity(chosen.ranges)
    waiting.moves_at(connection, policy, order.kind, source, target, quantity, now=now)
    use = None
    if chosen.newest >= ITMO_VINTAGE_MIN:
        use = uses.meant(
            connection,
            order.kind,
            chosen.ranges,
            calendar_year=order.calendar_year,
            cancelled_for=order.cancelled_for,
            party=party,
            now=now,
        )
    return _Plan(target, chosen.ranges, texts, use)


def propose_issuance(
    session: Session, allocation_id: int, quantity: int, *, key: str, actor: int, now: datetime
) -> int:
    """Propose to issue credits that the Joint Committee allocated to an account; return its id.

    Raises:
        UnknownDecision: no such allocation.
        LimitExceeded: more than remains of the allocation.
        SameKindPending: an issuance to the same account waits.
    """
    connection = session.connection()
    target = _issued_to(connection, allocation_id, actor)
    content = chain.digest(
        chain.canonical({"allocation": allocation_id, "quantity": quantity, "kind": "issuance"})
    )
    known = _known(connection, key, content, actor)
    if known is not None:
        return known
    _check_issuance(connection, allocation_id, quantity, target)
    proposal = _proposal(Kind.ISSUANCE, quantity, key, content, actor, now)
    proposal["allocation_id"] = allocation_id
    identifier = door.reserve(connection, proposal, [], source=None, target=_account(target))
    movements.tell(
        connection,
        identifier,
        Kind.ISSUANCE,
        Status.PROPOSED,
        quantity,
        source=None,
        target=_account(target),
        proposed_by=actor,
        now=now,
    )
    return identifier


def preview_issuance(session: Session, allocation_id: int, quantity: int, *, actor: int) -> None:
    """Check what `propose_issuance` would check; nothing is written.

    Raises:
        Refusal: as `propose_issuance`.
    """
    connection = session.connection()
    target = _issued_to(connection, allocation_id, actor)
    _check_issuance(connection, allocation_id, quantity, target)


def _issued_to(connection: Connection, allocation_id: int, actor: int) -> AnyRow:
    """Lock the account of an allocation, for someone who may propose an issuance to it."""
    if not roles.may_propose(Kind.ISSUANCE, people.power(connection, actor, None).role, None):
        raise NotEntitled(f"propose {Kind.ISSUANCE}")
    allocation = decisions.allocation(connection, allocation_id)
    if allocation is None:
        raise UnknownDecision(str(allocation_id), field="decision")
    return accounts.lock(connection, allocation.number)[allocation.number]


def _check_issuance(
    connection: Connection, allocation_id: int, quantity: int, target: AnyRow
) -> None:
    ledger.check_quantity(quantity)
    ledger.check_target(Kind.ISSUANCE, target.number, target.kind, target.state)
    _check_none_pending(connection, Kind.ISSUANCE, None, target.id)
    decisions.position(connection, allocation_id).check(quantity)


def _known(connection: Connection, key: str, content: bytes, actor: int) -> int | None:
    if not key:
        raise Required(field="key")
    if len(key) > KEY_MAX:
        raise TooLong(KEY_MAX, field="key")
    known = transactions.by_key(connection, actor, key)
    if known is None:
        return None
    if known.content != content:
        raise KeyUsedOtherwise
    return int(known.id)


def _content(order: Order) -> bytes:
    facts: dict[str, chain.Value] = {
        name: getattr(order, name)
        for name in (
            "kind",
            "source",
            "target",
            "quantity",
            "project",
            "vintage",
            "purpose",
            "beneficiary",
            "reference",
            "remark",
        )
    }
    # Left out when empty, so that what was sent before there were these still is the same.
    for name in ("returns", "calendar_year", "cancelled_for"):
        if getattr(order, name) is not None:
            facts[name] = getattr(order, name)
    return chain.digest(chain.canonical(facts | {"serials": [str(s) for s in order.serials]}))


def _texts(order: Order) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for name in ("purpose", "beneficiary", "reference", "remark"):
        text = getattr(order, name).strip()
        if len(text) > TEXT_MAX:
            raise TooLong(TEXT_MAX, field=name)
        if not normalise(text) and name in _TEXTS_REQUIRED.get(order.kind, ()):
            raise Required(field=name)
        texts[name] = text or None
    return texts


def _target(locked: dict[str, AnyRow], source: AnyRow, number: str) -> AnyRow:
    if number == source.number:
        raise SameAccount(number, field="target")
    target = locked.get(number)
    if target is None or target.state is State.APPLIED:
        raise UnknownAccount(number, field="target")
    return target


def _check_none_pending(
    connection: Connection, kind: Kind, source_id: int | None, target_id: int
) -> None:
    if transactions.same_pending(connection, kind, source_id, target_id):
        raise SameKindPending(kind)


def _proposal(
    kind: Kind, quantity: int, key: str, content: bytes, actor: int, now: datetime
) -> dict[str, Any]:
    return {
        "kind": kind,
        "quantity": quantity,
        "key": key,
        "content": content,
        "proposed_by": actor,
        "proposed_at": now,
        "expires_at": now + PROPOSAL_LIFE,
    }


def _account(row: AnyRow) -> door.Account:
    return door.Account(row.id, row.number, row.kind)
