"""Applications in the portal: the list of them, and beginning one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain import forms
from app.domain.applications import STATUS_NAMES, Status, identifier, number
from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Refusal,
    Required,
    UnknownAccount,
    UnknownChoice,
)
from app.domain.forms.spec import Applicant, Form
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import applications as verbs
from app.registry.applications import Begun
from app.store import accounts
from app.store import applications as questions
from app.store.applications import Filter
from app.store.tables import Account
from app.web import fillers, lists, pages, words
from app.web.access import requires
from app.web.accounts import label
from app.web.lists import Shown
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry, renew

blueprint = Blueprint("applications", __name__, url_prefix="/portal/applications")
fillers.tell_templates(blueprint)

_MINE, _WAITING = "mine", "waiting"
#: So many past applications are offered to copy from.
_COPIES_MAX: Final = 10
_NUMBER_MAX: Final = 20
_ABOUT_NO_ACCOUNT: Final = frozenset({rules.OPENING, rules.CREDENTIALS})


# The list


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    whose: str = ""
    form: str = ""
    state: str = ""
    account: str = ""
    since: str = ""
    until: str = ""


@blueprint.get("")
@requires()
def search() -> Any:
    session, asked = reading(), lists.typed(Asked)
    if reader().role is not None and not _sees():
        # System administrators have to do with people, not with accounts.
        return redirect(url_for("requests.search"), 303)
    mine = [] if _sees() else [one.id for one, _right in accounts.seen_by(session, reader().id)]
    errors: dict[str, str] = {}
    wanted = _understood(session, asked, mine, errors)
    return page(
        "applications/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=_chips(asked),
        shown=_shown(session, wanted, asked),
        whose={_MINE: _("Begun by me")},
        forms_offered=_form_names(),
        statuses=_status_names(),
        all_address=url_for("applications.search"),
        may_begin=_may_begin(),
        sees_everything=_sees(),
        discarded=request.args.get("discarded", "")[:_NUMBER_MAX],
    )


def _sees() -> bool:
    """Tell whether the reader sees every application that was submitted, as administrators do."""
    return reader().role in DUTIES[Duty.SEE_EVERYTHING]


def _may_begin() -> bool:
    return reader().role is None or rules.may_examine(reader().role)


def _understood(
    session: Session, asked: Asked, mine: Sequence[int], errors: dict[str, str]
) -> Filter | None:
    """Read the filter field by field; None when it can match nothing."""
    offered = {"whose": {_MINE}, "form": _form_names(), "state": _status_names()}
    lists.choices(asked, offered, errors)
    days = lists.days(asked, errors)
    account = accounts.by_number(session, asked.account) if asked.account else None
    if errors or (asked.account and account is None):
        # Of an account that the reader may not know the list is empty, as of one that is not there.
        return None
    is_waiting = asked.state == _WAITING
    return Filter(
        form=int(asked.form) if asked.form else None,
        status=Status(asked.state) if asked.state and not is_waiting else None,
        is_waiting=is_waiting,
        account_id=account.id if account else None,
        started_by=reader().id if asked.whose == _MINE else None,
        concerning=None if _sees() else reader().id,
        accounts=mine,
        is_known=_sees(),
        since=days["since"],
        until=days["until"],
    )


def _shown(session: Session, wanted: Filter | None, asked: Asked) -> Shown:
    if wanted is None:
        return Shown([], 0, _summary(0))
    count = questions.count(session, wanted, cap=lists.COUNT_CAP)
    address = partial(url_for, "applications.search", **lists.given(asked))
    find = partial(questions.find, session, wanted)
    return lists.turned(find, count, address, summary=_summary(count))


def _summary(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s applications", count=pages.number(lists.COUNT_CAP)))
    printed = pages.number(count)
    return str(ngettext("%(count)s application", "%(count)s applications", count, count=printed))


def _chips(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    return lists.chips(
        asked,
        {
            "whose": {_MINE: _("Begun by me")},
            "form": _form_names(),
            "state": _status_names(),
            "since": lambda said: _("from %(day)s", day=said),
            "until": lambda said: _("until %(day)s", day=said),
        },
        partial(url_for, "applications.search"),
    )


def _form_names() -> dict[str, str]:
    return {
        str(one): f"{_('Form %(number)s', number=one)} {words.text(_latest(one).purpose)}"
        for one in forms.VERSIONS
    }


def _latest(form: int) -> Form:
    return forms.latest(form, registry().code)


def _status_names() -> dict[str, str]:
    waiting = {_WAITING: _("All that are open")}
    return waiting | {one.value: words.text(name) for one, name in STATUS_NAMES.items()}


# Beginning one


@dataclass
class Typed:
    """What was chosen to begin an application with."""

    form: str = ""
    applicant: str = ""
    account: str = ""
    copied_from: str = ""
    key: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Typed":
        found = {name: normalise(given.get(name, ""))[:200] for name in asdict(cls())}
        return cls(**found | {"key": found["key"] or uuid4().hex})


@blueprint.get("/new")
@requires()
def new() -> Any:
    if not _may_begin():
        abort(403)
    return _form_page(Typed.of(request.args))


@blueprint.post("")
@resumable
@requires()
def create() -> Any:
    if not _may_begin():
        fillers.refused("start application", "", [NotEntitled("start application")])
        abort(403)
    typed, actor, at = Typed.of(request.form), reader().id, now()
    if is_resumed():
        return _form_page(typed)
    try:
        begun = _begun(typed)
        made = database().write(
            lambda session: verbs.start(session, begun, key=typed.key, actor=actor, now=at).id
        )
    except (Refusal, NotFound) as refused:
        return _refused(typed, refused)
    return redirect(url_for("application_forms.show", number=number(made), begun="yes"), 303)


def _begun(typed: Typed) -> Begun:
    """Read what was chosen.

    Raises:
        Required, UnknownChoice: at the fields "form", "applicant", "copied_from".
    """
    if typed.form not in _form_names():
        raise UnknownChoice(typed.form[:40], field="form") if typed.form else Required(field="form")
    if typed.applicant and typed.applicant not in set(Applicant):
        raise UnknownChoice(typed.applicant[:40], field="applicant")
    former = identifier(typed.copied_from) if typed.copied_from else None
    if typed.copied_from and former is None:
        raise UnknownChoice(typed.copied_from[:40], field="copied_from")
    return Begun(
        int(typed.form),
        applicant=Applicant(typed.applicant) if typed.applicant else None,
        account=typed.account,
        copied_from=former,
        is_paper=reader().role is not None,
        language=words.language(),
        registry=registry().code,
    )


def _refused(typed: Typed, refused: Refusal | NotFound) -> Any:
    """Log the attempt and show what was chosen; of an account unknown nothing is learnt."""
    refusal = _no_such(typed, refused) if isinstance(refused, NotFound) else refused
    fillers.refused("start application", typed.account, [refusal])
    if isinstance(refusal, NotEntitled):
        abort(403)
    if isinstance(refusal, KeyUsedOtherwise):
        typed.key = uuid4().hex
    renew()
    known = refusal.field if refusal.field in asdict(typed) and refusal.field != "key" else ""
    return _form_page(typed, status(refusal), {known: sentence(refusal)})


def _no_such(typed: Typed, refused: NotFound) -> Refusal:
    if refused.what == "account":
        is_listed = reader().role is None
        text = typed.account[:40]
        unknown = UnknownChoice(text) if is_listed else UnknownAccount(text)
        unknown.field = "account"
        return unknown
    return UnknownChoice(typed.copied_from[:40], field="copied_from")


def _form_page(typed: Typed, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    """Show which forms there are, or what one of them needs and the button to begin."""
    session, errors = reading(), errors or {}
    if typed.form not in _form_names():
        return page(
            "applications/choose.html",
            status=code,
            errors=errors,
            account=typed.account,
            offered=[_latest(one) for one in forms.VERSIONS],
        )
    form = _latest(int(typed.form))
    offered = _accounts(session, form)
    if len(offered) == 1 and not typed.account and form.number != rules.CREDENTIALS:
        typed.account = offered[0].number
    is_office, is_about_account = reader().role is not None, form.number not in _ABOUT_NO_ACCOUNT
    is_possible = bool(offered) or is_office or not is_about_account
    return page(
        "applications/new.html",
        status=code,
        # Without fields to stand at, what is wrong is said of the whole.
        errors=dict(zip(errors if is_possible else [""], errors.values(), strict=False)),
        form=form,
        typed=typed,
        is_possible=is_possible,
        types_account=is_office and form.number != rules.OPENING,
        accounts={one.number: label(one) for one in offered},
        asks_applicant=not is_about_account,
        applicants={one.value: words.text(name) for one, name in form.applicant_names.items()},
        needed=needs(form),
        copies=_copies(session, form),
        is_about_account=is_about_account,
    )


def needs(form: Form) -> list[tuple[str, list[str], list[tuple[str, str, bool]]]]:
    """Return what each kind of applicant needs at hand: the parts, and the documents."""
    return [
        (
            words.text(name),
            [words.text(section.title) for section in form.sections_for(applicant)],
            [
                (words.text(one.label), words.text(one.hint) if one.hint else "", one.is_required)
                for one in form.documents_for(applicant)
            ],
        )
        for applicant, name in form.applicant_names.items()
    ]


def _accounts(session: Session, form: Form) -> list[Account]:
    """Return the accounts for which the reader may apply with a form."""
    if reader().role is not None or form.number == rules.OPENING:
        return []
    return [
        account
        for account, right in accounts.seen_by(session, reader().id)
        if rules.may_fill_in(form.number, None, right)
    ]


def _copies(session: Session, form: Form) -> dict[str, str]:
    """Return the reader's own past applications of a form, to begin with their answers."""
    own = Filter(form=form.number, started_by=reader().id)
    found = questions.find(session, own, size=_COPIES_MAX)
    return {
        number(row.id): f"{number(row.id)}, {pages.day(pages.local_time(row.started_at))}"
        for row in found
        if row.status is not Status.DISCARDED
    }
