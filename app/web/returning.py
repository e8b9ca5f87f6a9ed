"""A form that came too late: kept through sign-in, and shown again with all that was typed.

Nothing is done by it: a view that is `@resumable` shows its form again, filled in, when it gets one
that `is_resumed`. Passwords and codes are not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

from flask import current_app, request
from werkzeug.exceptions import HTTPException

View = TypeVar("View", bound=Callable[..., Any])

#: Before the names of the fields, so that they are not those of the sign-in page.
PREFIX: Final = "kept_"
_RESUMED: Final = "resumed"
_SECRET: Final = frozenset({"code", "assertion", "passkey", "csrf_token", "secret"})


@dataclass(frozen=True)
class Kept:
    """Where a form goes on after sign-in, and what was typed in it."""

    resume: str
    fields: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """Where the form is posted to, under whatever the registry is served."""
        return request.script_root + quote(self.resume)


def resumable(view: View) -> View:
    """Mark a view that shows its form again when what it gets `is_resumed`."""
    view.resumable = True  # type: ignore[attr-defined]  # the mark that `late` looks for
    return view


def is_resumed() -> bool:
    """Tell whether the form was kept through sign-in: to be shown, not to be acted on."""
    return request.form.get(_RESUMED) == "yes"


def late() -> Kept | None:
    """Return the form that has just come too late, if its view can show it again."""
    if not _is_resumable(request.path):
        return None
    fields = tuple(
        (name, typed)
        for name, typed in request.form.items(multi=True)
        if name not in _SECRET and "password" not in name
    )
    return Kept(request.path, fields)


def carried() -> Kept | None:
    """Return the form that a page of sign-in carries along."""
    resume = request.form.get("resume", "")
    if not _is_resumable(resume):
        return None
    fields = tuple(
        (name.removeprefix(PREFIX), typed)
        for name, typed in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )
    return Kept(resume, fields)


def _is_resumable(path: str) -> bool:
    """Tell whether posting to a path of this registry shows a form again.

    Two slashes would lead to another site, and the map of addresses takes them for one.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return False
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return False
    return hasattr(current_app.view_functions.get(endpoint), "resumable")
