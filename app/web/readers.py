"""Who is signed in: the session of a request, found by the token that the cookie carries.

Flask-Login keeps the token; the session itself is a row that anyone entitled can end. The cookie,
which is signed, also says when the last click was, so that half an hour is half an hour to the
second although the row is written once a minute only.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user

from app.domain import access
from app.domain.people import State
from app.domain.roles import Role
from app.registry import sessions as verbs
from app.registry.logs import Origin
from app.registry.second_factors import Site
from app.registry.vaults import Vault, hashed
from app.store import people, sessions
from app.store.databases import AnyRow
from app.store.tables.sessions import Stage
from app.web import cookies, words
from app.web.access import person, sign_in_with
from app.web.sessions import database, now, reading, registry

_SEEN: Final = "seen"
#: The token of a session in which the second factor is still to come.
_HALF: Final = "half"
_DEVICE_SECONDS: Final = 365 * 24 * 60 * 60

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass
class Reader(UserMixin):  # type: ignore[misc]  # Flask-Login comes without types
    """Someone signed in, as the pages of the portal need to know them."""

    id: int
    login_id: str
    name_en: str
    name_ja: str
    role: Role | None
    language: str
    email: str | None
    is_demo: bool
    previous_sign_in_at: datetime | None
    previous_sign_in_address: str | None
    failures_before: int
    session_id: int
    token: str
    seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: AnyRow, token: str) -> "Reader":
        return cls(
            id=row.id,
            login_id=row.login_id,
            name_en=row.name_en,
            name_ja=row.name_ja,
            role=row.role,
            language=row.language,
            email=row.email,
            is_demo=row.is_demo,
            previous_sign_in_at=row.previous_sign_in_at,
            previous_sign_in_address=row.previous_sign_in_address,
            failures_before=row.failures_before,
            session_id=row.session_id,
            token=token,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
        )

    def get_id(self) -> str:
        """Return what the cookie keeps: the token of the session."""
        return self.token


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
    app.add_template_global(ends_at, "session_ends_at")
    app.add_template_global(seconds_left, "session_seconds")
    app.after_request(_note)


def reader() -> Reader:
    """Return who is signed in, in a view that requires it."""
    return cast("Reader", person())


def half() -> Reader | None:
    """Return who has given the password and not yet the second factor, or None."""
    token = cookie.get(_HALF, "")
    row = sessions.of_token(reading(), hashed(token)) if token else None
    if row is None or not _is_open(row) or row.stage is not Stage.PASSWORD:
        return None
    return Reader.of(row, token)


def enter_half(token: str) -> None:
    """Keep the token of a half session; nothing of the session before survives."""
    cookie.clear()
    cookie.permanent = True
    cookie[_HALF] = token


def enter(token: str) -> None:
    """Keep the token of a whole session, and let this very request be that person's."""
    cookie.clear()
    cookie.permanent = True
    row = sessions.of_token(reading(), hashed(token))
    assert row is not None, "the session was just made"
    login_user(Reader.of(row, token))
    g.pop("person", None)
    cookie[_SEEN] = int(now().timestamp())


def leave() -> None:
    """Forget the session."""
    cookie.clear()
    g.pop("person", None)


def ends_at() -> datetime:
    """Return when the session ends if nobody clicks: idle for half an hour, or at its limit."""
    return min(now() + access.IDLE, reader().expires_at)


def seconds_left() -> dict[str, int]:
    """Return how long the session lasts without a click and at most, and when to warn.

    In seconds from now, as nobody knows what time a browser takes it to be.
    """
    return {
        "idle": int(access.IDLE.total_seconds()),
        "limit": int((reader().expires_at - now()).total_seconds()),
        "warning": int(access.WARNING.total_seconds()),
    }


def person_name(user_id: int) -> str:
    """Return what a person is called, in the language of the page."""
    found = people.by_id(reading(), user_id)
    assert found is not None, "people are never removed"
    return found.name_ja if words.language() == "ja" else found.name_en


# What is known of a request


def origin() -> Origin:
    """Return where the request came from."""
    return Origin(request.remote_addr, device())


def device() -> str:
    """Return browser and system in words, such as "Firefox, Windows"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or "?"


def device_token() -> str:
    """Return the token by which this browser is known, or nothing."""
    return request.cookies.get(cookies.own(cookies.DEVICE), "")[:100]


def remember_device(answer: Response, token: str) -> None:
    """Let the browser be known again next time."""
    answer.set_cookie(
        cookies.own(cookies.DEVICE),
        token,
        max_age=_DEVICE_SECONDS,
        httponly=True,
        secure=registry().tls,
        samesite="Lax",
    )


def site() -> Site:
    """Return what passkeys are bound to: the origin and host of this very address."""
    origin = request.host_url.rstrip("/")
    return Site(origin, urlsplit(origin).hostname or "", registry().name.en)


def has_passkeys() -> bool:
    """Tell whether browsers make passkeys here: under a name, never under a bare IP address."""
    try:
        ip_address(site().host)
    except ValueError:
        return True
    return False


def vault() -> Vault:
    """Return what seals and opens with the registry's secret key."""
    found: Vault = current_app.extensions["vault"]
    return found


# The session behind the cookie


def _load(token: str) -> Reader | None:
    row = sessions.of_token(reading(), hashed(token))
    if row is None or row.stage is not Stage.FULL or not _is_open(row):
        return None
    clicked = datetime.fromtimestamp(cookie.get(_SEEN, 0), tz=row.seen_at.tzinfo)
    # The row is written once a minute, the cookie at every click of this browser.
    if now() - max(row.seen_at, clicked) >= access.IDLE:
        return None
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    return Reader.of(row, _renewed(row, token) if row.renew and is_page else token)


def _renewed(row: AnyRow, token: str) -> str:
    """Return the other token that a session gets after a change of powers.

    The page is made with it already, as a passkey signs nothing for a token that is gone. Of two
    requests that come together one gets it; the other leaves the cookie alone.
    """
    renewed = database().write(lambda session: verbs.renew(session, row.session_id))
    if renewed is None:
        g.is_late_for_cookie = True
        return token
    cookie["_user_id"] = renewed
    return renewed


def _is_open(row: AnyRow) -> bool:
    return row.ended_at is None and now() < row.expires_at and row.state is State.ACTIVE


def _signed_in() -> Reader | None:
    # Without a token there is nothing to ask, and the session stays untouched.
    if not current_user.is_authenticated:
        return None
    return cast("Reader", current_user)


def _note(answer: Response) -> Any:
    """Note the click of someone signed in."""
    found = g.get("person")
    if found is None or "_user_id" not in cookie or "is_late_for_cookie" in g:
        return answer
    at = now()
    cookie[_SEEN] = int(at.timestamp())
    if at - found.seen_at >= access.GRAIN:
        database().write(lambda session: verbs.seen(session, found.session_id, now=at))
    return answer
