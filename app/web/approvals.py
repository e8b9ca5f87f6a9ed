"""Deciding a proposal: approve, reject or withdraw it, each after a look at what it would do."""

from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.accounts import FINAL
from app.domain.errors import Refusal
from app.domain.ledger import Event
from app.registry import approvals, logs
from app.registry.approvals import Ended
from app.store import holdings
from app.web.access import requires
from app.web.accounts import sees_everything
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.sessions import database, reading, registry, renew
from app.web.sign_in import reader
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
        names_holders=sees_everything(reader()),
        is_final=row.target_kind in FINAL,
    )


@blueprint.post(f"/<number>/{_NOUN}")
@requires()
def decide(number: str, noun: str) -> Any:
    identifier, actor, now = identified(number), reader().id, datetime.now(UTC)
    reason = request.form.get("reason", "").replace("\0", "")
    event = NOUNS[noun]
    try:
        ended = database().write(
            lambda session: _decided(session, event, identifier, reason, actor, now)
        )
    except Refusal as refusal:
        return _refused(number, noun, refusal, reason, now)
    if ended.refusal is not None:
        flash(sentence(ended.refusal))
    return redirect(url_for("transactions.show", number=number, decided="yes"), 303)


def _decided(
    session: Session, event: Event, identifier: int, reason: str, actor: int, now: datetime
) -> Ended:
    if event is Event.APPROVE:
        return approvals.approve(session, identifier, actor=actor, now=now)
    if event is Event.REJECT:
        return approvals.reject(session, identifier, reason=reason, actor=actor, now=now)
    return approvals.withdraw(session, identifier, actor=actor, now=now)


def _refused(number: str, noun: str, refusal: Refusal, reason: str, now: datetime) -> Any:
    """Log the attempt in a transaction of its own and say what was wrong with it."""
    actor, operation = reader().id, f"{NOUNS[noun]} transaction"
    database().write(
        lambda session: logs.refused(session, operation, number, refusal, actor=actor, now=now)
    )
    renew()
    found = seen(reading(), number)
    errors = {refusal.field: sentence(refusal)}
    if found.may(NOUNS[noun]):
        return _check_page(found, noun, status(refusal), errors, reason)
    return answer(found, status(refusal), errors)
