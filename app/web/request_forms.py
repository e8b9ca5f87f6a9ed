"""Asking for a change of people and powers: a form, a page to check it, and the request.

One description per kind of request serves all of them: which fields its form has. Nothing is kept
between the steps but what the pages carry; the key made with the form keeps a request that is sent
twice from being made twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, abort, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Refusal,
    UnknownAccount,
    UnknownChoice,
)
from app.domain.people_errors import CodeUsed, CodeWrong, PasskeyRefused, ProofRequired
from app.domain.requests import (
    ABOUT_ONESELF,
    AT_ONCE,
    DELIVERY_NAMES,
    KIND_NAMES,
    ON_ACCOUNT,
    Asked,
    Delivery,
    Kind,
    may_ask,
    number,
)
from app.domain.roles import DUTIES, PROPOSING, RIGHT_NAMES, ROLE_NAMES, Duty, Right, Role
from app.registry import requests
from app.registry.effects import Setting
from app.registry.requests import LIFE, TEXT_MAX
from app.store import accounts, tasks
from app.store import requests as questions
from app.store.tables import Account, User
from app.web import attempts, readers, request_fields, signing
from app.web.access import requires
from app.web.accounts import label
from app.web.comparisons import compared
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.people import Known, known
from app.web.readers import reader
from app.web.request_fields import FORMS, Form, Typed
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry
from app.web.words import NAMES, language, text

blueprint = Blueprint("request_forms", __name__, url_prefix="/portal/requests")

_WORD: Final = f"<any({','.join(repr(word) for word in FORMS)}):word>"
_ACTION: Final = "ask"
#: Refusals that are about the signature.
_UNSIGNED: Final = (ProofRequired, CodeWrong, CodeUsed, PasskeyRefused)


@dataclass(frozen=True)
class Opened:
    """A form in the hands of somebody who may ask for that: about whom, and on which account."""

    word: str
    form: Form
    typed: Typed
    person: User | None = None
    account: Account | None = None
    #: The accounts to which the reader may ask to have somebody added; none for administrators.
    offered: tuple[Account, ...] = ()


# The pages


@blueprint.get(f"/{_WORD}")
@blueprint.get(f"/{_WORD}/check")
@requires()
def start(word: str) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("request_forms.new", word=word), 303)


@blueprint.get(f"/{_WORD}/new")
@requires()
def new(word: str) -> Any:
    try:
        opened = _opened(word, Typed.of(FORMS[word], request.args))
    except NotEntitled:
        abort(403)
    _fill_in(opened)
    return _form_page(opened)


@blueprint.post(f"/{_WORD}/new")
@resumable
@requires()
def change(word: str) -> Any:
    """Come back from the check page with everything still filled in."""
    return _form_page(_posted(word))


@blueprint.post(f"/{_WORD}/check")
@resumable
@requires()
def check(word: str) -> Any:
    opened = _posted(word)
    if is_resumed():
        return _form_page(opened)
    found = _attempt(opened, _preview)
    if opened.typed.refusals:
        return _refused(opened)
    return _check_page(opened, *found)


@blueprint.post(f"/{_WORD}")
@resumable
@requires()
def create(word: str) -> Any:
    opened = _posted(word)
    if is_resumed():
        return _form_page(opened)
    try:
        identifier = _attempt(opened, _ask)
    except _UNSIGNED as refusal:
        return _unsigned(opened, refusal)
    if opened.typed.refusals:
        return _refused(opened)
    return redirect(url_for("requests.show", printed=number(identifier), sent="yes"), 303)


# Who may open a form


def _posted(word: str) -> Opened:
    typed = Typed.of(FORMS[word], request.form)
    try:
        return _opened(word, typed)
    except NotEntitled as refusal:
        _log(word, typed.values.get("account", ""), [refusal])
        abort(403)


def _opened(word: str, typed: Typed) -> Opened:
    """Return a form for the reader.

    Raises:
        NotFound: the person or the account is none that the reader may know of.
        NotEntitled: the reader may not ask for this.
    """
    form, found = FORMS[word], None
    if form.is_about_somebody:
        if not typed.values["person"] and form.kind in ABOUT_ONESELF:
            typed.values["person"] = str(reader().id)
        found = known(reading(), typed.values["person"])
    account = _account(form, typed, found)
    offered = _offered(form)
    may = bool(offered) or may_ask(
        form.kind,
        reader().role,
        found.right_on(account) if found and account else None,
        about_oneself=found is not None and found.person.id == reader().id,
        about_administrator=found is not None and found.person.role is not None,
    )
    if not may:
        raise NotEntitled(form.kind)
    return Opened(word, form, typed, found.person if found else None, account, offered)


def _account(form: Form, typed: Typed, found: Known | None) -> Account | None:
    """Return the account that a person was chosen on."""
    if form.kind not in ON_ACCOUNT or found is None:
        return None
    account = accounts.by_number(reading(), typed.values["account"])
    if account is None or not found.is_on(account):
        raise NotFound("account")
    return account


def _offered(form: Form) -> tuple[Account, ...]:
    if form.kind is not Kind.ADD_REPRESENTATIVE or reader().role is not None:
        return ()
    mine = accounts.seen_by(reading(), reader().id)
    return tuple(account for account, right in mine if right in PROPOSING)


# What the verbs say


_Verb = Callable[[Session, Opened, Asked], Any]


def _attempt(opened: Opened, verb: _Verb) -> Any:
    """Read the form and, if it can be read, let the verb judge it; what is wrong is noted.

    Raises:
        Refusal: one of `_UNSIGNED`, which are about no field of the form.
    """
    typed = opened.typed
    asked = request_fields.asked(typed, opened.person)
    if asked is None:
        return None
    try:
        return _written(opened, verb, asked)
    except _UNSIGNED:
        raise
    except NotFound:
        typed.refuse("account", _no_such_account(opened))
    except KeyUsedOtherwise as refusal:
        # Told so, the person may mean this as another request: it gets a key of its own.
        typed.key = uuid4().hex
        typed.refuse("", refusal)
    except NotEntitled as refusal:
        _log(opened.word, asked.login_id or asked.account, [refusal])
        abort(403)
    except Refusal as refusal:
        typed.refuse(refusal.field, refusal)
    return None


def _written(opened: Opened, verb: _Verb, asked: Asked) -> Any:
    try:
        return database().write(lambda session: verb(session, opened, asked))
    except CodeUsed:
        # Perhaps by this very request, sent twice: then it is there by now.
        return database().write(lambda session: verb(session, opened, asked))


def _no_such_account(opened: Opened) -> Refusal:
    """Say the same of another's account as of one that does not exist."""
    typed = opened.typed.values["account"].strip()
    return UnknownChoice(typed) if opened.offered else UnknownAccount(typed)


def _preview(session: Session, _opened: Opened, asked: Asked) -> Any:
    return requests.preview(session, asked, actor=reader().id)


def _ask(session: Session, opened: Opened, asked: Asked) -> int:
    """Ask for what was signed; the same request sent again needs no second signature."""
    key, actor, at = opened.typed.key, reader().id, now()
    is_new = questions.by_key(session, actor, key) is None
    made = requests.ask(session, asked, key=key, actor=actor, setting=setting(), now=at)
    # After the rules had their say, and in the same transaction: unsigned, nothing is asked.
    if is_new:
        signing.check(session, _ACTION, opened.typed.signed())
    return made


def setting() -> Setting:
    """Return where a request is made or decided."""
    return Setting(registry().code, readers.vault(), readers.origin())


def _unsigned(opened: Opened, refusal: Refusal) -> Any:
    """Show the check page again: it was not signed, or not by a good code or passkey."""
    signing.refused(refusal)
    _log(opened.word, _subject(opened), [refusal])
    found = _attempt(opened, _preview)
    if opened.typed.refusals:
        return _refused(opened)
    errors = {refusal.field: sentence(refusal)}
    facts, before = found
    return _check_page(opened, facts, before, status(refusal), errors)


def _refused(opened: Opened) -> Any:
    """Log each refusal and show the form with all that was typed."""
    found = list(opened.typed.refusals.values())
    _log(opened.word, _subject(opened), found)
    return _form_page(opened, code=min(status(refusal) for refusal in found))


def _subject(opened: Opened) -> str:
    if opened.person is not None:
        return opened.person.login_id
    return opened.typed.values.get("account", "")


def _log(word: str, subject: str, refusals: list[Refusal]) -> None:
    attempts.log(f"ask for {FORMS[word].kind}", subject[:100], refusals)


# How they look


def _fill_in(opened: Opened) -> None:
    """Put into a new form what is recorded, and what most people choose."""
    values, person = opened.typed.values, opened.person
    if opened.form.kind is Kind.CHANGE_DETAILS and person is not None:
        values |= {
            "name_en": person.name_en,
            "name_ja": person.name_ja,
            "email": person.email or "",
        }
    for name, usual in (("language", language()), ("delivery", Delivery.LINK.value)):
        if name in values and not values[name]:
            values[name] = usual
    if len(opened.offered) == 1:
        values["account"] = opened.offered[0].number


def _form_page(opened: Opened, code: int = 200) -> Any:
    typed = opened.typed
    manages = reader().role is Role.SYSTEM_ADMINISTRATOR
    return page(
        "requests/form.html",
        status=code,
        errors=typed.errors(),
        word=opened.word,
        form=opened.form,
        fields=[one for one in opened.form.fields if one != "role" or manages],
        values=typed.values,
        key=typed.key,
        kind_name=KIND_NAMES[opened.form.kind],
        person_shown=opened.person,
        account=opened.account,
        accounts={account.number: label(account) for account in opened.offered},
        rights={right.value: text(RIGHT_NAMES[right]) for right in Right},
        roles={role.value: text(ROLE_NAMES[role]) for role in Role},
        languages_offered={
            code: Markup('<span lang="{}">{}</span>').format(code, name)
            for code, name in NAMES.items()
        },
        deliveries={one.value: text(DELIVERY_NAMES[one]) for one in Delivery},
        text_max=TEXT_MAX,
        at_once=opened.form.kind in AT_ONCE,
        Kind=Kind,
    )


def _check_page(
    opened: Opened,
    facts: dict[str, Any],
    before: dict[str, Any],
    code: int = 200,
    errors: dict[str, str] | None = None,
) -> Any:
    typed, person = opened.typed, opened.person
    return page(
        "requests/check.html",
        status=code,
        errors=errors or {},
        word=opened.word,
        form=opened.form,
        values=typed.values,
        key=typed.key,
        ways=signing.asked(_ACTION, typed.signed()),
        kind_name=KIND_NAMES[opened.form.kind],
        person_shown=person,
        lines=compared(opened.form.kind, facts, before),
        asks_confirmation="email" in facts and opened.form.kind is Kind.CHANGE_DETAILS,
        # What a person has under way stays as it is (the change counts for what comes later).
        under_way=tasks.open_of(reading(), person.id) if person is not None else 0,
        at_once=opened.form.kind in AT_ONCE,
        life=LIFE.days,
        manages=reader().role in DUTIES[Duty.MANAGE_PEOPLE],
        Kind=Kind,
    )
