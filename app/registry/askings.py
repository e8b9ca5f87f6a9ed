"""Reading what a request about people asks for: who may ask for it, and whether it can be done."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain import requests as rules
from app.domain.accounts import State as AccountState
from app.domain.errors import (
    AccountStateForbids,
    AlreadyDone,
    NotEntitled,
    NotFound,
    RepresentativesMissing,
    Required,
)
from app.domain.people import LOGIN_ID_MAX, Acting, State
from app.domain.people_errors import (
    AdministratorCannotRepresent,
    EmailRefused,
    NothingChanged,
    RequestOpen,
    StateForbids,
    UnknownPerson,
)
from app.domain.requests import NEWCOMERS, ON_ACCOUNT, WITH_DELIVERY, Asked, Kind
from app.domain.roles import DUTIES, Duty, Right, is_workable
from app.domain.text import normalise
from app.registry import people
from app.store import accounts, requests
from app.store import people as questions
from app.store.databases import AnyRow
from app.store.tables import Account, Representative, Request, User

Facts = dict[str, Any]


def lock(session: Session, user_id: int | None, account_id: int | None) -> None:
    """Let whoever else would change a person, or the powers on an account, wait until the end.

    First the person, then in their order the account and all others on which the person has a
    right: what is checked afterwards stays true until it is done.
    """
    if user_id is not None:
        questions.lock(session, user_id)
    if user_id is not None or account_id is not None:
        questions.lock_accounts(session, user_id, account_id)


def entitled(session: Session, asked: Asked, actor: int) -> tuple[Account | None, User | None]:
    """Return the account and the person asked about, locked, for somebody who may ask for that."""
    account = None
    if asked.kind in ON_ACCOUNT:
        account = accounts.by_number(session, asked.account)
    login_id = normalise(asked.login_id)
    user = questions.by_login_id(session, login_id)
    lock(session, user.id if user else None, account.id if account else None)
    if account is not None:
        session.refresh(account)
    power = people.power(session.connection(), actor, account.id if account else None)
    if asked.kind in ON_ACCOUNT and not _knows(account, power):
        raise NotFound("account")
    if login_id and (user is None or not _may_name(session, asked, user, power, account)):
        if asked.kind is Kind.ADD_REPRESENTATIVE:
            raise UnknownPerson(login_id[:LOGIN_ID_MAX], field="login_id")
        raise NotFound("user")
    if user is None and asked.kind not in NEWCOMERS:
        raise Required(field="login_id")
    may = rules.may_ask(
        asked.kind,
        power.role,
        power.right,
        about_oneself=user is not None and user.id == actor,
        about_administrator=(user is not None and user.role is not None) or asked.role is not None,
    )
    if not may:
        raise NotEntitled(asked.kind)
    return account, user


def _knows(account: Account | None, power: AnyRow) -> bool:
    """Tell whether an account exists for somebody with this power; one applied for does not yet."""
    if account is None or power.role in DUTIES[Duty.SEE_PEOPLE]:
        return account is not None
    return power.right is not None and account.state is not AccountState.APPLIED


def _may_name(
    session: Session, asked: Asked, user: User, power: AnyRow, account: Account | None
) -> bool:
    """Tell whether the asker may know of this person; a holder's people know their colleagues."""
    if power.role in DUTIES[Duty.SEE_PEOPLE] or user.id == power.id:
        return True
    if asked.kind is Kind.ADD_REPRESENTATIVE:
        return user.state is State.ACTIVE and user.role is None
    return account is not None and any(
        one.user_id == user.id for one in accounts.representatives(session, account.id)
    )


def check_possible(
    session: Session, kind: Kind, facts: Facts, account: Account | None, user: User | None
) -> None:
    """Refuse what cannot be done, or waits already."""
    if user is not None:
        # Whoever was stopped comes back by the end of that request, not around it.
        kinds = list(rules.alternatives(kind))
        if requests.waiting_about(session, user.id, kinds, account.id if account else None):
            raise RequestOpen(field="login_id")
    check(session, kind, facts, account, user)


def is_same(
    known: Request,
    kind: Kind,
    facts: Facts,
    account: Account | None,
    user: User | None,
    comment: str,
) -> bool:
    """Tell whether a request is the one asked for once more."""
    # A person who had no login ID has one once the request is approved.
    about = user.id if user is not None else known.user_id
    return (known.kind, known.asked, known.account_id, known.user_id, known.comment or "") == (
        kind,
        facts,
        account.id if account else None,
        about,
        comment,
    )


def read(
    session: Session, asked: Asked, account: Account | None, user: User | None
) -> tuple[Facts, Facts]:
    """Return what is asked for and what is recorded now, item by item.

    Raises:
        Required, TooLong, NotAnEmail, EmailRefused, NothingChanged: at their fields.
    """
    facts: Facts = {}
    before: Facts = {}
    if asked.kind in {Kind.ADD_REPRESENTATIVE, Kind.CHANGE_RIGHT}:
        if asked.right is None:
            raise Required(field="right")
        facts["right"] = asked.right.value
    if asked.kind is Kind.CHANGE_ROLE or (asked.kind is Kind.ISSUE_LOGIN_ID and asked.role):
        facts["role"] = asked.role.value if asked.role else None
    if user is None:
        facts |= _person(session, asked)
    elif asked.kind is Kind.CHANGE_DETAILS:
        facts, before = _changed(session, asked, user)
    if asked.kind in WITH_DELIVERY:
        facts["delivery"] = asked.delivery.value
    return facts, before | _recorded(session, account, user)


def _person(session: Session, asked: Asked) -> Facts:
    """Return what is asked for of a person who has no login ID yet."""
    return {
        "name_en": people.named(asked.name_en, "name_en"),
        "name_ja": people.named(asked.name_ja or asked.name_en, "name_ja"),
        "email": free_email(session, asked.email, None),
        "language": "ja" if asked.language == "ja" else "en",
    }


def _changed(session: Session, asked: Asked, user: User) -> tuple[Facts, Facts]:
    wanted = {
        "name_en": people.named(asked.name_en, "name_en"),
        "name_ja": people.named(asked.name_ja, "name_ja"),
    }
    if (user.email or asked.email) and people.checked_email(asked.email) != user.email:
        wanted["email"] = free_email(session, asked.email, user)
    facts = {name: value for name, value in wanted.items() if value != getattr(user, name)}
    if not facts:
        raise NothingChanged
    return facts, {name: getattr(user, name) for name in facts}


def _recorded(session: Session, account: Account | None, user: User | None) -> Facts:
    """Return what is recorded of a person, and of the right on an account."""
    if user is None:
        return {}
    recorded: Facts = {
        "login_id": user.login_id,
        "state": user.state.value,
        "role": user.role.value if user.role else None,
    }
    present = session.get(Representative, (user.id, account.id)) if account else None
    if present is not None:
        recorded |= {"right": present.right.value, "acting": present.state.value}
    return recorded


def free_email(session: Session, typed: str, user: User | None) -> str:
    """Return a mail address that is nobody else's.

    Raises:
        Required, TooLong, NotAnEmail, EmailRefused: at the field "email".
    """
    address = people.checked_email(typed)
    holders = questions.by_email(session, address)
    if any(user is None or one.id != user.id for one in holders):
        raise EmailRefused(field="email")
    return address


def check(
    session: Session, kind: Kind, facts: Facts, account: Account | None, user: User | None
) -> None:
    """Refuse what cannot be done as things stand.

    Raises:
        AlreadyDone, NothingChanged, StateForbids, AccountStateForbids, RepresentativesMissing,
        AdministratorCannotRepresent: at their fields.
    """
    if account is not None and account.state is AccountState.CLOSED:
        raise AccountStateForbids(account.number, account.state, field="account")
    if user is None:
        return
    if user.state is State.DEACTIVATED:
        raise StateForbids(user.state, field="login_id")
    checked = _CHECKS.get(kind)
    if checked is not None:
        checked(session, facts, account, user)


def _added(session: Session, _facts: Facts, account: Account | None, user: User) -> None:
    assert account is not None, "a right is on an account"
    if user.role is not None:
        raise AdministratorCannotRepresent(field="login_id")
    if session.get(Representative, (user.id, account.id)) is not None:
        raise AlreadyDone(field="login_id")
    if user.state is not State.ACTIVE:
        raise StateForbids(user.state, field="login_id")


def _right_changed(session: Session, facts: Facts, account: Account | None, user: User) -> None:
    present, rights = _rights(session, account, user)
    if facts["right"] == present.right.value:
        raise NothingChanged(field="right")
    if not is_workable([*rights, Right(facts["right"])]):
        raise RepresentativesMissing(field="right")


def _removed(session: Session, _facts: Facts, account: Account | None, user: User) -> None:
    _present, rights = _rights(session, account, user)
    if not is_workable(rights):
        raise RepresentativesMissing(field="login_id")


def _restored(session: Session, _facts: Facts, account: Account | None, user: User) -> None:
    present, _rights_of_others = _rights(session, account, user)
    if present.state is Acting.ACTIVE:
        raise AlreadyDone(field="login_id")


def _rights(
    session: Session, account: Account | None, user: User
) -> tuple[Representative, list[Right]]:
    """Return a person's right on an account, and those of the others who may use theirs."""
    assert account is not None, "a right is on an account"
    present = session.get(Representative, (user.id, account.id))
    if present is None:
        raise AlreadyDone(field="login_id")
    others = questions.acting(session, [account.id])
    return present, [
        one.right
        for one in others
        if one.id != user.id and one.acting is Acting.ACTIVE and one.state is State.ACTIVE
    ]


def _role_changed(session: Session, facts: Facts, _account: Account | None, user: User) -> None:
    if facts["role"] == (user.role and user.role.value):
        raise AlreadyDone(field="role")
    if questions.is_representative(session, user.id):
        raise AdministratorCannotRepresent(field="role")


def _suspended(_session: Session, _facts: Facts, _account: Account | None, user: User) -> None:
    if user.state is not State.SUSPENDED:
        raise StateForbids(user.state, field="login_id")


def _goes_on(_session: Session, _facts: Facts, _account: Account | None, user: User) -> None:
    if user.state is State.SUSPENDED:
        raise AlreadyDone(field="login_id")


def _acts(session: Session, _facts: Facts, account: Account | None, user: User) -> None:
    present, _rights_of_others = _rights(session, account, user)
    if present.state is Acting.SUSPENDED:
        raise AlreadyDone(field="login_id")


def _active(_session: Session, _facts: Facts, _account: Account | None, user: User) -> None:
    if user.state is not State.ACTIVE:
        raise StateForbids(user.state, field="login_id")


def _dispensable(session: Session, _facts: Facts, _account: Account | None, user: User) -> None:
    """Refuse to do without a person who keeps an account workable."""
    acting = questions.colleagues(session, user.id)
    for account in {row.account_id for row in acting}:
        others = [
            row.right
            for row in acting
            if row.account_id == account and row.id != user.id and row.state is State.ACTIVE
        ]
        if not is_workable(others):
            raise RepresentativesMissing(field="login_id")


_CHECKS: Final[dict[Kind, Callable[[Session, Facts, Account | None, User], None]]] = {
    Kind.ADD_REPRESENTATIVE: _added,
    Kind.CHANGE_RIGHT: _right_changed,
    Kind.REMOVE_REPRESENTATIVE: _removed,
    Kind.SUSPEND_REPRESENTATIVE: _acts,
    Kind.RESTORE_REPRESENTATIVE: _restored,
    Kind.CHANGE_ROLE: _role_changed,
    Kind.SUSPEND_PERSON: _goes_on,
    Kind.RESTORE_PERSON: _suspended,
    Kind.DEACTIVATE_PERSON: _dispensable,
    Kind.INITIALISE_PASSWORD: _active,
    Kind.REISSUE_LOGIN_ID: _active,
}
