"""Verbs that resolve what a reconciliation found: one administrator proposes, another confirms.

What was barred is free then, unless another run that is not resolved holds it, too.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.errors import NotFound, ReasonRequired, TooLong
from app.domain.reconciliation import UNRESOLVED, Stage
from app.domain.reconciliation_errors import (
    OwnResolution,
    ReconciliationEnded,
    ResolutionChanged,
    ResolutionMissing,
)
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import accounts, bars, logs, people, reconciling
from app.store import accounts as account_questions
from app.store import peers, reconciliations
from app.store.tables import Account, Reconciliation

REASON_MAX: Final = 1_024


def propose(
    session: Session, number: str, *, reason: str, actor: int, now: datetime
) -> Reconciliation:
    """Propose that a run is explained by hand, in place of any proposal before.

    Raises:
        NotEntitled, NotFound, ReconciliationEnded
        ReasonRequired, TooLong: at the field "reason".
    """
    people.require(session, actor, Duty.RECONCILE)
    run = _unresolved(session, number)
    told = normalise(reason)
    if not told:
        raise ReasonRequired(field="reason")
    if len(told) > REASON_MAX:
        raise TooLong(REASON_MAX, field="reason")
    run.reason, run.proposed_by, run.proposed_at = told, actor, now
    session.flush()
    logs.done(session, "propose resolution", number, actor=actor, now=now, reason=told)
    return run


def confirm(
    session: Session, number: str, *, seen: datetime | None, actor: int, now: datetime
) -> Reconciliation:
    """Confirm what another administrator proposed: the run ends, and what it barred is free.

    Args:
        seen: when the resolution was proposed that this person was shown.

    Raises:
        NotEntitled, NotFound, ReconciliationEnded, ResolutionMissing, OwnResolution
        ResolutionChanged: another one is proposed by now.
    """
    people.require(session, actor, Duty.CONFIRM_RESOLUTIONS)
    run = _unresolved(session, number)
    if run.proposed_by is None or run.reason is None:
        raise ResolutionMissing(number)
    if run.proposed_by == actor:
        raise OwnResolution
    if run.proposed_at != seen:
        raise ResolutionChanged(number)
    _free(session, run, actor, now)
    if run.peer_id is not None:
        reconciling.tell_resolution(session, run, now)
    run.stage, run.resolved_by, run.ended_at = Stage.COMPLETED_BY_HAND, actor, now
    session.flush()
    logs.done(session, "confirm resolution", number, actor=actor, now=now, reason=run.reason)
    return run


def _unresolved(session: Session, number: str) -> Reconciliation:
    """Lock the account of the other registry, if it is about one, and return the run."""
    run = reconciliations.by_number(session, number)
    if run is None:
        raise NotFound("reconciliation")
    connection = session.connection()
    if run.peer_id is not None:
        account_questions.lock_ids(connection, [peers.by_id(connection, run.peer_id).account_id])
    run = reconciliations.locked(session, number)
    if run.stage not in UNRESOLVED:
        raise ReconciliationEnded(number)
    return run


def _free(session: Session, run: Reconciliation, actor: int, now: datetime) -> None:
    connection = session.connection()
    reason = run.reason or ""
    found = reconciliations.differences(session, run.id)
    for bar in sorted({row.bar_id for row in found if row.bar_id is not None}):
        if reconciliations.holding_bar(connection, bar, but=run.id) is None:
            bars.lift_for(session, bar, reason=reason, actor=actor, now=now)
    states = {row.account_id: row.barred_from for row in found if row.barred_from is not None}
    for account in sorted(states):
        if reconciliations.holding_account(connection, account, but=run.id) is None:
            number = session.get_one(Account, account).number
            accounts.free_from(
                session, number, states[account], reason=reason, actor=actor, now=now
            )
