"""Authorizations of mitigation outcomes: the list, one with its versions, and entering them.

Operators enter, approvers decide (`authorization_decisions`), reviewers and auditors read. What
everyone may see stands on the public page.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import authorization_elements as rules
from app.domain.authorization_elements import IDENTIFIER_MAX, LINE_MAX, TEXT_MAX, Elements
from app.domain.authorizations import Change, Standing
from app.domain.errors import KeyUsedOtherwise, NotFound, Refusal
from app.domain.form_errors import ChangedMeanwhile
from app.domain.nomenclature import NAMES, Purpose
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import authorizations as verbs
from app.store import approaches, authorization_lists
from app.store import authorizations as questions
from app.store.authorization_lists import Search
from app.store.tables import Authorization, AuthorizationVersion
from app.web import attempts, authorization_forms, authorization_pages, lists, words
from app.web import authorization_words as said
from app.web.access import requires
from app.web.authorization_forms import Revoking, Typed
from app.web.authorization_pages import PREFIX
from app.web.messages import status
from app.web.pages import number, page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading

blueprint = Blueprint("authorizations", __name__)

_WAITING: Final = "waiting"


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    approach: str = ""
    purpose: str = ""
    standing: str = ""


# Reading


@blueprint.get(PREFIX)
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    session = reading()
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = {
        "approach": _approaches(),
        "purpose": {one.value: words.text(NAMES[one]) for one in Purpose},
        "standing": {_WAITING: _("Waiting for approval")},
    }
    lists.choices(asked, offered, errors)
    wanted = Search() if errors else _understood(asked)
    address = partial(url_for, "authorizations.search")
    count = 0 if errors else authorization_lists.count(session, wanted)
    shown = lists.turned(
        partial(authorization_lists.find, session, wanted),
        count,
        partial(address, **lists.given(asked)),
    )
    rows = [] if errors else shown.rows
    return page(
        "authorizations/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        offered=offered,
        shown=shown,
        rows=authorization_pages.with_states(rows),
        found=ngettext(
            "%(count)s authorization", "%(count)s authorizations", count, count=number(count)
        ),
        chips=lists.chips(
            asked, offered | {"q": lambda typed: _("Search: %(text)s", text=typed)}, address
        ),
        all_address=address(),
        may_enter=_may_enter(),
        **authorization_pages.words_of_pages(),
    )


@blueprint.get(f"{PREFIX}/<identifier>")
@requires(Duty.SEE_ARTICLE_6)
def show(identifier: str) -> Any:
    return authorization_pages.shown(_found(identifier), version_id=lists.position("version"))


# Entering one


@blueprint.get(f"{PREFIX}/new")
@requires(Duty.ENTER_AUTHORIZATIONS)
def new() -> Any:
    """Show an empty form or, for what was rejected, one with what it said."""
    again = questions.version(reading(), lists.position("again") or 0)
    if again is None or again.standing is not Standing.REJECTED:
        return _form_page(Typed.empty())
    typed = Typed.again(verbs.elements(again))
    found = again.authorization
    typed.values |= {
        "identifier": found.identifier,
        "approach": found.approach.code if found.approach else "",
        "is_official": "yes" if found.identifier_is_official else "",
        "authorized_on": again.authorized_on.isoformat(),
        "effective_on": again.effective_on.isoformat(),
    }
    return _form_page(typed)


@blueprint.post(PREFIX)
@resumable
@requires(Duty.ENTER_AUTHORIZATIONS)
def create() -> Any:
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(typed)
    if "more" in request.form:
        return _form_page(typed.more())
    named = typed.named()
    elements = typed.read()
    if elements is not None:
        typed.check(elements, is_blanket=not named.approach, known_projects=elements.projects)
    try:
        rules.identifier(named.identifier)
    except Refusal as refusal:
        typed.refuse(refusal)
    if elements is None or typed.refusals:
        return _refused(typed, "")
    given: dict[str, Any] = {"key": typed.key, "actor": reader().id, "now": now()}
    try:
        database().write(lambda session: verbs.enter(session, named, elements, **given))
    except Refusal as refusal:
        return _refused(_kept(typed, refusal), "")
    return _on(normalise(named.identifier))


# Changing and revoking one


@blueprint.get(f"{PREFIX}/<identifier>/versions/new")
@requires(Duty.ENTER_AUTHORIZATIONS)
def change(identifier: str) -> Any:
    found, newest = _changeable(identifier)
    if newest is None:
        return redirect(url_for("authorizations.show", identifier=identifier), 303)
    return _form_page(Typed.again(verbs.elements(newest), newest.id), found)


@blueprint.post(f"{PREFIX}/<identifier>/versions")
@blueprint.post(f"{PREFIX}/<identifier>/versions/new")
@resumable
@requires(Duty.ENTER_AUTHORIZATIONS)
def revise(identifier: str) -> Any:
    found = _found(identifier)
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(typed, found)
    if "more" in request.form:
        return _form_page(typed.more(), found)
    elements = typed.read()
    if elements is not None:
        typed.check(
            elements, is_blanket=found.approach_id is None, known_projects=elements.projects
        )
    if elements is None or typed.refusals:
        return _refused(typed, identifier, found)
    try:
        database().write(partial(_revised, identifier, elements, typed, reader().id))
    except Refusal as refusal:
        return _refused(_kept(typed, refusal), identifier)
    return _on(identifier)


def _revised(
    identifier: str, elements: Elements, typed: Typed, actor: int, session: Session
) -> None:
    verbs.revise(
        session, identifier, elements, seen=typed.seen, key=typed.key, actor=actor, now=now()
    )


@blueprint.get(f"{PREFIX}/<identifier>/revocation")
@requires(Duty.ENTER_AUTHORIZATIONS)
def revocation(identifier: str) -> Any:
    found, newest = _changeable(identifier)
    if newest is None:
        return redirect(url_for("authorizations.show", identifier=identifier), 303)
    return _revocation_page(found, Revoking.of(request.args, newest.id))


@blueprint.post(f"{PREFIX}/<identifier>/revocation")
@resumable
@requires(Duty.ENTER_AUTHORIZATIONS)
def revoke(identifier: str) -> Any:
    found = _found(identifier)
    typed = Revoking.of(request.form)
    if is_resumed():
        return _revocation_page(found, typed)
    read = typed.read()
    if not typed.refusals:
        given = read | {"key": typed.key, "seen": typed.seen, "actor": reader().id, "now": now()}
        try:
            database().write(lambda session: verbs.revoke(session, identifier, **given))
        except Refusal as refusal:
            typed.refuse(refusal)
    if not typed.refusals:
        return _on(identifier)
    attempts.log("revoke authorization", identifier, typed.refusals.values())
    code = max(map(status, typed.refusals.values()))
    return _revocation_page(_found(identifier), typed, code)


# What they share


def _understood(asked: Asked) -> Search:
    return Search(
        words=asked.q,
        approach=asked.approach or None,
        purpose=Purpose(asked.purpose) if asked.purpose else None,
        is_waiting=asked.standing == _WAITING,
    )


def _approaches() -> dict[str, str]:
    return {row.code: said.approach(row) for row in approaches.everyone(reading())}


def _found(identifier: str) -> Authorization:
    found = questions.by_identifier(reading(), identifier.replace("\0", ""))
    if found is None:
        raise NotFound("authorization")
    return found


def _changeable(identifier: str) -> tuple[Authorization, AuthorizationVersion | None]:
    """Return an authorization and the version that a new one would follow, if one can."""
    found = _found(identifier)
    newest = questions.newest(reading(), found.id)
    if newest is None or newest.change is Change.REVOCATION:
        return found, None
    return found, None if questions.pending(reading(), found.id) else newest


def _kept(typed: Typed, refusal: Refusal) -> Typed:
    """Note a refusal of the registry; what goes on with another key or version gets it."""
    if isinstance(refusal, KeyUsedOtherwise):
        typed.key = Typed.empty().key
    typed.refuse(refusal)
    return typed


def _refused(typed: Typed, identifier: str, found: Authorization | None = None) -> Any:
    operation = "change authorization" if identifier else "enter authorization"
    subject = identifier or normalise(typed.values["identifier"])[:IDENTIFIER_MAX]
    attempts.log(operation, subject, typed.refusals.values())
    found = _found(identifier) if identifier else None
    if found is not None and any(isinstance(r, ChangedMeanwhile) for r in typed.refusals.values()):
        newest = questions.newest(reading(), found.id)
        typed.seen = newest.id if newest else 0
    return _form_page(typed, found, max(map(status, typed.refusals.values())))


def _form_page(typed: Typed, found: Authorization | None = None, code: int = 200) -> Any:
    offered = authorization_forms.choices(_approaches())
    fixed = found.approach.definition if found is not None and found.approach else None
    return page(
        "authorizations/form.html",
        status=code,
        errors=typed.errors(),
        typed=typed,
        values=typed.values,
        row=found,
        approach=authorization_pages.approach_name(found) if found else "",
        fixed=words.text(NAMES[fixed]) if fixed else "",
        offered=offered,
        labels=authorization_forms.entity_labels(),
        identifier_max=IDENTIFIER_MAX,
        line_max=LINE_MAX,
        text_max=TEXT_MAX,
    )


def _revocation_page(found: Authorization, typed: Revoking, code: int = 200) -> Any:
    return page(
        "authorizations/revoke.html",
        status=code,
        errors=typed.errors(),
        typed=typed,
        values=typed.values,
        row=found,
        approach=authorization_pages.approach_name(found),
        text_max=TEXT_MAX,
    )


def _on(identifier: str) -> Any:
    return redirect(url_for("authorizations.show", identifier=identifier, saved="yes"), 303)


def _may_enter() -> bool:
    return reader().role in DUTIES[Duty.ENTER_AUTHORIZATIONS]
