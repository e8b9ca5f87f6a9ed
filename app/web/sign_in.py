"""Signing in and out: the password, then the second factor, or setting one up the first time."""

import re
from typing import Any, Final

from flask import Blueprint, Flask, Response, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.people_errors import Busy, SignInFailed, TooManyAttempts
from app.registry import second_factors, signing
from app.registry import sign_in as verbs
from app.registry.sign_in import Entered
from app.store import credentials
from app.store.tables import User
from app.web import factors, readers, returning, words
from app.web.access import come_back_with, person, public
from app.web.messages import sentence
from app.web.pages import page
from app.web.readers import Reader, reader
from app.web.returning import Kept
from app.web.sessions import database, now, reading, renew
from app.web.signing import Ways, given, ways

blueprint = Blueprint("sign_in", __name__)

#: Addresses to return to: ours, behind sign-in, nothing a browser would read as another site.
_OWN_ADDRESS: Final = re.compile(r"/(?:portal|applications)(?:[/?][^\x00-\x20\\]*)?")
_LOGIN_ID_MAX: Final = 200
_UNPROCESSABLE, _TOO_MANY, _UNAVAILABLE = 422, 429, 503


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    come_back_with(app, again)


# The password


@blueprint.get("/sign-in")
@public
def show() -> Any:
    if person() is not None:
        return _redirected()
    return _page(is_signed_out=request.args.get("signed_out") == "yes")


@blueprint.post("/sign-in")
@public
def create() -> Any:
    login_id, device, origin, at = (
        _typed_login_id(),
        readers.device_token(),
        readers.origin(),
        now(),
    )
    password = request.form.get("password", "")
    try:
        checked = verbs.check(
            reading(), login_id, password, device_token=device, origin=origin, now=at
        )
        _session_id, token = database().write(
            lambda session: verbs.begin(session, checked, origin=origin, now=at)
        )
    except SignInFailed as refusal:
        database().write(
            lambda session: verbs.failed(
                session, login_id, device_token=device, origin=origin, now=at
            )
        )
        return _page(_UNPROCESSABLE, {"login_id": sentence(refusal)}, kept=returning.carried())
    except TooManyAttempts as refusal:
        answer = _page(_TOO_MANY, {"": sentence(refusal)}, kept=returning.carried())
        answer.headers["Retry-After"] = str(refusal.minutes * 60)
        return answer
    except Busy as refusal:
        return _page(_UNAVAILABLE, {"": sentence(refusal)}, kept=returning.carried())
    _leave_former()
    readers.enter_half(token)
    renew()
    return _second(_half(), kept=returning.carried())


def again() -> Any:
    """Ask whoever sent a form after the session had ended to sign in and go on with it."""
    if request.endpoint == "sign_in.end":
        return redirect(url_for("sign_in.show", signed_out="yes"), 303)
    asked = None if request.blueprint == "sign_in" else request.path
    return _page(401, is_late=True, asked=asked, kept=returning.late())


def _page(
    status: int = 200,
    errors: dict[str, str] | None = None,
    *,
    asked: str | None = None,
    is_signed_out: bool = False,
    is_late: bool = False,
    kept: Kept | None = None,
) -> Any:
    return page(
        "sign_in/show.html",
        status=status,
        errors=errors or {},
        login_id=_typed_login_id(),
        next=request.values.get("next", "") if asked is None else asked,
        is_signed_out=is_signed_out,
        is_late=is_late,
        kept=kept,
        prefix=returning.PREFIX,
    )


# The second factor


@blueprint.get("/sign-in/code")
@public
def code() -> Any:
    found = readers.half()
    return _second(found) if found else redirect(url_for("sign_in.show"), 303)


@blueprint.post("/sign-in/code")
@public
def prove() -> Any:
    found = readers.half()
    if found is None:
        return _no_half()
    origin, at = readers.origin(), now()

    def enter(session: Session) -> Entered:
        verbs.prove(
            session,
            found.id,
            given(),
            challenge=_challenge(found),
            site=readers.site(),
            vault=readers.vault(),
            origin=origin,
            now=at,
        )
        return _entered(session, found)

    try:
        entered = database().write(enter)
    except SignInFailed as refusal:
        return _page(_UNPROCESSABLE, {"login_id": sentence(refusal)}, kept=returning.carried())
    except Refusal as refusal:
        _count(found, refusal)
        errors = {refusal.field: sentence(refusal)}
        return _code_page(found, _UNPROCESSABLE, errors, kept=returning.carried())
    _enter(entered)
    return _welcome(entered, returning.carried())


@blueprint.get("/sign-in/setup")
@public
def setup() -> Any:
    found = readers.half()
    return _second(found) if found else redirect(url_for("sign_in.show"), 303)


@blueprint.post("/sign-in/setup")
@public
def enrol() -> Any:
    """Set up the first second factor; nobody gets in before."""
    found = readers.half()
    if found is None:
        return _no_half()
    if credentials.factors(reading().connection(), found.id):
        return _second(found, kept=returning.carried())
    typed = factors.Typed.of_request()

    def add(session: Session) -> tuple[Entered, list[str]]:
        verbs.check_first_factor(session, found.id)
        user = session.get_one(User, found.id)
        factors.add(session, user, typed, _challenge(found))
        codes = second_factors.make_recovery_codes(
            session, user, origin=readers.origin(), now=now()
        )
        return _entered(session, found), codes

    try:
        entered, codes = database().write(add)
    except SignInFailed as refusal:
        return _page(_UNPROCESSABLE, {"login_id": sentence(refusal)}, kept=returning.carried())
    except Refusal as refusal:
        errors = {refusal.field: sentence(refusal)}
        return _setup_page(found, typed, _UNPROCESSABLE, errors, kept=returning.carried())
    _enter(entered)
    answer = page(
        "sign_in/codes.html",
        codes=codes,
        login_id=found.login_id,
        next=_back(),
        kept=returning.carried(),
    )
    readers.remember_device(answer, entered.device_token)
    return answer


def _second(found: Reader, *, kept: Kept | None = None) -> Any:
    """Ask for the second factor, or to set one up; what was posted is not to be posted again."""
    has_factor = bool(credentials.factors(reading().connection(), found.id))
    endpoint = "sign_in.code" if has_factor else "sign_in.setup"
    if kept is None and request.endpoint != endpoint:
        return redirect(url_for(endpoint, next=_asked() or None), 303)
    return _code_page(found, kept=kept) if has_factor else _setup_page(found, None, kept=kept)


def _code_page(
    found: Reader,
    status: int = 200,
    errors: dict[str, str] | None = None,
    *,
    kept: Kept | None = None,
) -> Any:
    asked: Ways = ways(found.id, _challenge(found), recovery=True)
    return page(
        "sign_in/code.html",
        status=status,
        errors=errors or {},
        ways=asked,
        next=_asked(),
        kept=kept,
        prefix=returning.PREFIX,
    )


def _setup_page(
    found: Reader,
    typed: "factors.Typed | None",
    status: int = 200,
    errors: dict[str, str] | None = None,
    *,
    kept: Kept | None = None,
) -> Any:
    return page(
        "sign_in/setup.html",
        status=status,
        errors=errors or {},
        offer=factors.offer(found, typed, _challenge(found)),
        next=_asked(),
        kept=kept,
        prefix=returning.PREFIX,
    )


def _no_half() -> Any:
    """Answer a second factor that comes too late, or twice, or from nobody."""
    if person() is not None:
        return _redirected()
    return _page(401, is_late=True, asked=_asked(), kept=returning.carried())


def _half() -> Reader:
    found = readers.half()
    assert found is not None, "the half session was just made"
    return found


def _challenge(found: Reader) -> bytes:
    return signing.challenge(found.token, signing.content("sign in", {}))


def _entered(session: Session, found: Reader) -> Entered:
    return verbs.enter(
        session,
        found.id,
        found.session_id,
        device_token=readers.device_token(),
        origin=readers.origin(),
        now=now(),
    )


def _count(found: Reader, refusal: Refusal) -> None:
    origin, at = readers.origin(), now()
    database().write(
        lambda session: verbs.wrong_code(session, found.id, refusal, origin=origin, now=at)
    )


def _enter(entered: Entered) -> None:
    renew()
    readers.enter(entered.token)


def _welcome(entered: Entered, kept: Kept | None) -> Any:
    answer = resume(kept) if kept else _redirected()
    readers.remember_device(answer, entered.device_token)
    return answer


def resume(kept: Kept, status: int = 200) -> Any:
    """Lead somebody who has signed in again back to a form that came too late."""
    return page("sign_in/resume.html", status=status, kept=kept)


# Out, and on


@blueprint.post("/sign-out")
@public
def end() -> Any:
    _leave_former()
    readers.leave()
    answer = redirect(url_for("sign_in.show", signed_out="yes"), 303)
    # What a browser kept of the pages, against our word, goes as well (ASVS 14.3.1).
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _leave_former() -> None:
    """End the session that the browser has, if it has one."""
    if person() is None:
        return
    found, origin, at = reader(), readers.origin(), now()
    database().write(
        lambda session: verbs.leave(session, found.session_id, found.id, origin=origin, now=at)
    )


@blueprint.post("/session/extension")
@public
def extend() -> Any:
    """Go on: the click itself is what counts; 401 when it came too late."""
    if person() is None:
        return "", 401
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return redirect(_back(), 303)
    return "", 204


def _redirected() -> Response:
    return make_response(redirect(_back(), 303))


def _typed_login_id() -> str:
    return request.form.get("login_id", "").replace("\0", "")[:_LOGIN_ID_MAX]


def _asked() -> str:
    asked = request.values.get("next", "")
    return asked if _OWN_ADDRESS.fullmatch(asked) and not words.climbs(asked) else ""


def _back() -> str:
    """Return the page asked for before sign-in if it is one of ours, else HOME."""
    asked = _asked()
    return request.script_root + asked if asked else url_for("home.show")
