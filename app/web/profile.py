"""My profile: name, language, password, second factors, sessions and history on one page."""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for

from app.domain.access import FAILURES, OUTCOME_NAMES
from app.domain.people import STATE_NAMES, State
from app.domain.requests import Kind, Status
from app.domain.roles import ROLE_NAMES
from app.registry import people
from app.store import credentials, logs, requests, sessions
from app.store.logs import Accesses
from app.store.requests import Filter
from app.store.tables.credentials import Method
from app.store.tables.sessions import Stage
from app.web.access import requires
from app.web.pages import page
from app.web.readers import reader
from app.web.sessions import database, now, reading
from app.web.words import LANGUAGES

blueprint = Blueprint("profile", __name__, url_prefix="/portal/profile")

_RECENT: Final = 20


@blueprint.get("/")
@requires()
def search() -> Any:
    session, me = reading(), reader()
    about_me = requests.find(session, Filter(user_id=me.id), size=_RECENT)
    return page(
        "profile/show.html",
        me=me,
        done=request.args.get("done", ""),
        role_name=ROLE_NAMES[me.role] if me.role else None,
        state_name=STATE_NAMES[State.ACTIVE],
        factors=credentials.factors(session.connection(), me.id),
        codes_left=credentials.recovery_codes_left(session, me.id),
        sessions=sessions.open_of(session, me.id, now()),
        about_me=about_me,
        is_changing=any(
            row.kind is Kind.CHANGE_DETAILS and row.status is Status.WAITING for row in about_me
        ),
        accesses=logs.accesses(session, Accesses(user_id=me.id), size=_RECENT),
        outcome_names=OUTCOME_NAMES,
        failures=FAILURES,
        Method=Method,
        Stage=Stage,
    )


@blueprint.post("/language")
@requires()
def language() -> Any:
    """Change the language at once: for the pages of this browser too, and for mail."""
    chosen = request.form.get("chosen", "")
    if chosen not in LANGUAGES:
        return redirect(url_for("profile.search"), 303)
    database().write(lambda session: people.set_language(session, reader().id, chosen))
    back = url_for("profile.search", done="language")
    return redirect(url_for("words.choose", chosen=chosen, back=back), 303)
