"""Who may open a page: every view says `@public` or `@requires(...)`, or the app does not start."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for

from app.domain.roles import DUTIES, Duty, Role, is_administrator

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

#: The endpoint that signs people in; it takes the address to return to as `next`.
SIGN_IN: Final = "sign_in.show"


#: What a reviewer, who comes from outside, opens besides the pages that name a duty of reviewers.
_OWN: Final = frozenset(
    {
        "home",
        "notifications",
        "profile",
        "own_details",
        "own_credentials",
        "own_factors",
        "own_sessions",
        "access_log",
        "requests",
        "request_decisions",
    }
)

#: Where programs read what is public: nobody is signed in there, and no cookie is looked at.
API: Final = "/api/"


class Person(Protocol):
    """Someone signed in, as pages need to know them."""

    id: int
    role: Role | None
    language: str


def sign_in_with(app: Flask, finder: Callable[[], Person | None]) -> None:
    """Let `finder` tell who is signed in; it is asked at most once a request."""
    app.extensions["person"] = finder


def come_back_with(app: Flask, again: Callable[[], Any]) -> None:
    """Let `again` answer a form that came after its session had ended."""
    app.extensions["again"] = again


def by_program() -> bool:
    """Tell whether the request is one of a program for public data."""
    return request.path.startswith(API)


def person() -> Person | None:
    """Return who is signed in, or None."""
    if by_program():
        return None
    if "person" not in g:
        finder = current_app.extensions.get("person")
        g.person = finder() if finder else None
    found: Person | None = g.person
    return found


def public(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Mark a view that everyone may open."""
    view.access = "public"  # type: ignore[attr-defined]  # the mark that `check` looks for
    return view


def requires(
    *needed: Role | Duty,
) -> Callable[[Callable[Given, Any]], Callable[Given, Any]]:
    """Mark a view for people signed in: any of them, or those with one of these roles or duties.

    Without any it is for all but reviewers, who have their own things and their duties alone.
    Rights on one account are checked where the account is fetched, not here.
    """

    def mark(view: Callable[Given, Any]) -> Callable[Given, Any]:
        @wraps(view)
        def guarded(*given: Given.args, **named: Given.kwargs) -> Any:
            reader = person()
            if reader is None:
                return sign_in_first()
            if not _opens(reader.role, needed, request.blueprint or ""):
                abort(403)
            return view(*given, **named)

        guarded.access = needed  # type: ignore[attr-defined]  # the mark that `check` looks for
        return guarded

    return mark


def may_open(endpoint: str) -> bool:
    """Tell whether whoever asks may open the page of an endpoint, as far as roles go."""
    needed = getattr(current_app.view_functions[endpoint], "access", ())
    reader = person()
    return needed == "public" or (
        reader is not None and _opens(reader.role, needed, endpoint.partition(".")[0])
    )


def check(app: Flask) -> None:
    """Refuse to start while a view says neither who may open it nor that everyone may."""
    silent = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if not endpoint.endswith("static") and not hasattr(view, "access")
    )
    if silent:
        raise RuntimeError(f"neither @public nor @requires: {', '.join(silent)}")


def _opens(role: Role | None, needed: tuple[Role | Duty, ...], blueprint: str) -> bool:
    if needed:
        return any(_has(role, one) for one in needed)
    return role is None or is_administrator(role) or blueprint in _OWN


def _has(role: Role | None, needed: Role | Duty) -> bool:
    return role in DUTIES[needed] if isinstance(needed, Duty) else role is needed


def sign_in_first() -> Any:
    """Lead to sign-in and back; a page that htmx would swap a part of is left as a whole."""
    if request.headers.get("HX-Request") == "true":
        address = url_for(SIGN_IN, next=_page_of_part() or None)
        return "", 401, {"HX-Redirect": address}
    if request.method != "GET" and "again" in current_app.extensions:
        return current_app.extensions["again"]()
    back = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url_for(SIGN_IN, next=back), 303)


def _page_of_part() -> str:
    """Return the address of the page in which htmx asked, below the registry's own."""
    root = request.root_url.rstrip("/")
    current = request.headers.get("HX-Current-URL", "")
    if current.startswith(f"{root}/"):
        return current.removeprefix(root)
    return request.full_path.rstrip("?") if request.method == "GET" else ""
