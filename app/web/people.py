"""People: those of my accounts, or all for administrators, and what can be asked about them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.accounts import parse_number
from app.domain.errors import NotFound, Refusal, UnknownAccount
from app.domain.people import ACTING_NAMES, STATE_NAMES, Acting, State
from app.domain.people_errors import TooFewLetters
from app.domain.requests import KIND_NAMES, Kind, may_ask, number
from app.domain.requests import STATUS_NAMES as REQUEST_STATUS_NAMES
from app.domain.roles import DUTIES, PROPOSING, RIGHT_NAMES, ROLE_NAMES, Duty, Right, Role
from app.store import accounts, directory, sessions
from app.store import people as questions
from app.store import requests as request_questions
from app.store.databases import AnyRow
from app.store.directory import Filter
from app.store.tables import Account, User
from app.web import lists, pages, words
from app.web.access import requires
from app.web.accounts import label, sees_everything
from app.web.lists import Shown
from app.web.messages import sentence
from app.web.pages import page
from app.web.readers import reader
from app.web.request_fields import WORDS
from app.web.sessions import now, reading

blueprint = Blueprint("people", __name__, url_prefix="/portal/people")

#: Fewer would find nearly everyone.
_LETTERS_MIN: Final = 2
_REQUESTS_MAX: Final = 20
_HOLDERS: Final = "holders"
_ID_DIGITS_MAX: Final = 18


@blueprint.record
def _tell_macros(state: BlueprintSetupState) -> None:
    """Give the macros that print people and requests the official wording they print."""
    state.app.jinja_env.globals.update(
        request_names=KIND_NAMES,
        request_status_names=REQUEST_STATUS_NAMES,
        person_state_names=STATE_NAMES,
        acting_names=ACTING_NAMES,
        right_names=RIGHT_NAMES,
        role_names=ROLE_NAMES,
        request_number=number,
    )


# Who may know whom


@dataclass(frozen=True)
class Known:
    """A person that the reader may know of, and what both have to do with each other."""

    person: User
    #: The reader's rights by account; administrators have none.
    mine: Mapping[int, Right]
    #: The person's rights on the accounts that the reader may know of.
    rights: tuple[AnyRow, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether the reader sees all of the person: administrators, and each oneself."""
        return is_administrator() or self.person.id == reader().id

    def right_on(self, account: Account) -> Right | None:
        """Return the reader's own right on an account."""
        return self.mine.get(account.id)

    def is_on(self, account: Account) -> bool:
        """Tell whether the person has a right on an account, as far as the reader may know."""
        return any(row.account_id == account.id for row in self.rights)


def known(session: Session, typed: str) -> Known:
    """Return the person with an internal number.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _ID_DIGITS_MAX
    person = questions.by_id(session, int(typed)) if is_number else None
    if person is None:
        raise NotFound("user")
    mine: dict[int, Right] = {}
    shown = None
    if not is_administrator():
        mine = {account.id: right for account, right in accounts.seen_by(session, reader().id)}
        shown = list(mine)
    rights = tuple(directory.rights(session, [person.id], shown))
    if not (rights or is_administrator() or person.id == reader().id):
        raise NotFound("user")
    return Known(person, mine, rights)


def is_administrator() -> bool:
    """Tell whether the reader sees everyone."""
    return reader().role in DUTIES[Duty.SEE_PEOPLE]


# The list


@blueprint.get("")
@requires()
def search() -> Any:
    return _everyone() if is_administrator() else _colleagues()


def _colleagues() -> Any:
    session = reading()
    mine = accounts.seen_by(session, reader().id)
    on_account: dict[int, list[AnyRow]] = defaultdict(list)
    for row in questions.acting(session, [account.id for account, _right in mine]):
        on_account[row.account_id].append(row)
    return page(
        "people/colleagues.html",
        accounts=[
            {
                "label": label(account),
                "number": account.number,
                "people": on_account[account.id],
                "right": right,
                "may_add": right in PROPOSING,
            }
            for account, right in mine
        ],
        add=WORDS[Kind.ADD_REPRESENTATIVE],
    )


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    words: str = ""
    role: str = ""
    state: str = ""
    account: str = ""


def _everyone() -> Any:
    session, asked = reading(), lists.typed(Asked)
    errors: dict[str, str] = {}
    wanted = _understood(session, asked, errors)
    shown = Shown([], 0, _summary(0)) if errors else _shown(session, wanted, asked)
    on_account: dict[int, list[AnyRow]] = defaultdict(list)
    for row in directory.rights(session, [person.id for person in shown.rows]):
        on_account[row.user_id].append(row)
    return page(
        "people/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=_chips(asked),
        shown=shown,
        opens_accounts=sees_everything(reader()),
        rights=on_account,
        roles=_roles(),
        states={state: words.text(name) for state, name in STATE_NAMES.items()},
        all_address=url_for("people.search"),
        letters_min=_LETTERS_MIN,
        may_issue=may_ask(
            Kind.ISSUE_LOGIN_ID, reader().role, None, about_oneself=False, about_administrator=False
        ),
        issue=WORDS[Kind.ISSUE_LOGIN_ID],
        add=WORDS[Kind.ADD_REPRESENTATIVE],
    )


def _roles() -> dict[str, str]:
    found = {role.value: words.text(name) for role, name in ROLE_NAMES.items()}
    return {_HOLDERS: str(_("Holders’ people")), **found}


def _understood(session: Session, asked: Asked, errors: dict[str, str]) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    lists.choices(asked, {"role": _roles(), "state": STATE_NAMES}, errors)
    account_id = None
    try:
        account_id = _account(session, asked.account)
    except Refusal as refusal:
        errors["account"] = sentence(refusal)
    if asked.words and len(asked.words) < _LETTERS_MIN:
        errors["words"] = sentence(TooFewLetters(_LETTERS_MIN, field="words"))
    if errors:
        return Filter()
    return Filter(
        words=asked.words,
        role=Role(asked.role) if asked.role and asked.role != _HOLDERS else None,
        without_role=asked.role == _HOLDERS,
        state=State(asked.state) if asked.state else None,
        account_id=account_id,
    )


def _account(session: Session, typed: str) -> int | None:
    if not typed:
        return None
    found = accounts.by_number(session, str(parse_number(typed)))
    if found is None:
        raise UnknownAccount(typed)
    return found.id


def _shown(session: Session, wanted: Filter, asked: Asked) -> Shown:
    count = directory.count(session, wanted, cap=lists.COUNT_CAP)
    address = partial(url_for, "people.search", **lists.given(asked))
    find = partial(directory.find, session, wanted)
    return lists.turned(find, count, address, summary=_summary(count), newest_first=False)


def _summary(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s people", count=pages.number(lists.COUNT_CAP)))
    return str(ngettext("%(count)s person", "%(count)s people", count, count=pages.number(count)))


def _chips(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    states = {state.value: words.text(name) for state, name in STATE_NAMES.items()}
    names = {"role": _roles(), "state": states}
    return lists.chips(asked, names, partial(url_for, "people.search"))


# One person


@blueprint.get("/<person>")
@requires()
def show(person: str) -> Any:
    session = reading()
    found = known(session, person)
    about = request_questions.Filter(user_id=found.person.id)
    if not found.is_whole:
        about = request_questions.Filter(
            user_id=found.person.id, concerning=reader().id, accounts=list(found.mine)
        )
    return page(
        "people/show.html",
        person_shown=found.person,
        is_oneself=found.person.id == reader().id,
        is_whole=found.is_whole,
        rights=found.rights,
        opens_accounts=sees_everything(reader()) or not is_administrator(),
        actions=_offered(_about_person(found), found),
        actions_on={
            row.account_id: _offered(_about_right(row), found, row) for row in found.rights
        },
        sessions=len(sessions.open_of(session, found.person.id, now())) if found.is_whole else 0,
        requests=request_questions.find(session, about, size=_REQUESTS_MAX),
        changes=directory.state_changes(session, found.person) if found.is_whole else [],
        State=State,
        Acting=Acting,
    )


def _about_person(found: Known) -> Iterable[Kind]:
    """Return what the state of a person leaves to be asked for."""
    person = found.person
    if person.state is State.DEACTIVATED:
        return ()
    offered = [Kind.CHANGE_DETAILS, Kind.REPLACE_SECOND_FACTOR]
    if person.state is State.ACTIVE:
        offered += [Kind.INITIALISE_PASSWORD, Kind.REISSUE_LOGIN_ID, Kind.SUSPEND_PERSON]
    if person.state is State.SUSPENDED:
        offered.append(Kind.RESTORE_PERSON)
    if person.state is not State.DEACTIVATION_PENDING:
        offered.append(Kind.DEACTIVATE_PERSON)
    if not found.rights:
        offered.append(Kind.CHANGE_ROLE)
    return offered


def _about_right(row: AnyRow) -> Iterable[Kind]:
    """Return what the state of a right leaves to be asked for."""
    turn = Kind.SUSPEND_REPRESENTATIVE if row.acting is Acting.ACTIVE else None
    return (
        Kind.CHANGE_RIGHT,
        turn or Kind.RESTORE_REPRESENTATIVE,
        Kind.REMOVE_REPRESENTATIVE,
    )


def _offered(
    kinds: Iterable[Kind], found: Known, row: AnyRow | None = None
) -> list[dict[str, Any]]:
    """Return of these kinds what the reader may ask for, each with the address of its form."""
    oneself = found.person.id == reader().id
    about = {"person": found.person.id} | ({"account": row.number} if row else {})
    return [
        {
            "label": KIND_NAMES[kind],
            "address": url_for("request_forms.new", word=WORDS[kind], **about),
            "kind": kind,
        }
        for kind in kinds
        if may_ask(
            kind,
            reader().role,
            found.mine.get(row.account_id) if row else None,
            about_oneself=oneself,
            about_administrator=found.person.role is not None,
        )
    ]
