"""Verbs that propose a movement of credits: each reserves what it would move and moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import chain, ledger, projects, roles, serials
from app.domain.accounts import State
from app.domain.errors import (
    AttributeDiffers,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    NothingChosen,
    PeriodsMixed,
    QuantityDiffers,
    Required,
    SameAccount,
    SameKindPending,
    SerialsBarred,
    SerialsNeverIssued,
    SerialsNotHeld,
    SerialsReserved,
    TooLong,
    TooManyBlocks,
    UnknownAccount,
    UnknownDecision,
    UnknownProject,
    UnknownRegistry,
)
from app.domain.ledger import BLOCKS_MAX, PROPOSAL_LIFE, Kind
from app.domain.serials import Range, Serial
from app.domain.text import normalise
from app.registry import people
from app.store import accounts, blocks, decisions, transactions
from app.store import ledger as door
from app.store import projects as project_questions
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
    retirement or a cancellation is the registry's own account and stays empty.
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


def propose(session: Session, order: Order, *, key: str, actor: int, now: datetime) -> int:
    """Propose a movement between accounts and reserve its serial numbers; return its id.

    The same key, person and content give the same transaction however often they come.

    Raises:
        NotFound: the source does not exist for this person.
        KeyUsedOtherwise: the key came before with other content.
        Refusal: any other check; the registry's state is unchanged.
    """
    assert order.kind is not Kind.ISSUANCE
    connection = session.connection()
    fixed = ledger.FIXED_TARGET.get(order.kind)
    target_number = accounts.of_kind(connection, fixed) if fixed else order.target
    locked = accounts.lock(connection, {order.source, target_number or ""})
    source = locked.get(order.source)
    if source is None:
        raise NotFound("account")
    power = people.power(connection, actor, source.id)
    if not roles.may_see_account(power.role, power.right):
        raise NotFound("account")
    if not roles.may_propose(order.kind, power.role, power.right):
        raise NotEntitled(f"propose {order.kind}")
    content = _content(order)
    known = _known(connection, key, content, actor)
    if known is not None:
        return known
    texts = _texts(order)
    target = _target(locked, source, target_number or "")
    ledger.check_source(order.kind, source.number, source.kind, source.state)
    ledger.check_target(order.kind, target.number, target.kind, target.state)
    if order.kind in _ONE_AT_A_TIME:
        _check_none_pending(connection, order.kind, source.id, target.id)
    chosen = _choose(connection, order, source)
    proposal = _proposal(order.kind, serials.quantity(chosen), key, content, actor, now) | texts
    return door.reserve(
        connection, proposal, chosen, source=_account(source), target=_account(target)
    )


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
    allocation = decisions.allocation(connection, allocation_id)
    if allocation is None:
        raise UnknownDecision(str(allocation_id), field="decision")
    target = accounts.lock(connection, [allocation.number])[allocation.number]
    power = people.power(connection, actor, target.id)
    if not roles.may_propose(Kind.ISSUANCE, power.role, power.right):
        raise NotEntitled(f"propose {Kind.ISSUANCE}")
    content = chain.digest(
        chain.canonical({"allocation": allocation_id, "quantity": quantity, "kind": "issuance"})
    )
    known = _known(connection, key, content, actor)
    if known is not None:
        return known
    ledger.check_target(Kind.ISSUANCE, target.number, target.kind, target.state)
    _check_none_pending(connection, Kind.ISSUANCE, None, target.id)
    decisions.position(connection, allocation_id).check(quantity)
    proposal = _proposal(Kind.ISSUANCE, quantity, key, content, actor, now)
    proposal["allocation_id"] = allocation_id
    return door.reserve(connection, proposal, [], source=None, target=_account(target))


def _known(connection: Connection, key: str, content: bytes, actor: int) -> int | None:
    if not key or len(key) > KEY_MAX:
        raise Required(field="key")
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
    # One applied for and not yet open is answered as if it did not exist.
    if target is None or target.state is State.APPLIED:
        raise UnknownAccount(number, field="target")
    return target


def _check_none_pending(
    connection: Connection, kind: Kind, source_id: int | None, target_id: int
) -> None:
    if transactions.same_pending(connection, kind, source_id, target_id):
        raise SameKindPending(kind)


def _choose(connection: Connection, order: Order, source: AnyRow) -> list[Range]:
    """Return the serial numbers that the order would move, ascending and joined."""
    ordered = order.kind is Kind.MANDATORY_CANCELLATION
    if order.serials:
        return _named(connection, order, source, bars=not ordered)
    if order.quantity is None:
        raise NothingChosen(field="quantity")
    project_id = None
    if order.project:
        project_id = project_questions.identifier(connection, order.project)
        if project_id is None:
            raise UnknownProject(order.project, field="project")
    kept = blocks.kept(connection, source.id, bars=not ordered)
    vintages: list[int] = []

    def held() -> Any:
        found = blocks.held(connection, source.id, project_id=project_id, vintage=order.vintage)
        for block in found:
            vintages.append(block.vintage)
            yield Range(block.first, block.last)

    chosen = ledger.choose(held(), kept, order.quantity)
    _check_period(order.kind, vintages)
    return chosen


def _named(connection: Connection, order: Order, source: AnyRow, *, bars: bool) -> list[Range]:
    """Check the serial numbers that the order names, block by block."""
    named = serials.distinct([_range(item, source) for item in order.serials])
    vintages: list[int] = []
    for wanted in named:
        covering = blocks.covering(connection, wanted)
        if len(covering) > BLOCKS_MAX:
            raise TooManyBlocks(BLOCKS_MAX, field="serials")
        _check_held(covering, wanted, source)
        vintages += [block.vintage for block in covering]
    _check_apart(named, blocks.kept(connection, source.id, bars=False), SerialsReserved)
    if bars:
        _check_apart(named, blocks.barred(connection), SerialsBarred)
    for item in order.serials:
        if isinstance(item, Serial):
            _check_attributes(connection, item)
    _check_period(order.kind, vintages)
    total = serials.quantity(named)
    if order.quantity is not None and order.quantity != total:
        raise QuantityDiffers(order.quantity, total, field="quantity")
    return serials.join(named)


def _check_apart(
    named: Sequence[Range],
    kept: Sequence[Range],
    refusal: type[SerialsReserved] | type[SerialsBarred],
) -> None:
    for wanted in named:
        for range_ in kept:
            common = serials.overlap(wanted, range_)
            if common is not None:
                raise refusal(common.first, common.last, field="serials")


def _range(item: Serial | Range, source: AnyRow) -> Range:
    if isinstance(item, Range):
        return item
    if item.origin != source.number[:2]:
        raise UnknownRegistry(item.origin, field="serials")
    return item.range


def _check_held(covering: Sequence[AnyRow], wanted: Range, source: AnyRow) -> None:
    covered = 0
    for block in covering:
        part = serials.overlap(Range(block.first, block.last), wanted)
        covered += part.quantity if part else 0
    # The sequence of serials has no gap, so what no live block covers was never issued.
    if covered != wanted.quantity:
        raise SerialsNeverIssued(wanted.first, wanted.last, field="serials")
    if any(block.account_id != source.id for block in covering):
        raise SerialsNotHeld(wanted.first, wanted.last, field="serials")


def _check_attributes(connection: Connection, printed: Serial) -> None:
    for block in blocks.covering(connection, printed.range):
        actual = project_questions.reference(connection, block.project_id)
        for attribute, given, found in (
            ("partner", printed.partner, block.partner),
            ("project", printed.project, actual),
            ("vintage", str(printed.vintage), str(block.vintage)),
        ):
            if given != found:
                raise AttributeDiffers(attribute, given, found, field="serials")


def _check_period(kind: Kind, vintages: Sequence[int]) -> None:
    if kind is Kind.RETIREMENT and len({projects.period(year) for year in vintages}) > 1:
        raise PeriodsMixed(field="serials")


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
