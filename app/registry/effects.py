"""Carrying out what requests about people ask for, at once or when they are approved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.notifications import Kind as Told
from app.domain.people import Acting, State
from app.domain.people_errors import EmailUnconfirmed, LinkDead
from app.domain.requests import KIND_NAMES, Delivery, Kind, Status, number
from app.domain.roles import Right, Role
from app.registry import askings, links, logs, notifications, people, second_factors, sessions
from app.registry.links import Letter
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store import people as people_questions
from app.store import requests as questions
from app.store.tables import Account, Representative, Request, User
from app.store.tables.credentials import Purpose


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a request is made or decided: the registry, its vault, and the click's origin."""

    registry: str
    vault: Vault
    origin: Origin


_PURPOSES = {
    Kind.ISSUE_LOGIN_ID: Purpose.ACTIVATION,
    Kind.ADD_REPRESENTATIVE: Purpose.ACTIVATION,
    Kind.REISSUE_LOGIN_ID: Purpose.PASSWORD,
    Kind.INITIALISE_PASSWORD: Purpose.PASSWORD,
    Kind.REPLACE_SECOND_FACTOR: Purpose.SECOND_FACTOR,
}
_TOLD = {
    Kind.ISSUE_LOGIN_ID: Told.LOGIN_ID_ISSUED,
    Kind.ADD_REPRESENTATIVE: Told.LOGIN_ID_ISSUED,
    Kind.REISSUE_LOGIN_ID: Told.LOGIN_ID_REISSUED,
    Kind.INITIALISE_PASSWORD: Told.PASSWORD_INITIALISED,
}


def stop(session: Session, request: Request, user: User, *, actor: int, now: datetime) -> None:
    """Do at once the part of a request that stops a person."""
    if request.kind is Kind.SUSPEND_REPRESENTATIVE:
        present = session.get_one(Representative, (user.id, request.account_id))
        _act(session, request, present, Acting.SUSPENDED, now)
    elif user.state is not _stopped(request):
        _move(session, request, user, _stopped(request), actor=actor, now=now)


def go_on(session: Session, request: Request, *, actor: int, now: datetime) -> None:
    """Undo what `stop` did, as the request ends without approval."""
    assert request.user_id is not None, "only a person is stopped"
    askings.lock(session, request.user_id, request.account_id)
    if request.kind is Kind.SUSPEND_REPRESENTATIVE:
        present = session.get(Representative, (request.user_id, request.account_id))
        if present is not None and present.state is Acting.SUSPENDED:
            _act(session, request, present, Acting.ACTIVE, now)
        return
    _back(session, request, session.get_one(User, request.user_id), actor=actor, now=now)


def _stopped(request: Request) -> State:
    """Return the state in which a request keeps the person while it waits."""
    is_end = request.kind is Kind.DEACTIVATE_PERSON
    return State.DEACTIVATION_PENDING if is_end else State.SUSPENDED


def _back(session: Session, request: Request, user: User, *, actor: int, now: datetime) -> None:
    """Return a person to the state that a request found; whoever was stopped before stays so."""
    before = State(request.before["state"])
    if user.state is _stopped(request) and user.state is not before:
        _move(session, request, user, before, actor=actor, now=now)


def _move(
    session: Session, request: Request, user: User, state: State, *, actor: int, now: datetime
) -> None:
    people.change_state(
        session,
        user,
        state,
        reason=request.reason or request.comment or "",
        request=number(request.id),
        actor=actor,
        now=now,
    )


def carry_out(
    session: Session, request: Request, *, actor: int, setting: Setting, now: datetime
) -> Letter | None:
    """Do what a request asks for, checked again; return the letter it makes, if it makes one.

    Raises:
        Refusal: it is not possible any more; nothing was done.
    """
    account, user = _checked(session, request)
    match request.kind:
        case Kind.ADD_REPRESENTATIVE | Kind.ISSUE_LOGIN_ID:
            return _added(session, request, account, user, actor=actor, setting=setting, now=now)
        case Kind.SUSPEND_PERSON | Kind.SUSPEND_REPRESENTATIVE:
            # Done when it was asked for; a second person has now confirmed it.
            return None
        case Kind.CHANGE_RIGHT | Kind.REMOVE_REPRESENTATIVE | Kind.RESTORE_REPRESENTATIVE:
            _right(session, request, now)
            return None
        case Kind.CHANGE_ROLE | Kind.CHANGE_DETAILS:
            assert user is not None, "about a person"
            _details(session, request, user, now)
            return None
        case Kind.RESTORE_PERSON | Kind.DEACTIVATE_PERSON:
            assert user is not None, "about a person"
            _state(session, request, user, actor=actor, now=now)
            return None
        case Kind.REISSUE_LOGIN_ID | Kind.INITIALISE_PASSWORD | Kind.REPLACE_SECOND_FACTOR:
            assert user is not None, "about a person"
            return _credentials(session, request, user, actor=actor, setting=setting, now=now)


def _checked(session: Session, request: Request) -> tuple[Account | None, User | None]:
    """Return what a request is about, locked, if what it asks for is still possible."""
    askings.lock(session, request.user_id, request.account_id)
    user = session.get(User, request.user_id) if request.user_id else None
    account = None
    if request.account_id is not None:
        account = session.get_one(Account, request.account_id, populate_existing=True)
    if request.kind not in {
        Kind.SUSPEND_PERSON,
        Kind.SUSPEND_REPRESENTATIVE,
        Kind.REPLACE_SECOND_FACTOR,
    }:
        askings.check(session, request.kind, request.asked, account, user)
    return account, user


def _added(
    session: Session,
    request: Request,
    account: Account | None,
    user: User | None,
    *,
    actor: int,
    setting: Setting,
    now: datetime,
) -> Letter | None:
    facts, letter = request.asked, None
    is_new = user is None
    if user is None:
        user = people.create(
            session,
            people.new_login_id(session, setting.registry),
            name_en=facts["name_en"],
            name_ja=facts["name_ja"],
            email=askings.free_email(session, facts["email"], None),
            language=facts["language"],
            role=Role(facts["role"]) if facts.get("role") else None,
            actor=actor,
            now=now,
        )
        request.user_id = user.id
    if account is not None:
        session.add(
            Representative(user_id=user.id, account_id=account.id, right=Right(facts["right"]))
        )
        session.flush()
        _told_right(session, request, user, now)
    if is_new:
        letter = _deliver(session, request, user, setting, now)
    return letter


def _right(session: Session, request: Request, now: datetime) -> None:
    present = session.get_one(Representative, (request.user_id, request.account_id))
    match request.kind:
        case Kind.CHANGE_RIGHT:
            present.right = Right(request.asked["right"])
            session.flush()
            _told_right(session, request, session.get_one(User, present.user_id), now)
        case Kind.REMOVE_REPRESENTATIVE:
            user = session.get_one(User, present.user_id)
            session.delete(present)
            session.flush()
            _told_right(session, request, user, now)
        case _:
            _act(session, request, present, Acting.ACTIVE, now)


def _act(
    session: Session, request: Request, present: Representative, state: Acting, now: datetime
) -> None:
    present.state = state
    session.flush()
    _told_right(session, request, session.get_one(User, present.user_id), now)


def _details(session: Session, request: Request, user: User, now: datetime) -> None:
    facts = request.asked
    if request.kind is Kind.CHANGE_ROLE:
        user.role = Role(facts["role"]) if facts["role"] else None
        session.flush()
        sessions.power_changed(session, [user.id])
        return
    if "email" in facts:
        if not request.before.get("confirmed"):
            raise EmailUnconfirmed(field="email")
        askings.free_email(session, facts["email"], user)
        former = user.email
        user.email = facts["email"]
        session.flush()
        person = {"person": (user.name_en, user.name_ja)}
        told = notifications.tell(
            session.connection(), Told.EMAIL_CHANGED, user.login_id, person, user=user.id, now=now
        )
        if former and not user.is_demo:
            path = f"{notifications.PATH}{told}"
            notifications.write_to(
                session, former, user.language, Told.EMAIL_CHANGED, path, now=now
            )
    user.name_en = facts.get("name_en", user.name_en)
    user.name_ja = facts.get("name_ja", user.name_ja)
    session.flush()


def confirm_email(session: Session, request_id: int) -> None:
    """Note that the new address of a request was confirmed by the link sent to it.

    Raises:
        LinkDead: the request has ended.
    """
    request = questions.locked(session, request_id)
    if request is None or request.status is not Status.WAITING:
        raise LinkDead
    request.before = {**request.before, "confirmed": True}
    session.flush()


def _state(session: Session, request: Request, user: User, *, actor: int, now: datetime) -> None:
    if request.kind is Kind.RESTORE_PERSON:
        _move(session, request, user, State.ACTIVE, actor=actor, now=now)
        return
    for present in people_questions.rights(session, user.id):
        account = session.get_one(Account, present.account_id).number
        former = {user.login_id: present.right.value}
        logs.done(session, "dismiss representatives", account, actor=actor, now=now, **former)
        session.delete(present)
    session.flush()
    _move(session, request, user, State.DEACTIVATED, actor=actor, now=now)


def _credentials(
    session: Session,
    request: Request,
    user: User,
    *,
    actor: int,
    setting: Setting,
    now: datetime,
) -> Letter | None:
    """Void what the person signs in with, and send the way to something new."""
    if request.kind is Kind.REISSUE_LOGIN_ID:
        people.reissue_login_id(session, user, setting.registry, actor=actor, now=now)
    if request.kind is Kind.REPLACE_SECOND_FACTOR:
        second_factors.remove_all(session, user, origin=setting.origin, now=now)
        _back(session, request, user, actor=actor, now=now)
    people.void_password(session, user, reason=str(request.kind), actor=actor, now=now)
    return _deliver(session, request, user, setting, now)


def _deliver(
    session: Session, request: Request, user: User, setting: Setting, now: datetime
) -> Letter | None:
    """Tell everyone concerned, then send the link or make the letter."""
    told = _TOLD.get(request.kind)
    if told is not None:
        facts = {"person": (user.name_en, user.name_ja)}
        told_to = [
            user.id,
            request.asked_by,
            *concerned(session, user.id),
        ]
        notifications.tell_all(session, told, user.login_id, facts, users=told_to, now=now)
    by_letter = request.asked["delivery"] == Delivery.LETTER
    purpose = _PURPOSES[request.kind]
    return deliver(session, user, purpose, by_letter=by_letter, setting=setting, now=now)


def deliver(
    session: Session,
    user: User,
    purpose: Purpose,
    *,
    by_letter: bool,
    setting: Setting,
    now: datetime,
) -> Letter | None:
    """Send a person the link of a purpose, or make the letter that stands for it."""
    # The people of the demonstration live at no address.
    if by_letter or user.is_demo or not user.email:
        return links.print_letter(session, user, purpose, origin=setting.origin, now=now)
    links.send(
        session,
        user,
        purpose,
        address=user.email,
        vault=setting.vault,
        origin=setting.origin,
        now=now,
    )
    return None


def acting(session: Session, account_id: int) -> list[int]:
    """Return who may act on an account."""
    rows = people_questions.acting(session, [account_id])
    return [row.id for row in rows if row.acting is Acting.ACTIVE]


def concerned(session: Session, user_id: int) -> list[int]:
    """Return who may act where a person may."""
    return [row.id for row in people_questions.colleagues(session, user_id)]


def _told_right(session: Session, request: Request, user: User, now: datetime) -> None:
    assert request.account_id is not None, "a right is on an account"
    account = session.get_one(Account, request.account_id).number
    names = KIND_NAMES[request.kind]
    facts = {
        "account": account,
        "person": (user.name_en, user.name_ja),
        "request": (names.en, names.ja),
    }
    users = [user.id, *acting(session, request.account_id)]
    notifications.tell_all(session, Told.RIGHT_CHANGED, account, facts, users=users, now=now)
    sessions.power_changed(session, [user.id])
