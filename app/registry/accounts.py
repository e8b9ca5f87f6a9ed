"""Verbs on accounts: apply, open, change the state, and name who acts for them."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import accounts as rules
from app.domain.accounts import AccountNumber, Kind, State
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    NotEmpty,
    NotFound,
    ReasonRequired,
    RepresentativesMissing,
    Required,
    TransactionsPending,
)
from app.domain.roles import Duty, Right
from app.domain.text import normalise
from app.registry import logs, people
from app.store import accounts, transactions
from app.store.tables import Account, Holder, Representative, User


def record_holder(
    session: Session,
    reference: str,
    *,
    name_en: str,
    name_ja: str | None = None,
    country: str | None = None,
    head_office_en: str | None = None,
    head_office_ja: str | None = None,
    is_demo: bool = False,
    actor: int,
    now: datetime,
) -> Holder:
    """Record a government or an entity; the same reference gives the holder already recorded."""
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    known = accounts.holder(session, reference)
    if known is not None:
        return known
    if not normalise(name_en):
        raise Required(field="name_en")
    holder = Holder(
        reference=reference,
        name_en=name_en,
        name_ja=name_ja,
        country=country,
        head_office_en=head_office_en,
        head_office_ja=head_office_ja,
        is_demo=is_demo,
    )
    session.add(holder)
    session.flush()
    logs.done(session, "record holder", reference, actor=actor, now=now)
    return holder


def apply(
    session: Session, registry: str, kind: Kind, holder: Holder, *, actor: int, now: datetime
) -> Account:
    """Give an account its number; until it is opened it looks to others as if it were not there."""
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    account = Account(number="", kind=kind, state=State.APPLIED, holder_id=holder.id)
    session.add(account)
    session.flush()
    # The running number is the row's own, so it is never given twice.
    account.number = str(AccountNumber(registry, kind, account.id))
    session.flush()
    logs.done(session, "apply for account", account.number, actor=actor, now=now)
    return account


def open_account(
    session: Session, registry: str, kind: Kind, holder: Holder, *, actor: int, now: datetime
) -> Account:
    """Apply for an account and open it at once."""
    account = apply(session, registry, kind, holder, actor=actor, now=now)
    change_state(
        session, account.number, State.OPEN, reason="opened on application", actor=actor, now=now
    )
    return account


def change_state(
    session: Session, number: str, state: State, *, reason: str, actor: int, now: datetime
) -> Account:
    """Move an account to another state, for a reason that stays in the log.

    Raises:
        NotFound: no such account.
        ReasonRequired: the reason is blank.
        MoveNotAllowed: the table of moves has no such move.
        AccountKindForbids: the registry cannot do without its own accounts; they are never closed.
        NotEmpty, TransactionsPending: an account is closed only when empty and undisturbed.
    """
    connection = session.connection()
    accounts.lock(connection, number)
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    account = accounts.by_number(session, number)
    if account is None:
        raise NotFound("account")
    session.refresh(account)
    if not normalise(reason):
        raise ReasonRequired(field="reason")
    before = account.state
    rules.move(before, state)
    if state in {State.CLOSURE_PENDING, State.CLOSED}:
        _check_closable(connection, account, state)
    account.state = state
    if state is State.CLOSED:
        account.closed_at = now
        _dismiss(session, account, actor=actor, now=now)
    if before is State.APPLIED and state is State.OPEN:
        account.opened_at = now
    session.flush()
    logs.done(
        session,
        "change account state",
        number,
        actor=actor,
        now=now,
        before=before,
        after=state,
        reason=normalise(reason),
    )
    return account


def _check_closable(connection: Connection, account: Account, after: State) -> None:
    """Refuse to close one of the registry's own accounts, or one with credits or proposals."""
    if account.state is not State.APPLIED and account.kind is not Kind.ENTITY:
        raise AccountKindForbids(account.number, account.kind, field="state")
    pending = transactions.pending(connection, account.id)
    if pending:
        raise TransactionsPending(pending, field="state")
    held = accounts.balance(connection, account.id)
    if held and after is State.CLOSED:
        raise NotEmpty(held, field="state")


def _dismiss(session: Session, account: Account, *, actor: int, now: datetime) -> None:
    """Take everyone's right on a closed account; the log keeps who had which."""
    former = {}
    for present in accounts.representatives(session, account.id):
        former[session.get_one(User, present.user_id).login_id] = present.right.value
        session.delete(present)
    if former:
        number = account.number
        logs.done(session, "dismiss representatives", number, actor=actor, now=now, **former)


def appoint(
    session: Session,
    account: Account,
    rights: dict[int, Right],
    *,
    actor: int,
    now: datetime,
) -> None:
    """Set who may act on an account, by user id.

    Raises:
        AccountStateForbids: the account is closed.
        RepresentativesMissing: fewer than two persons, or together they cannot propose and approve
            (Delegated Regulation (EU) 2019/1122, Art. 20).
    """
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    if account.state is State.CLOSED:
        raise AccountStateForbids(account.number, account.state, field="account")
    proposers = {user for user, right in rights.items() if right in {Right.PROPOSE, Right.BOTH}}
    approvers = {user for user, right in rights.items() if right in {Right.APPROVE, Right.BOTH}}
    if not proposers or not approvers or len(proposers | approvers) == 1:
        raise RepresentativesMissing(field="representatives")
    for present in accounts.representatives(session, account.id):
        session.delete(present)
    session.flush()
    for user, right in rights.items():
        session.add(Representative(user_id=user, account_id=account.id, right=right))
    session.flush()
    named = {session.get_one(User, user).login_id: right.value for user, right in rights.items()}
    logs.done(session, "appoint representatives", account.number, actor=actor, now=now, **named)
