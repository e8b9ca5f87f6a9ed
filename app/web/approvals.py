"""Deciding a proposal: approve, reject or withdraw it, each after a look at what it would do."""

from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.accounts import FINAL
from app.domain.chain import Value
from app.domain.errors import Refusal
from app.domain.exchange import ANSWER_LIMIT
from app.domain.ledger import Event, Kind, Status
from app.domain.nomenclature import NAMES
from app.domain.people_errors import CodeUsed
from app.registry import approvals
from app.registry.approvals import Ended
from app.store import holdings, tasks, transactions, trust
from app.store.databases import AnyRow
from app.web import attempts, crossings, signing
from app.web.access import requires
from app.web.accounts import sees_everything
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry
from app.web.transactions import (
    NOUNS,
    RUNS_MAX,
    Seen,
    allocation,
    answer,
    identified,
    printed,
    ranges,
    seen,
)

blueprint = Blueprint("approvals", __name__, url_prefix="/portal/transactions")

_ACTION: Final = "approve"
_NOUN: Final = f"<any({','.join(NOUNS)}):noun>"


@blueprint.get(f"/<number>/{_NOUN}")
@requires()
def show(number: str, noun: str) -> Any:
    found = seen(reading(), number)
    if not found.may(NOUNS[noun]):
        return redirect(url_for("transactions.show", number=number), 303)
    return _check_page(found, noun)


def _check_page(
    found: Seen,
    noun: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> Any:
    session, row = reading(), found.row
    runs = holdings.described(session, ranges(session, row))
    return page(
        "approvals/show.html",
        status=code,
        errors=errors or {},
        row=row,
        number=printed(row.id),
        noun=noun,
        reason=reason,
        runs=runs[:RUNS_MAX],
        runs_left=max(0, len(runs) - RUNS_MAX),
        origin=registry().code,
        allocation=allocation(session, row),
        serving=NAMES,
        names_holders=sees_everything(reader()),
        is_final=row.target_kind in FINAL,
        waits_until=_waits_until(session, row) if NOUNS[noun] is Event.APPROVE else None,
        claims=tasks.claims(session, transaction=row.id),
        abroad=_abroad(session, row),
        answer_hours=ANSWER_LIMIT // timedelta(hours=1),
        ways=_ways(session, row, NOUNS[noun]),
    )


def _ways(session: Session, row: AnyRow, event: Event) -> Any:
    """Return how an approval may be signed; nothing else is."""
    return signing.asked(_ACTION, _signed(session, row)) if event is Event.APPROVE else None


def _abroad(session: Session, row: AnyRow) -> crossings.Destination | None:
    """Return where a transfer to another registry goes, and what that would mean now."""
    found = crossings.of(session, row)
    if found is None or row.kind is not Kind.EXTERNAL_TRANSFER:
        return None
    return crossings.meaning(session, found.row, ranges(session, row))


def _waits_until(session: Session, row: AnyRow) -> datetime | None:
    """Return when a transfer approved now would move, if the policy lets it wait."""
    policy, at = registry().policy, now()
    if row.source_id is None or not policy.covers(row.kind, row.source_kind, row.target_kind):
        return None
    is_trusted = trust.is_trusted(session.connection(), row.source_id, row.target_id, at)
    moves_at = policy.moves_at(at, is_trusted=is_trusted)
    return moves_at if moves_at > at else None


@blueprint.post(f"/<number>/{_NOUN}")
@resumable
@requires()
def decide(number: str, noun: str) -> Any:
    identifier = identified(number)
    reason = request.form.get("reason", "").replace("\0", "")
    event = NOUNS[noun]
    if is_resumed():
        return _check_page(seen(reading(), number), noun, reason=reason)
    try:
        ended = _written(event, identifier, reason)
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(number, noun, refusal, reason)
    if ended.refusal is not None:
        flash(sentence(ended.refusal))
    return redirect(url_for("transactions.show", number=number, decided="yes"), 303)


def _written(event: Event, identifier: int, reason: str) -> Ended:
    try:
        return database().write(lambda session: _decided(session, event, identifier, reason))
    except CodeUsed:
        # Perhaps by this very approval, sent twice: then it is done by now.
        return database().write(lambda session: _decided(session, event, identifier, reason))


def _decided(session: Session, event: Event, identifier: int, reason: str) -> Ended:
    actor, at = reader().id, now()
    if event is Event.APPROVE:
        row = transactions.shown(session, identifier)
        told = registry()
        ended = approvals.approve(
            session, identifier, actor=actor, now=at, policy=told.policy, party=told.own_party
        )
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        is_again = ended.execute_at is not None and row is not None and row.approved_by == actor
        if row is not None and row.status is Status.PROPOSED and not is_again:
            signing.check(session, _ACTION, _signed(session, row))
        return ended
    if event is Event.REJECT:
        return approvals.reject(session, identifier, reason=reason, actor=actor, now=at)
    return approvals.withdraw(session, identifier, actor=actor, now=at)


def _signed(session: Session, row: AnyRow) -> dict[str, Value]:
    """Return what an approval's signature covers; a proposal's serial numbers never change."""
    return crossings.signed(session, row) | {
        "number": printed(row.id),
        "kind": str(row.kind),
        "quantity": row.quantity,
        "source": row.source,
        "target": row.target,
        "calendar_year": row.calendar_year,
        "cancelled_for": row.cancelled_for,
    }


def _refused(number: str, noun: str, refusal: Refusal, reason: str) -> Any:
    """Log the attempt and say what was wrong with it."""
    attempts.log(f"{NOUNS[noun]} transaction", number, [refusal])
    found = seen(reading(), number)
    errors = {refusal.field: sentence(refusal)}
    if found.may(NOUNS[noun]):
        return _check_page(found, noun, status(refusal), errors, reason)
    return answer(found, status(refusal), errors)
