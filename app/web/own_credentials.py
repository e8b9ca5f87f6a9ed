"""My password and my recovery codes: changed by nobody else, signed with a second factor."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.passwords import LENGTH_WITH_SECOND_FACTOR
from app.domain.people_errors import (
    Busy,
    PasswordsDiffer,
    PasswordWrong,
    SignInFailed,
    TooManyAttempts,
)
from app.registry import passwords, people, second_factors, sessions, sign_in
from app.store import credentials
from app.store.tables import User
from app.web import attempts, readers, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("own_credentials", __name__, url_prefix="/portal/profile")

Made = TypeVar("Made")

_CHANGE: Final = "change password"
_CODES: Final = "make recovery codes"
_STATUS: Final = {TooManyAttempts: 429, Busy: 503}


# The password


@blueprint.get("/password")
@requires()
def password() -> Any:
    return _password_page()


@blueprint.post("/password")
@requires()
def change_password() -> Any:
    me, chosen = reader(), request.form.get("password", "")

    def change(session: Session) -> None:
        signing.check(session, _CHANGE, {})
        user = session.get_one(User, me.id)
        people.set_password(
            session,
            user,
            password_hash,
            besides=me.session_id,
            origin=readers.origin(),
            now=now(),
        )
        # The session that goes on gets another token with its next page.
        sessions.power_changed(session, [me.id])

    try:
        _check_present(request.form.get("present_password", ""))
        if chosen and chosen != request.form.get("password_again", ""):
            raise PasswordsDiffer(field="password_again")
        user = reading().get_one(User, me.id)
        people.check_new_password(reading(), user, chosen, registry().name)
        password_hash = passwords.hash_of(chosen)
        database().write(change)
    except Refusal as refusal:
        _refused("set password", refusal)
        return _password_page(refusal)
    return redirect(url_for("profile.search", done="password"), 303)


def _check_present(typed: str) -> None:
    """Compare the present password as at sign-in, with the same limits and the same log.

    Raises:
        PasswordWrong: at the field "present_password".
        TooManyAttempts, Busy
    """
    me, origin, device, at = reader(), readers.origin(), readers.device_token(), now()
    try:
        sign_in.check(reading(), me.login_id, typed, device_token=device, origin=origin, now=at)
    except SignInFailed as refusal:
        database().write(
            lambda session: sign_in.failed(
                session, me.login_id, device_token=device, origin=origin, now=at
            )
        )
        raise PasswordWrong(field="present_password") from refusal


def _password_page(refusal: Refusal | None = None) -> Any:
    return page(
        "profile/password.html",
        status=_code(refusal),
        errors=_errors(refusal),
        least=LENGTH_WITH_SECOND_FACTOR,
        login_id=reader().login_id,
        ways=signing.asked(_CHANGE, {}),
    )


# Recovery codes


@blueprint.get("/codes")
@requires()
def codes() -> Any:
    return _codes_page()


@blueprint.post("/codes")
@requires()
def make_codes() -> Any:
    me, origin, at = reader(), readers.origin(), now()

    def make(session: Session) -> list[str]:
        signing.check(session, _CODES, {})
        user = session.get_one(User, me.id)
        return second_factors.make_recovery_codes(session, user, origin=origin, now=at)

    made = attempt(_CODES, make)
    if isinstance(made, Refusal):
        return _codes_page(made)
    return page("profile/new_codes.html", codes=made)


def _codes_page(refusal: Refusal | None = None) -> Any:
    return page(
        "profile/codes.html",
        status=_code(refusal),
        errors=_errors(refusal),
        left=credentials.recovery_codes_left(reading(), reader().id),
        ways=signing.asked(_CODES, {}),
    )


# What changes of credentials have in common


def attempt(operation: str, verb: Callable[[Session], Made]) -> Made | Refusal:
    """Do what was signed, or return why not, logged and counted."""
    try:
        return database().write(verb)
    except Refusal as refusal:
        _refused(operation, refusal)
        return refusal


def _refused(operation: str, refusal: Refusal) -> None:
    signing.refused(refusal)
    attempts.log(operation, reader().login_id, [refusal])


def _code(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return _STATUS.get(type(refusal)) or status(refusal)


def _errors(refusal: Refusal | None) -> dict[str, str]:
    return {refusal.field: sentence(refusal)} if refusal else {}
