"""What Form 4 does: the account is held while the application waits, and closed on approval.

It is held from the first submission until the application ends, a correction included: no bar is
laid or lifted and nothing moves but on an order of the authority.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain import accounts as rules
from app.domain.accounts import Kind, State
from app.domain.applications import WAITING, number
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    NotEmpty,
    TransactionsPending,
)
from app.domain.form_errors import ApplicationOpen, RequestsOpen
from app.registry import accounts as verbs
from app.store import accounts, crossings, requests, transactions
from app.store import applications as questions
from app.store.tables import Account, Application

#: The checklist item at which a closure is refused.
FIELD: Final = "section:closure"


def check(session: Session, application: Application) -> None:
    """Refuse to close what is not the holder's own, not empty, or not undisturbed.

    Raises:
        AccountKindForbids, AccountStateForbids, TransactionsPending, NotEmpty, RequestsOpen,
        ApplicationOpen: at the item of the closure.
    """
    account = _account(session, application)
    connection = session.connection()
    if account.kind is not Kind.ENTITY:
        raise AccountKindForbids(account.number, account.kind, field=FIELD)
    if account.state is not _expected(application):
        raise AccountStateForbids(account.number, account.state, field=FIELD)
    pending = transactions.pending(connection, account.id)
    pending += crossings.entering(connection, account.id)
    if pending:
        raise TransactionsPending(pending, field=FIELD)
    held = accounts.balance(connection, account.id)
    if held:
        raise NotEmpty(held, field=FIELD)
    asked = requests.waiting_on(session, account.id)
    if asked:
        raise RequestsOpen(asked, field=FIELD)
    for other in questions.waiting_about(session, account.id):
        if other.id != application.id:
            raise ApplicationOpen(number(other.id), field=FIELD)


def begin(session: Session, application: Application, *, actor: int | None, now: datetime) -> None:
    """Hold the account; handed in again after a correction it is held already."""
    account = _account(session, application)
    if account.state is not State.CLOSURE_PENDING:
        _to(session, application, State.CLOSURE_PENDING, "", actor, now)


def undo(
    session: Session, application: Application, *, reason: str, actor: int | None, now: datetime
) -> None:
    """Open the account again, as the application ends without approval."""
    if _account(session, application).state is State.CLOSURE_PENDING:
        _to(session, application, State.OPEN, reason, actor, now)


def carry_out(session: Session, application: Application, *, actor: int, now: datetime) -> None:
    """Close the account and dismiss its people; its history stays.

    Raises:
        as `check`.
    """
    check(session, application)
    given = application.answers.get("closure", {}).get("reason", "")
    _to(session, application, State.CLOSED, given, actor, now)


def _account(session: Session, application: Application) -> Account:
    """Return the account, locked until the end."""
    assert application.account_id is not None, "a closure is of an account"
    account = session.get_one(Account, application.account_id)
    accounts.lock(session.connection(), account.number)
    session.refresh(account)
    return account


def _expected(application: Application) -> State:
    return State.CLOSURE_PENDING if application.status in WAITING else State.OPEN


def _to(
    session: Session,
    application: Application,
    state: State,
    reason: str,
    actor: int | None,
    now: datetime,
) -> None:
    account = session.get_one(Account, application.account_id)
    said = f"{number(application.id)} {rules.STATE_NAMES[state].en}: {reason}" if reason else ""
    verbs.change_state(
        session,
        account.number,
        state,
        reason=said or number(application.id),
        because=application,
        actor=actor,
        now=now,
    )
