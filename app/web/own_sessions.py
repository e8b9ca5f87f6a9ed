"""My sessions: end one of them, or all but this one."""

from typing import Any

from flask import Blueprint, redirect, url_for

from app.domain.errors import NotFound
from app.registry import sessions
from app.web.access import requires
from app.web.readers import origin, reader
from app.web.sessions import database, now

blueprint = Blueprint("own_sessions", __name__, url_prefix="/portal/profile/sessions")


@blueprint.get("/others/end")
@blueprint.get("/<int:identifier>/end")
@requires()
def start(identifier: int = 0) -> Any:  # noqa: ARG001  the address names it
    """Lead whoever had to sign in first to the list."""
    return redirect(url_for("profile.search"), 303)


@blueprint.post("/<int:identifier>/end")
@requires()
def end(identifier: int) -> Any:
    me, where, at = reader(), origin(), now()
    is_mine = database().write(
        lambda session: sessions.end_own(session, me.id, identifier, origin=where, now=at)
    )
    if not is_mine:
        raise NotFound("session")
    return redirect(url_for("profile.search", done="session", _anchor="sessions"), 303)


@blueprint.post("/others/end")
@requires()
def end_others() -> Any:
    me, where, at = reader(), origin(), now()
    database().write(
        lambda session: sessions.end_all(
            session,
            me.id,
            because="ended by its person",
            besides=me.session_id,
            origin=where,
            now=at,
        )
    )
    return redirect(url_for("profile.search", done="sessions", _anchor="sessions"), 303)
