"""What Form 1 does: a holder is recorded, the account opened, its people named and written to.

A holder that has an account already is no reason to refuse, as a corporation may hold a second
one: the examiner is warned, and the checklist asks. Each application records a holder of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.accounts import Kind
from app.domain.applications import number
from app.domain.form_errors import SamePerson
from app.domain.forms import rules as form_rules
from app.domain.forms.form1 import PERSONS
from app.domain.forms.record import RECORD, published
from app.domain.forms.spec import Applicant
from app.domain.notifications import Kind as Told
from app.domain.people import LOGIN_ID_MAX, State
from app.domain.people_errors import AdministratorCannotRepresent, EmailRefused, UnknownPerson
from app.domain.roles import Right
from app.registry import accounts, effects, logs, notifications, people
from app.registry.effects import Setting
from app.registry.links import Letter
from app.store import accounts as account_questions
from app.store import people as people_questions
from app.store.tables import Application, Holder, HolderRecord, User
from app.store.tables.credentials import Purpose

_SECTIONS: Final = frozenset(section.key for section in RECORD)


@dataclass(frozen=True, slots=True)
class _Named:
    """A person that an application names for the account.

    Args:
        item: the checklist item where the person stands.
        given: the answers of that section.
        user: who signs in already and goes on with the same login ID.
    """

    item: str
    given: dict[str, str]
    user: User | None = None

    @property
    def right(self) -> Right:
        return Right(self.given["right"])


def check(session: Session, application: Application) -> None:
    """Refuse people who could not be written to or named, as it is handed in.

    Whether they differ and can act together is told from the form (`forms.rules`). Which login IDs
    and addresses there are is looked up for administrators alone, with what came on paper and on
    approval: outsiders would learn it from the refusal.

    Raises:
        NotAnEmail: at the person's item.
        UnknownPerson, AdministratorCannotRepresent, EmailRefused, SamePerson: to administrators.
    """
    named = _named(application)
    if application.is_paper:
        _known(session, named)


def carry_out(
    session: Session, application: Application, *, actor: int, setting: Setting, now: datetime
) -> list[Letter]:
    """Open the account that an application asks for; new people get a link to their first sign-in.

    Raises:
        as `check`.
    """
    named = _known(session, _named(application))
    holder = _record(session, application, setting.registry, actor=actor, now=now)
    opened = accounts.open_account(
        session,
        setting.registry,
        Kind.ENTITY,
        holder,
        because=application,
        actor=actor,
        now=now,
    )
    application.account_id = opened.id
    rights, newcomers = {}, []
    for one in named:
        user = one.user
        if user is None:
            user = _created(session, one, setting.registry, actor=actor, now=now)
            newcomers.append(user)
        rights[user.id] = one.right
    accounts.appoint(session, opened, rights, actor=actor, now=now)
    if application.started_by is not None and application.started_by not in rights:
        # The people of the account are told already.
        facts = {"account": opened.number}
        users = [application.started_by]
        kind = Told.ACCOUNT_OPENED
        notifications.tell_all(session, kind, opened.number, facts, users=users, now=now)
    return _invited(session, newcomers, setting, now)


def _named(application: Application) -> list[_Named]:
    """Return the people named, each with an address that mail can go to."""
    found = [
        _Named(f"section:{PERSONS[place - 1].key}", dict(given))
        for place, given in form_rules.persons(application.answers).items()
    ]
    for one in found:
        people.checked_email(one.given.get("email", ""), one.item)
    return found


def _known(session: Session, named: list[_Named]) -> list[_Named]:
    """Return the people named with those who sign in already, who stay so until the end."""
    found = []
    typed = {one.given["email"].casefold(): one.item for one in named}
    for one in named:
        user = _user(session, one)
        own = (user.email or "").casefold() if user else ""
        if own and typed.get(own, one.item) != one.item:
            raise SamePerson(field=typed[own])
        found.append(_Named(one.item, one.given, user))
    for known in sorted(one.user.id for one in found if one.user):
        people_questions.lock(session, known)
    for one in found:
        _check_user(one)
    return found


def _user(session: Session, one: _Named) -> User | None:
    login_id = one.given.get("login_id", "")
    if not login_id:
        if people_questions.by_email(session, people.checked_email(one.given["email"])):
            raise EmailRefused(field=one.item)
        return None
    user = people_questions.by_login_id(session, login_id)
    if user is None:
        raise UnknownPerson(login_id[:LOGIN_ID_MAX], field=one.item)
    return user


def _check_user(one: _Named) -> None:
    if one.user is None:
        return
    if one.user.role is not None:
        raise AdministratorCannotRepresent(field=one.item)
    if one.user.state is not State.ACTIVE:
        raise UnknownPerson(one.user.login_id, field=one.item)


def _record(
    session: Session, application: Application, registry: str, *, actor: int, now: datetime
) -> Holder:
    """Record a holder nobody has recorded before, with all that the form says of it."""
    answers = {key: given for key, given in application.answers.items() if key in _SECTIONS}
    reference = number(application.id).lower()
    while account_questions.holder(session, reference) is not None:
        reference += "-2"
    shown = published(application.applicant, answers)
    country = registry
    if application.applicant is Applicant.FOREIGN:
        country = answers["holder"]["country"]
    holder = accounts.record_holder(
        session,
        reference,
        name_en=shown["name_en"] or "",
        name_ja=shown["name_ja"],
        country=country,
        head_office_en=shown["head_office_en"],
        head_office_ja=shown["head_office_ja"],
        actor=actor,
        now=now,
    )
    session.add(
        HolderRecord(
            holder_id=holder.id,
            application_id=application.id,
            applicant=application.applicant,
            answers=answers,
            recorded_by=actor,
            recorded_at=now,
        )
    )
    session.flush()
    about = number(application.id)
    logs.done(
        session, "record account information", reference, actor=actor, now=now, application=about
    )
    return holder


def _created(session: Session, one: _Named, registry: str, *, actor: int, now: datetime) -> User:
    given = one.given
    return people.create(
        session,
        people.new_login_id(session, registry),
        name_en=given["name_en"],
        name_ja=given.get("name_ja") or given["name_en"],
        email=given["email"],
        language=given["language"],
        actor=actor,
        now=now,
    )


def _invited(
    session: Session, newcomers: list[User], setting: Setting, now: datetime
) -> list[Letter]:
    """Tell each newcomer of the login ID and send the way to the first sign-in."""
    letters = []
    for user in newcomers:
        facts = {"person": (user.name_en, user.name_ja)}
        notifications.tell_all(
            session, Told.LOGIN_ID_ISSUED, user.login_id, facts, users=[user.id], now=now
        )
        letter = effects.deliver(
            session, user, Purpose.ACTIVATION, by_letter=False, setting=setting, now=now
        )
        letters += [letter] if letter else []
    return letters
