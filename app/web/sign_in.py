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
    back = _back()
    if person() is not None:
        return redirect(back, 303)
    return page(
        "sign_in/show.html",
        login_id="",
        next=request.args.get("next", ""),
        is_signed_out=request.args.get("signed_out") == "yes",
    )


@blueprint.post("/sign-in")
@public
def create() -> Any:
    login_id = request.form.get("login_id", "").replace("\0", "")[:_LOGIN_ID_MAX]
    now = datetime.now(UTC)

    def sign_in(session: Session) -> Reader:
        password = request.form.get("password", "")
        address = request.remote_addr
        return Reader.of(people.sign_in(session, login_id, password, address=address, now=now))

    try:
        found = database().write(sign_in)
    except SignInFailed as refusal:
        _log_failure(login_id, now)
        return page(
            "sign_in/show.html",
            status=422,
            errors={"login_id": sentence(refusal)},
            login_id=login_id,
            next=request.values.get("next", ""),
            is_signed_out=False,
        )
    # Nothing of the session before survives: neither its identity nor its form tokens.
    cookie.clear()
    cookie.permanent = True
    login_user(found)
    return redirect(_back(), 303)


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
