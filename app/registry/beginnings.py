"""Who may begin an application about which account, and what it begins with."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain.accounts import MOVES, Kind, State
from app.domain.errors import AccountStateForbids, NotEntitled, NotFound, Required, TooLong
from app.domain.forms import answers as answers_
from app.domain.forms.spec import Applicant, Form
from app.domain.forms.spec import Kind as Typed
from app.domain.roles import Right, Role
from app.registry import filling, people
from app.registry.filling import Filler
from app.store import accounts
from app.store import applications as questions
from app.store.tables import Account, Application, User

KEY_MAX: Final = 100

#: Not yet an account, and none any more.
_AT_REST: Final = frozenset({State.APPLIED, State.CLOSED})


def check_key(key: str) -> None:
    """Refuse a key that is missing or too long, at the field "key"."""
    if not key:
        raise Required(field="key")
    if len(key) > KEY_MAX:
        raise TooLong(KEY_MAX, field="key")


def filled(session: Session, form: int, actor: int, *, is_paper: bool) -> dict[str, dict[str, str]]:
    """Return what an application begins with besides what is recorded: the own login ID."""
    if form != rules.CREDENTIALS or is_paper:
        return {}
    return {"credentials": {"login_id": session.get_one(User, actor).login_id}}


def account(
    session: Session, form: int, number: str, *, is_paper: bool, actor: int
) -> Account | None:
    """Return the account that an application is about, if this person may ask for it.

    Raises:
        Required: at the field "account"; this form is about one.
        NotFound, NotEntitled: not for this account, or not by this person.
        AccountStateForbids: at the field "account".
    """
    connection = session.connection()
    if form == rules.OPENING or not number:
        if form not in {rules.OPENING, rules.CREDENTIALS}:
            raise Required(field="account")
        _check_may(form, people.power(connection, actor, None).role, None, is_paper=is_paper)
        return None
    found = accounts.by_number(session, number)
    power = people.power(connection, actor, found.id if found else None)
    if found is None or (power.role is None and power.right is None):
        raise NotFound("account")
    _check_may(form, power.role, power.right, is_paper=is_paper)
    if found.kind is not Kind.ENTITY:
        raise NotEntitled("start application")
    check_state(form, found.number, found.state)
    return found


def check_state(form: int, number: str, state: State) -> None:
    """Refuse what cannot be asked for an account as it stands.

    A certificate is to be had of a closed account too; only an account that may be closed is, and
    nothing changes on one that is closed or was never opened.

    Raises:
        AccountStateForbids: at the field "account".
    """
    if form == rules.CERTIFICATE:
        allowed = state is not State.APPLIED
    elif form == rules.CLOSURE:
        allowed = State.CLOSURE_PENDING in {state, *MOVES[state]}
    else:
        allowed = state not in _AT_REST
    if not allowed:
        raise AccountStateForbids(number, state, field="account")


def former(
    session: Session, form: int, former_id: int | None, *, actor: int, now: datetime
) -> Application | None:
    """Return the application of one's own that another is copied from; NotFound if it is not."""
    if former_id is None:
        return None
    found = questions.by_id(session, former_id)
    if (
        found is None
        or found.form != form
        or found.started_by != actor
        or not filling.may_see(session, found, Filler(actor), now=now)
    ):
        raise NotFound("application")
    return found


def copied(
    form: Form, applicant: Applicant, answers: answers_.Answers
) -> dict[str, dict[str, str]]:
    """Return what a copy takes over; what was agreed to once must be agreed to anew."""
    agreed = {
        (section.key, field.key)
        for section in form.sections_for(applicant)
        for field in section.fields_for(applicant)
        if field.kind is Typed.TICK and field.is_required
    }
    return {
        key: {name: given for name, given in section.items() if (key, name) not in agreed}
        for key, section in answers_.fitted(form, applicant, answers).items()
    }


def _check_may(form: int, role: Role | None, right: Right | None, *, is_paper: bool) -> None:
    if not rules.may_fill_in(form, role, right) or (role is not None) != is_paper:
        raise NotEntitled("start application")
