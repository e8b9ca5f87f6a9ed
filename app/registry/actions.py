"""What movements and authorizations mean under Article 6.2: worked out before, recorded after.

Everything runs in the database transaction of the movement or approval behind it. Before units of
an approach are judged the chain head is locked, so that no two judge the same at once: a number is
first transferred once, and an authorization covers no more than its quantity.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import chain, serials
from app.domain.actions import Event, Occurrence, Party
from app.domain.article6_errors import ActionTwice
from app.domain.authorizations import Change
from app.domain.chain import Value
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor, MitigationType
from app.domain.projects import ITMO_VINTAGE_MIN, UnitClass
from app.domain.serials import Range
from app.registry import coverage
from app.registry.coverage import Act
from app.store import actions as questions
from app.store import blocks
from app.store import ledger as door
from app.store.actions import New, Outcomes
from app.store.carvings import Piece
from app.store.databases import AnyRow
from app.store.tables import AuthorizationEffect, ItmoUnits

#: Credits of the JCM are what lies beneath ITMOs here, under the same numbers.
_UNDERLYING: Final = "JCM"
_EVENTS: Final = {
    Kind.RETIREMENT: Event.RETIRED,
    Kind.VOLUNTARY_CANCELLATION: Event.CANCELLED,
    Kind.MANDATORY_CANCELLATION: Event.CANCELLED,
    Kind.EXTERNAL_TRANSFER: Event.SENT,
    Kind.ACQUISITION: Event.RECEIVED,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a movement means: what its sealed body says of it, and what is recorded with it."""

    said: dict[str, Value] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    #: Of an issuance: what its ITMOs are.
    units: dict[str, Any] | None = None


# Movements


def moved(
    connection: Connection,
    transaction: AnyRow,
    pieces: Sequence[Piece],
    target: door.Account,
    *,
    party: Party | None,
    counterparty: str | None = None,
    now: datetime,
) -> Plan:
    """Work out what moving pieces to another account means; nothing is asked without ITMOs.

    Args:
        counterparty: to which Party's registry they leave, alpha-3.

    Raises:
        Refusal: the rules forbid it, see `app.domain.actions`; nothing is written then.
    """
    event = _event(transaction.kind, target, party)
    known = {} if event is Event.MOVED else _outcomes(connection, pieces)
    if party is None or not known:
        return Plan()
    at = max(now, door.locked_head(connection).completed_at)
    use = questions.use_of(connection, transaction.id)
    told = occurrence(
        event,
        transaction.kind,
        party,
        at,
        calendar_year=use.calendar_year if use else transaction.proposed_at.astimezone(UTC).year,
        cancelled_for=use.cancelled_for if use else None,
        counterparty=counterparty,
    )
    made = judged(connection, pieces, known, told)
    said: dict[str, Value] = {"actions": sealed(made)} if made else {}
    if use is not None:
        said["use"] = said_of(use.calendar_year, use.cancelled_for)
    return Plan(said, made)


def foreseen(
    connection: Connection,
    ranges: Sequence[Range],
    *,
    party: Party | None,
    counterparty: str,
    now: datetime,
) -> list[Act]:
    """Return what it would mean that these numbers leave for another Party's registry now.

    Raises:
        Refusal: the rules forbid it, as they stand now.
    """
    pieces = [
        Piece(part, block.issuance_id, block.vintage)
        for wanted in ranges
        for block in blocks.covering(connection, wanted)
        if (part := serials.overlap(Range(block.first, block.last), wanted))
    ]
    known = _outcomes(connection, pieces)
    if party is None or not known:
        return []
    on = now.astimezone(UTC).date()
    told = Occurrence(Event.SENT, on, party, counterparty=counterparty)
    return judged(connection, pieces, known, told)


def judged(
    connection: Connection,
    pieces: Sequence[Piece],
    known: dict[int, Outcomes],
    told: Occurrence,
) -> list[Act]:
    """Return the actions that follow for the pieces that are ITMOs of an approach."""
    ranges: dict[int, list[Range]] = defaultdict(list)
    for piece in pieces:
        if piece.issuance_id in known:
            ranges[piece.issuance_id].append(piece.range)
    found = [(known[identifier], ranges[identifier]) for identifier in sorted(ranges)]
    return coverage.acts(connection, found, told)


def occurrence(
    event: Event,
    kind: Kind,
    party: Party,
    at: datetime,
    *,
    calendar_year: int | None,
    cancelled_for: CancelledFor | None,
    counterparty: str | None = None,
) -> Occurrence:
    """Return a movement as the rules see it; its day is that in UTC."""
    return Occurrence(
        event,
        at.astimezone(UTC).date(),
        party,
        counterparty=counterparty,
        calendar_year=calendar_year if event is Event.RETIRED else None,
        cancelled_for=(cancelled_for or CancelledFor.OTHER) if event is Event.CANCELLED else None,
        is_mandatory=kind is Kind.MANDATORY_CANCELLATION,
    )


def said_of(calendar_year: int | None, cancelled_for: CancelledFor | None) -> dict[str, Value]:
    """Return what the chain says of the use of a retirement or cancellation."""
    return {"calendar_year": calendar_year, "cancelled_for": cancelled_for}


def _event(kind: Kind, target: door.Account, party: Party | None) -> Event:
    if kind is Kind.TRANSFER:
        is_given = party is not None and target.number == party.adaptation_fund
        return Event.GIVEN if is_given else Event.MOVED
    return _EVENTS[kind]


def _outcomes(connection: Connection, pieces: Sequence[Piece]) -> dict[int, Outcomes]:
    issuances = {one.issuance_id for one in pieces if one.vintage >= ITMO_VINTAGE_MIN}
    return questions.units(connection, issuances) if issuances else {}


def issued(
    connection: Connection,
    transaction: AnyRow,
    units: door.NewUnits,
    *,
    party: Party | None,
    now: datetime,
) -> Plan:
    """Work out what an issuance means: ITMOs, where there is an approach with their partner.

    Raises:
        Refusal: nobody said when such ITMOs are first transferred; nothing is written then.
    """
    if party is None or units.unit_class != UnitClass.ITMO:
        return Plan()
    approach = questions.approach_of(connection, units.partner)
    if approach is None:
        return Plan()
    head = door.locked_head(connection)
    created = door.next_range(head, transaction.quantity)
    at = max(now, head.completed_at).astimezone(UTC)
    outcomes = Outcomes(0, created, units.vintage, units.project, approach.id, approach.alpha3)
    told = Occurrence(Event.ISSUED, at.date(), party)
    made = coverage.acts(connection, [(outcomes, [created])], told)
    said: dict[str, Value] = {"actions": sealed(made)} if made else {}
    return Plan(said, made, _units(outcomes, party))


def crossed(connection: Connection, pieces: Sequence[Piece], told: Occurrence) -> Plan:
    """Work out what it means that pieces known here come back from another registry.

    Raises:
        Refusal: the rules forbid it; nothing is written then.
    """
    known = _outcomes(connection, pieces)
    if not known:
        return Plan()
    door.locked_head(connection)
    made = judged(connection, pieces, known, told)
    return Plan({"actions": sealed(made)} if made else {}, made)


def entered(
    connection: Connection, outcomes: Outcomes, told: Occurrence, units: dict[str, Any]
) -> Plan:
    """Work out what it means that ITMOs of another registry are new here.

    Args:
        units: what never changes about them, as `ItmoUnits` has it.

    Raises:
        Refusal: the rules forbid it; nothing is written then.
    """
    door.locked_head(connection)
    made = coverage.acts(connection, [(outcomes, [outcomes.range])], told)
    return Plan({"actions": sealed(made)} if made else {}, made, units)


def record(
    connection: Connection,
    plan: Plan,
    transaction_id: int,
    at: datetime,
    issuance_id: int | None = None,
) -> None:
    """Record what was worked out of a movement, at the moment that the chain bears.

    Raises:
        ActionTwice: the database refuses what happens once only; everything is undone then.
    """
    if plan.units is not None:
        connection.execute(insert(ItmoUnits).values(plan.units | {"issuance_id": issuance_id}))
    _add(connection, [_new(act, at, transaction_id, issuance_id) for act in plan.acts])


# Authorizations


def authorized(session: Session, version_id: int, *, party: Party, now: datetime) -> int:
    """Record what an approved version means for the units held; return how many actions that is.

    One that holds later is left to `take_effect`; a revocation undoes nothing.

    Raises:
        ActionTwice, QuantityExhausted, DefinitionMissing: it cannot be so.
    """
    connection = session.connection()
    version = questions.reach(connection, version_id)
    head = door.locked_head(connection)
    at = max(now, head.completed_at)
    on = at.astimezone(UTC).date()
    begins_later = version.effective_on > on or (version.timeframe_first or 0) > on.year
    if version.change is Change.REVOCATION or begins_later:
        return 0
    own = version.approach_id
    approaches = questions.approaches(connection) if own is None else [own]
    told = Occurrence(Event.AUTHORIZED, on, party)
    made: list[Act] = []
    for approach in approaches:
        recognise(connection, approach, party=party)
        found = questions.units_of(connection, approach)
        held = [(one, list(questions.held(connection, one.range))) for one in found]
        made += coverage.acts(connection, held, told)
    _add(connection, [_new(act, at) for act in made])
    body = chain.canonical({"version": version_id, "at": at, "actions": sealed(made)})
    connection.execute(
        insert(AuthorizationEffect).values(
            version_id=version_id,
            at=at,
            position=head.position,
            body=body,
            digest=chain.digest(body, head.digest),
        )
    )
    return len(made)


def take_effect(session: Session, *, party: Party, now: datetime) -> int:
    """Let every approved version whose day has come take effect; return how many did."""
    due = questions.beginning(session.connection(), now.astimezone(UTC).date())
    for version_id in due:
        authorized(session, version_id, party=party, now=now)
    return len(due)


def recognise(connection: Connection, approach_id: int, *, party: Party) -> None:
    """Give what identifiers are made of to ITMOs that were issued before there was the approach."""
    rows = [
        _units(one, party) | {"issuance_id": one.id}
        for one in questions.unrecognised(connection, approach_id)
    ]
    if rows:
        connection.execute(insert(ItmoUnits), rows)


# Rows, and what is sealed of them


def sealed(made: Sequence[Act]) -> list[Value]:
    """Return actions as the chain says them: what they name never changes."""
    return [_said(act) for act in made]


def _said(act: Act) -> dict[str, Value]:
    done = act.done
    said: dict[str, Value] = {
        "type": done.type,
        "subtype": done.subtype,
        "first": act.range.first,
        "last": act.range.last,
        "authorization": done.terms.identifier,
        "version": done.terms.number,
        "is_final": done.is_final,
        "counterparty": done.counterparty,
        "cancelled_for": done.cancelled_for,
        "using_party": done.using_party,
        "calendar_year": done.calendar_year,
    }
    return {name: value for name, value in said.items() if value is not None}


def _new(
    act: Act, at: datetime, transaction_id: int | None = None, issuance_id: int | None = None
) -> New:
    done = act.done
    return New(
        at=at,
        type=done.type,
        range=act.range,
        issuance_id=act.issuance_id or issuance_id or 0,
        version_id=done.terms.version_id,
        subtype=done.subtype,
        is_final=done.is_final,
        transaction_id=transaction_id,
        counterparty=done.counterparty,
        cancelled_for=done.cancelled_for,
        using_party=done.using_party,
        calendar_year=done.calendar_year,
    )


def _units(outcomes: Outcomes, party: Party) -> dict[str, Any]:
    return {
        "approach_id": outcomes.approach_id,
        "party_registry": party.registry,
        "first_transferring": outcomes.first_transferring,
        "mitigation_type": MitigationType.REDUCTIONS,
        "underlying_registry": _UNDERLYING,
        "underlying_first": outcomes.range.first,
    }


def _add(connection: Connection, new: Sequence[New]) -> None:
    try:
        questions.add(connection, new)
    except IntegrityError as error:
        if "once_" not in str(error):
            raise
        raise ActionTwice from error
