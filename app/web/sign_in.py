"""Signing in and out, and who is signed in: one session cookie, idle for half an hour at most."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from flask import Blueprint, Flask, redirect, request, url_for
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from app.domain.errors import SignInFailed
from app.domain.roles import Role
from app.registry import logs, people
from app.store import people as people_questions
from app.store.databases import AnyRow
from app.store.tables import User
from app.web.access import person, public, sign_in_with
from app.web.messages import sentence
from app.web.pages import page
from app.web.sessions import database, reading

blueprint = Blueprint("sign_in", __name__)

#: Addresses to return to: ours, behind sign-in, nothing a browser would read as another site.
_OWN_ADDRESS: Final = re.compile(r"/portal(?:[/?][^\x00-\x20\\]*)?")
_LOGIN_ID_MAX: Final = 200
#: Where a form that came too late goes on: to the form again, filled in, never to what it does.
_FORM_ADDRESS: Final = re.compile(r"/portal/[a-z-]+/new")
#: Before the names of its fields, so that they are not those of the sign-in page.
_KEPT: Final = "kept_"


@dataclass
class Reader(UserMixin):  # type: ignore[misc]  # Flask-Login comes without types
    """Someone signed in, as the pages of the portal need to know them."""

    id: int
    login_id: str
    name_en: str
    name_ja: str
    role: Role | None
    language: str
    is_demo: bool
    previous_sign_in_at: datetime | None
    fingerprint: str

    @classmethod
    def of(cls, user: User | AnyRow) -> "Reader":
        return cls(
            user.id,
            user.login_id,
            user.name_en,
            user.name_ja,
            user.role,
            user.language,
            user.is_demo,
            user.previous_sign_in_at,
            _fingerprint(user),
        )

    def get_id(self) -> str:
        """Return what the cookie keeps; a new password ends every session of the old one."""
        return f"{self.id}.{self.fingerprint}"


def register(app: Flask) -> None:
    manager = LoginManager()
    manager.user_loader(_load)
    # Not init_app: its hook for remember-me cookies, of which there are none, reads the session
    # on every answer, so that no cache could keep even a public page.
    app.login_manager = manager  # type: ignore[attr-defined]  # where Flask-Login looks for it
    # The cookie is renewed by requests of someone signed in and not by those for static files.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    sign_in_with(app, _signed_in)
    app.add_template_global(person, "person")
    app.register_blueprint(blueprint)


def reader() -> Reader:
    """Return who is signed in, in a view that requires it."""
    return cast("Reader", person())


@blueprint.get("/sign-in")
@public
def show() -> Any:
    if person() is not None:
        return redirect(_back(), 303)
    return _page(is_signed_out=request.args.get("signed_out") == "yes")


@blueprint.post("/sign-in")
@public
def create() -> Any:
    login_id = _typed_login_id()
    now = datetime.now(UTC)

    def sign_in(session: Session) -> Reader:
        return Reader.of(people.sign_in(session, checked, address=request.remote_addr, now=now))

    try:
        password = request.form.get("password", "")
        checked = people.check_password(reading(), login_id, password)
        found = database().write(sign_in)
    except SignInFailed as refusal:
        _log_failure(login_id, now)
        return _page(status=422, errors={"login_id": sentence(refusal)}, kept=_kept())
    # Nothing of the session before survives: neither its identity nor its form tokens.
    cookie.clear()
    cookie.permanent = True
    login_user(found)
    kept = _kept()
    if kept is not None:
        return page("sign_in/resume.html", resume=kept.resume, fields=kept.fields)
    return redirect(_back(), 303)


def again() -> Any:
    """Ask whoever sent a form after the session had ended to sign in and go on with it."""
    given = request.view_args or {}
    if request.endpoint == "sign_in.end":
        return redirect(url_for("sign_in.show", signed_out="yes"), 303)
    fields = {name: typed for name, typed in request.form.items() if name != "csrf_token"}
    kept = (
        _Kept(url_for("transfers.change", word=given["word"]), fields) if "word" in given else None
    )
    asked = None if request.endpoint == "sign_in.create" else request.path
    return _page(status=401, is_late=True, asked=asked, kept=kept)


@dataclass(frozen=True)
class _Kept:
    """A form that came too late: where it goes on after sign-in, and what was typed in it."""

    resume: str
    fields: dict[str, str]


def _kept() -> _Kept | None:
    """Return the form that the sign-in page carries along; it leads to a form and does nothing."""
    resume = request.form.get("resume", "")
    if not _FORM_ADDRESS.fullmatch(resume.removeprefix(request.script_root)):
        return None
    fields = {
        name.removeprefix(_KEPT): typed
        for name, typed in request.form.items()
        if name.startswith(_KEPT)
    }
    return _Kept(resume, fields)


def _page(
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    asked: str | None = None,
    is_signed_out: bool = False,
    is_late: bool = False,
    kept: _Kept | None = None,
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
        prefix=_KEPT,
    )


@blueprint.post("/sign-out")
@public
def end() -> Any:
    found = person()
    if found is not None:
        login_id, user_id, address = reader().login_id, found.id, request.remote_addr
        now = datetime.now(UTC)
        database().write(
            lambda session: logs.access(
                session, login_id, "signed out", user_id=user_id, address=address, now=now
            )
        )
    cookie.clear()
    return redirect(url_for("sign_in.show", signed_out="yes"), 303)


def _typed_login_id() -> str:
    return request.form.get("login_id", "").replace("\0", "")[:_LOGIN_ID_MAX]


def _log_failure(login_id: str, now: datetime) -> None:
    address = request.remote_addr
    database().write(
        lambda session: people.failed_sign_in(session, login_id, address=address, now=now)
    )


def _back() -> str:
    """Return the page asked for before sign-in if it is one of ours, else HOME."""
    asked = request.values.get("next", "")
    if _OWN_ADDRESS.fullmatch(asked):
        return request.script_root + asked
    return url_for("home.show")


def _load(kept: str) -> Reader | None:
    """Return the person a cookie names, unless deactivated or since given another password."""
    identifier, _, fingerprint = kept.partition(".")
    user = people_questions.known(reading(), int(identifier)) if identifier.isdecimal() else None
    if user is None or not user.is_active or fingerprint != _fingerprint(user):
        return None
    return Reader.of(user)


def _signed_in() -> Reader | None:
    if not current_user.is_authenticated:
        return None
    cookie.modified = True
    return cast("Reader", current_user)


def _fingerprint(user: User | AnyRow) -> str:
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]
