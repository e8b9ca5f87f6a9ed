"""Who may open a page: every view says `@public` or `@requires(...)`, or the app does not start."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for

from app.domain.roles import DUTIES, Duty, Role

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

#: The endpoint that signs people in; it takes the address to return to as `next`.
SIGN_IN: Final = "sign_in.show"


class Person(Protocol):
    """Someone signed in, as pages need to know them."""

    id: int
    role: Role | None
    language: str


def sign_in_with(app: Flask, finder: Callable[[], Person | None]) -> None:
    """Let `finder` tell who is signed in; it is asked at most once a request."""
    app.extensions["person"] = finder


def person() -> Person | None:
    """Return who is signed in, or None."""
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

    Rights on one account are checked where the account is fetched, not here.
    """

    def mark(view: Callable[Given, Any]) -> Callable[Given, Any]:
        @wraps(view)
        def guarded(*given: Given.args, **named: Given.kwargs) -> Any:
            reader = person()
            if reader is None:
                return _sign_in_first()
            if needed and not any(_has(reader.role, one) for one in needed):
                abort(403)
            return view(*given, **named)

        guarded.access = needed  # type: ignore[attr-defined]  # the mark that `check` looks for
        return guarded

    return mark


def check(app: Flask) -> None:
    """Refuse to start while a view says neither who may open it nor that everyone may."""
    silent = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if not endpoint.endswith("static") and not hasattr(view, "access")
    )
    if silent:
        raise RuntimeError(f"neither @public nor @requires: {', '.join(silent)}")


def _has(role: Role | None, needed: Role | Duty) -> bool:
    return role in DUTIES[needed] if isinstance(needed, Duty) else role is needed


def _sign_in_first() -> Any:
    """Lead to sign-in and back; a page that htmx would swap a part of is left as a whole."""
    back = request.full_path.rstrip("?") if request.method == "GET" else request.path
    address = url_for(SIGN_IN, next=back)
    if request.headers.get("HX-Request") == "true":
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)
