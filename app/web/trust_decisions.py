"""A step on an entry of the trusted accounts: approve, reject, withdraw, remove, each signed."""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal
from app.domain.people_errors import CodeUsed
from app.domain.trust import CURRENT, Step
from app.registry import trust as verbs
from app.store import trust
from app.store.databases import AnyRow
from app.store.tables import Account
from app.web import attempts, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry
from app.web.trusted import NOUNS, listed, nouns, opened

blueprint = Blueprint("trust_decisions", __name__, url_prefix="/portal/accounts/<account>/trusted")

_ADDRESS: Final = f"/<int:entry>/<any({','.join(NOUNS)}):noun>"
_ID_MAX: Final = 2**63 - 1


@blueprint.get(_ADDRESS)
@requires()
def show(account: str, entry: int, noun: str) -> Any:
    found, right = opened(account)
    row = _row(found, entry)
    if noun not in nouns(row, right):
        return redirect(url_for("trusted.search", account=account), 303)
    return _check_page(found, row, noun)


@blueprint.post(_ADDRESS)
@resumable
@requires()
def decide(account: str, entry: int, noun: str) -> Any:
    found, _right = opened(account)
    row = _row(found, entry)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return _check_page(found, row, noun, reason=reason)
    try:
        _written(found, row, noun, reason)
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(found.number, entry, noun, refusal, reason)
    return redirect(url_for("trusted.search", account=account), 303)


def _row(account: Account, identifier: int) -> AnyRow:
    row = trust.entry(reading(), account.id, identifier) if identifier <= _ID_MAX else None
    if row is None:
        raise NotFound("trusted account")
    return row


def _written(account: Account, row: AnyRow, noun: str, reason: str) -> None:
    try:
        database().write(lambda session: _decided(session, account, row.id, noun, reason))
    except CodeUsed:
        # Perhaps by this very step, sent twice: then it is done by now.
        database().write(lambda session: _decided(session, account, row.id, noun, reason))


def _decided(session: Session, account: Account, identifier: int, noun: str, reason: str) -> None:
    before = trust.entry(session, account.id, identifier)
    _take(session, account.number, identifier, NOUNS[noun], reason)
    after = trust.entry(session, account.id, identifier)
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    if before is not None and after is not None and before.status is not after.status:
        signing.check(session, NOUNS[noun], _signed(account, before))


def _take(session: Session, number: str, identifier: int, step: Step, reason: str) -> None:
    actor, at = reader().id, now()
    if step is Step.APPROVE:
        policy = registry().policy
        verbs.approve(session, number, identifier, actor=actor, now=at, policy=policy)
    elif step is Step.REJECT:
        verbs.reject(session, number, identifier, reason=reason, actor=actor, now=at)
    elif step is Step.WITHDRAW:
        verbs.withdraw(session, number, identifier, actor=actor, now=at)
    else:
        verbs.remove(session, number, identifier, actor=actor, now=at)


def _signed(account: Account, row: AnyRow) -> dict[str, Value]:
    """Return what a signature covers: whose list, which entry, and what it is."""
    return {
        "account": account.number,
        "entry": row.id,
        "target": row.target,
        "note": row.note or "",
    }


def _refused(number: str, entry: int, noun: str, refusal: Refusal, reason: str) -> Any:
    """Log the attempt and say what was wrong with it."""
    attempts.log(f"{NOUNS[noun]} trusted account", number, [refusal])
    found, right = opened(number)
    row = _row(found, entry)
    known = refusal.field if refusal.field in {"reason", "code"} else ""
    errors = {known: sentence(refusal)}
    if noun in nouns(row, right):
        return _check_page(found, row, noun, status(refusal), errors, reason)
    return listed(found, right, status(refusal), errors)


def _check_page(
    account: Account,
    row: AnyRow,
    noun: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> Any:
    at, policy = now(), registry().policy
    return page(
        "trusted/decide.html",
        status=code,
        errors=errors or {},
        account=account,
        row=row,
        noun=noun,
        reason=reason,
        is_current=row.status in CURRENT,
        counts_from=policy.counts_from(at),
        is_at_once=policy.counts_from(at) <= at,
        ways=signing.asked(NOUNS[noun], _signed(account, row)),
    )
