"""What I ask for about myself: another name or address, or to be deactivated.

A second person decides on either. A new address counts once the link sent to it was opened.
"""

from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.chain import Value
from app.domain.errors import KeyUsedOtherwise, Refusal
from app.domain.people import EMAIL_MAX, NAME_MAX
from app.domain.people_errors import (
    CodeUsed,
    CodeWrong,
    EmailRefused,
    EmailsDiffer,
    PasskeyRefused,
    ProofRequired,
)
from app.domain.requests import Asked, Kind, number
from app.domain.text import normalise
from app.registry import people, requests
from app.registry.requests import LIFE, TEXT_MAX
from app.store import requests as questions
from app.web import attempts, readers, signing
from app.web.access import requires
from app.web.comparisons import compared
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.request_forms import setting
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now

blueprint = Blueprint("own_details", __name__, url_prefix="/portal/profile")

Typed = dict[str, str]

_FIELDS: Final = ("name_en", "name_ja", "email", "email_again", "comment", "key")
_ACTION: Final = "ask"
_UNSIGNED: Final = (ProofRequired, CodeWrong, CodeUsed, PasskeyRefused)


# Another name or address


@blueprint.get("/details")
@blueprint.get("/details/check")
@requires()
def start() -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("own_details.new"), 303)


@blueprint.get("/details/new")
@requires()
def new() -> Any:
    me = reader()
    recorded = {"name_en": me.name_en, "name_ja": me.name_ja, "key": uuid4().hex}
    return _form_page(dict.fromkeys(_FIELDS, "") | recorded)


@blueprint.post("/details/new")
@resumable
@requires()
def change() -> Any:
    """Come back from the check page with everything still filled in."""
    return _form_page(_typed())


@blueprint.post("/details/check")
@resumable
@requires()
def check() -> Any:
    typed = _typed()
    if is_resumed():
        return _form_page(typed)
    return _check_page(typed)


@blueprint.post("/details")
@resumable
@requires()
def create() -> Any:
    typed = _typed()
    if is_resumed():
        return _form_page(typed)
    try:
        _written(_asked(typed), typed["key"], _signed(typed))
    except _UNSIGNED as refusal:
        signing.refused(refusal)
        _log(Kind.CHANGE_DETAILS, refusal)
        return _check_page(typed, refusal)
    except KeyUsedOtherwise as refusal:
        typed["key"] = uuid4().hex
        return _refused(typed, refusal)
    except Refusal as refusal:
        return _refused(typed, refusal)
    done = "email" if typed["email"].strip() else "details"
    return redirect(url_for("profile.search", done=done), 303)


def _typed() -> Typed:
    return {name: request.form.get(name, "").replace("\0", "") for name in _FIELDS}


def _asked(typed: Typed) -> Asked:
    """Return what is asked for; an address that is left empty stays as it is.

    Raises:
        EmailsDiffer, TooLong, NotAnEmail, EmailRefused: at their fields.
    """
    present = reader().email or ""
    address = present
    if typed["email"].strip() or typed["email_again"].strip():
        if normalise(typed["email"]) != normalise(typed["email_again"]):
            raise EmailsDiffer(field="email_again")
        address = people.checked_email(typed["email"])
        if address.casefold() == present.casefold():
            raise EmailRefused(field="email")
    return Asked(
        Kind.CHANGE_DETAILS,
        login_id=reader().login_id,
        name_en=typed["name_en"],
        name_ja=typed["name_ja"],
        email=address,
        comment=typed["comment"],
    )


def _signed(typed: Typed) -> dict[str, Value]:
    values: dict[str, Value] = {**typed}
    return {"kind": str(Kind.CHANGE_DETAILS), "values": values}


def _form_page(typed: Typed, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    return page(
        "profile/details.html",
        status=code,
        errors=errors or {},
        me=reader(),
        values=typed,
        text_max=TEXT_MAX,
        name_max=NAME_MAX,
        email_max=EMAIL_MAX,
    )


def _check_page(typed: Typed, refused: Refusal | None = None) -> Any:
    """Show old and new side by side, or the form again if it cannot be asked for."""
    try:
        facts, before = _preview(_asked(typed))
    except Refusal as refusal:
        return _refused(typed, refusal)
    return page(
        "profile/check.html",
        status=status(refused) if refused else 200,
        errors={refused.field: sentence(refused)} if refused else {},
        values=typed,
        lines=compared(Kind.CHANGE_DETAILS, facts, before),
        has_new_address="email" in facts,
        life=LIFE.days,
        ways=signing.asked(_ACTION, _signed(typed)),
    )


def _refused(typed: Typed, refusal: Refusal) -> Any:
    _log(Kind.CHANGE_DETAILS, refusal)
    where = refusal.field if refusal.field in _FIELDS else ""
    return _form_page(typed, status(refusal), {where: sentence(refusal)})


# To be deactivated


@blueprint.get("/deactivation")
@requires()
def deactivation() -> Any:
    return _deactivation_page({"comment": "", "key": uuid4().hex})


@blueprint.post("/deactivation")
@resumable
@requires()
def deactivate() -> Any:
    typed = {name: request.form.get(name, "").replace("\0", "") for name in ("comment", "key")}
    if is_resumed():
        return _deactivation_page(typed)
    try:
        made = _written(_leaving(typed), typed["key"], _signed_leaving(typed))
    except Refusal as refusal:
        signing.refused(refusal)
        _log(Kind.DEACTIVATE_PERSON, refusal)
        return _deactivation_page(typed, refusal)
    # The session ended with it.
    readers.leave()
    return page("profile/deactivated.html", number=number(made))


def _leaving(typed: Typed) -> Asked:
    return Asked(
        Kind.DEACTIVATE_PERSON, login_id=reader().login_id, comment=typed.get("comment", "")
    )


def _signed_leaving(typed: Typed) -> dict[str, Value]:
    """Return what is signed: not the comment, which is typed after a passkey was asked."""
    return {"kind": str(Kind.DEACTIVATE_PERSON), "key": typed["key"]}


def _deactivation_page(typed: Typed, refused: Refusal | None = None) -> Any:
    """Show what it means, and no form while it is not possible."""
    hindered = None
    try:
        _preview(_leaving({}))
    except Refusal as refusal:
        hindered = sentence(refusal)
    where = refused.field if refused and refused.field in {"code", "comment"} else ""
    return page(
        "profile/deactivation.html",
        status=status(refused) if refused else 200,
        errors={} if hindered or refused is None else {where: sentence(refused)},
        hindered=hindered,
        values=typed,
        text_max=TEXT_MAX,
        ways=None if hindered else signing.asked(_ACTION, _signed_leaving(typed)),
    )


# What both have in common


def _preview(asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what would be asked for and what is recorded now; the rules lock what they look at."""
    return database().write(lambda session: requests.preview(session, asked, actor=reader().id))


def _written(asked: Asked, key: str, signed: dict[str, Value]) -> int:
    try:
        return database().write(lambda session: _ask(session, asked, key, signed))
    except CodeUsed:
        # Perhaps by this very request, sent twice: then it is there by now.
        return database().write(lambda session: _ask(session, asked, key, signed))


def _ask(session: Session, asked: Asked, key: str, signed: dict[str, Value]) -> int:
    """Ask for what was signed; the same request sent again needs no second signature."""
    if questions.by_key(session, reader().id, key) is None:
        signing.check(session, _ACTION, signed)
    return requests.ask(session, asked, key=key, actor=reader().id, setting=setting(), now=now())


def _log(kind: Kind, refusal: Refusal) -> None:
    attempts.log(f"ask for {kind}", reader().login_id, [refusal])
