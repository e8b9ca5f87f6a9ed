"""Verbs on accounts: apply, open, change the state, and name who acts for them.

Administrators bar, suspend and reopen an account of their own accord. One is opened by an approved
application or by the load of the starting data, and closed on an application alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import accounts as rules
from app.domain import applications, reconciliation
from app.domain.accounts import AccountNumber, Kind, State
from app.domain.applications import EDITABLE, WAITING, Status
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    AlreadyDone,
    MoveNotAllowed,
    NotEmpty,
    NotEntitled,
    NotFound,
    ReasonRequired,
    RepresentativesMissing,
    Required,
    TooLong,
    TransactionsPending,
)
from app.domain.exchange_errors import UnderReconciliation
from app.domain.form_errors import ChangedMeanwhile
from app.domain.notifications import Kind as Told
from app.domain.people_errors import AdministratorCannotRepresent
from app.domain.roles import Duty, Right, is_workable
from app.domain.text import normalise
from app.registry import logs, notifications, people, sessions
from app.store import accounts, crossings, reconciliations, transactions
from app.store.tables import Account, Application, Holder, Representative, User

REASON_MAX: Final = 1_024


@dataclass(frozen=True, slots=True)
class Loading:
    """The load of the starting data: accounts opened before this registry kept applications."""


#: Why an account is opened.
Cause = Application | Loading

#: The moves that an application for closure makes, and where it then stands: it is handed in, ends
#: without approval, or is being approved.
_ON_CLOSURE: Final[dict[tuple[State, State], frozenset[Status]]] = {
    (State.OPEN, State.CLOSURE_PENDING): EDITABLE,
    (State.CLOSURE_PENDING, State.OPEN): WAITING,
    (State.CLOSURE_PENDING, State.CLOSED): frozenset({Status.EXAMINED}),
}


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
    session: Session,
    registry: str,
    kind: Kind,
    holder: Holder,
    *,
    because: Cause,
    actor: int,
    now: datetime,
) -> Account:
    """Give an account its number; until it is opened it looks to others as if it were not there.

    Args:
        because: the application that is being approved, or the load of the starting data.
    """
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    if not _opens(because, kind):
        raise NotEntitled("open account")
    account = Account(number="", kind=kind, state=State.APPLIED, holder_id=holder.id)
    session.add(account)
    session.flush()
    # The running number is the row's own, so it is never given twice.
    account.number = str(AccountNumber(registry, kind, account.id))
    session.flush()
    logs.done(session, "apply for account", account.number, actor=actor, now=now)
    return account


def open_account(
    session: Session,
    registry: str,
    kind: Kind,
    holder: Holder,
    *,
    because: Cause,
    actor: int,
    now: datetime,
) -> Account:
    """Apply for an account and open it at once."""
    account = apply(session, registry, kind, holder, because=because, actor=actor, now=now)
    account.opened_at = now
    reason = "opened on application"
    if isinstance(because, Application):
        reason = f"{reason} {applications.number(because.id)}"
    _move(session, account, State.OPEN, reason=reason, actor=actor, now=now)
    return account


def change_state(
    session: Session,
    number: str,
    state: State,
    *,
    reason: str,
    because: Application | None = None,
    actor: int | None,
    now: datetime,
) -> Account:
    """Move an account to another state, for a reason that stays in the log.

    Args:
        because: the application that closes the account, begins to, or ends without closing it;
            without one an account is barred, suspended and opened again, and no more.

    Raises:
        NotFound: no such account.
        NotEntitled: administrators alone do it without an application, or close an account.
        ReasonRequired: the reason is blank.
        MoveNotAllowed: the table of moves has no such move, or this is not its cause.
        AccountKindForbids: the registry cannot do without its own accounts; they are never closed.
        NotEmpty, TransactionsPending: an account is closed only when empty and undisturbed.
        UnderReconciliation: a reconciliation barred it that is not resolved.
    """
    connection = session.connection()
    accounts.lock(connection, number)
    if because is None or state is State.CLOSED:
        if actor is None:
            raise NotEntitled(Duty.MANAGE_ACCOUNTS)
        people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    account = accounts.by_number(session, number)
    if account is None:
        raise NotFound("account")
    session.refresh(account)
    if not normalise(reason):
        raise ReasonRequired(field="reason")
    before = account.state
    rules.move(before, state)
    if not _may_move(account, state, because):
        raise MoveNotAllowed(before, state)
    _check_reconciled(connection, account, state)
    if state in {State.CLOSURE_PENDING, State.CLOSED}:
        _check_closable(connection, account, state)
    if state is State.CLOSED:
        account.closed_at = now
    _move(session, account, state, reason=normalise(reason), actor=actor, now=now)
    return account


def _opens(because: Cause, kind: Kind) -> bool:
    """Tell whether this may open an account: the load, or an application about to be approved."""
    if isinstance(because, Loading):
        return True
    is_new = because.form == applications.OPENING and because.account_id is None
    return is_new and because.status is Status.EXAMINED and kind is Kind.ENTITY


def _may_move(account: Account, after: State, because: Application | None) -> bool:
    """Tell whether an account may be moved by hand, or by the application that is given."""
    if because is None:
        return after in rules.moves_by_hand(account.state)
    is_closure = because.form == applications.CLOSURE and because.account_id == account.id
    return is_closure and because.status in _ON_CLOSURE.get((account.state, after), ())


def _move(
    session: Session,
    account: Account,
    after: State,
    *,
    reason: str,
    actor: int | None,
    now: datetime,
) -> None:
    """Write the state, what it says in the log, and whom it concerns."""
    before, account.state = account.state, after
    # Read before a closed account loses its people.
    told = [one.user_id for one in accounts.representatives(session, account.id)]
    if after is State.CLOSED:
        _dismiss(session, account, actor=actor, now=now)
    session.flush()
    logs.done(
        session,
        "change account state",
        account.number,
        actor=actor,
        now=now,
        before=before,
        after=after,
        reason=reason,
    )
    _tell(session, account, before, told, now=now)


def bar_for(session: Session, number: str, run: str, *, now: datetime) -> State:
    """Bar an account for a reconciliation that found its books to differ; return its state before.

    The caller locked it. What is closed, or suspended, stays so.
    """
    account = accounts.by_number(session, number)
    assert account is not None, "it was locked"
    session.refresh(account)
    before = account.state
    if before in {State.OPEN, State.PARTLY_BARRED}:
        reason = reconciliation.REASON.format(run)
        _move(session, account, State.BARRED, reason=reason, actor=None, now=now)
    return before


def free_from(
    session: Session, number: str, state: State, *, reason: str, actor: int, now: datetime
) -> None:
    """Give an account the state back that it had before a reconciliation barred it."""
    accounts.lock(session.connection(), number)
    account = accounts.by_number(session, number)
    assert account is not None, "it was barred"
    session.refresh(account)
    if account.state is State.BARRED and state in {State.OPEN, State.PARTLY_BARRED}:
        _move(session, account, state, reason=reason, actor=actor, now=now)


def restrict(
    session: Session,
    number: str,
    state: State,
    *,
    seen: State,
    reason: str,
    actor: int,
    now: datetime,
) -> Account:
    """Bar, suspend or open again an account that somebody saw in the state `seen`.

    Raises:
        NotFound, NotEntitled, ReasonRequired, TooLong
        AlreadyDone: it is in that state by now.
        ChangedMeanwhile: it is in another state than the one seen.
        MoveNotAllowed: there is no such move, or it needs an application.
    """
    accounts.lock(session.connection(), number)
    people.require(session, actor, Duty.MANAGE_ACCOUNTS)
    account = accounts.by_number(session, number)
    if account is None:
        raise NotFound("account")
    session.refresh(account)
    if account.state is state:
        raise AlreadyDone
    if state not in rules.moves_by_hand(account.state):
        raise MoveNotAllowed(account.state, state, field="to")
    if account.state is not seen:
        raise ChangedMeanwhile
    if len(normalise(reason)) > REASON_MAX:
        raise TooLong(REASON_MAX, field="reason")
    return change_state(session, number, state, reason=reason, actor=actor, now=now)


def _tell(
    session: Session, account: Account, before: State, users: list[int], *, now: datetime
) -> None:
    opened = before is State.APPLIED and account.state is State.OPEN
    names = rules.STATE_NAMES[before], rules.STATE_NAMES[account.state]
    facts = {
        "account": account.number,
        "before": (names[0].en, names[0].ja),
        "after": (names[1].en, names[1].ja),
    }
    kind = Told.ACCOUNT_OPENED if opened else Told.ACCOUNT_STATE_CHANGED
    notifications.tell_all(session, kind, account.number, facts, users=users, now=now)


def _check_reconciled(connection: Connection, account: Account, after: State) -> None:
    """Refuse to free what a reconciliation barred that two administrators have not resolved."""
    run = reconciliations.holding_account(connection, account.id)
    if run is not None and after not in {State.BARRED, State.SUSPENDED}:
        raise UnderReconciliation(run)


def _check_closable(connection: Connection, account: Account, after: State) -> None:
    """Refuse to close one of the registry's own accounts, or one with credits or proposals."""
    if account.state is not State.APPLIED and account.kind is not Kind.ENTITY:
        raise AccountKindForbids(account.number, account.kind, field="state")
    pending = transactions.pending(connection, account.id)
    pending += crossings.entering(connection, account.id)
    if pending:
        raise TransactionsPending(pending, field="state")
    held = accounts.balance(connection, account.id)
    if held and after is State.CLOSED:
        raise NotEmpty(held, field="state")


def _dismiss(session: Session, account: Account, *, actor: int | None, now: datetime) -> None:
    """Take everyone's right on a closed account; the log keeps who had which."""
    former = {}
    for present in accounts.representatives(session, account.id):
        former[session.get_one(User, present.user_id).login_id] = present.right.value
        session.delete(present)
        sessions.power_changed(session, [present.user_id])
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
    accounts.lock(session.connection(), account.number)
    session.refresh(account)
    if account.state is State.CLOSED:
        raise AccountStateForbids(account.number, account.state, field="account")
    if not is_workable(rights.values()):
        raise RepresentativesMissing(field="representatives")
    if any(session.get_one(User, user).role is not None for user in rights):
        raise AdministratorCannotRepresent(field="representatives")
    former = accounts.representatives(session, account.id)
    for present in former:
        session.delete(present)
    session.flush()
    for user, right in rights.items():
        session.add(Representative(user_id=user, account_id=account.id, right=right))
    session.flush()
    named = {session.get_one(User, user).login_id: right.value for user, right in rights.items()}
    logs.done(session, "appoint representatives", account.number, actor=actor, now=now, **named)
    sessions.power_changed(session, [*rights, *(one.user_id for one in former)])
    if not former:
        facts = {"account": account.number}
        notifications.tell_all(
            session, Told.ACCOUNT_OPENED, account.number, facts, users=list(rights), now=now
        )
