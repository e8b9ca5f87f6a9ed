"""My second factors: add one, after proving one that is there, and remove one."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, redirect, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refusal
from app.domain.people_errors import FactorLast
from app.registry import second_factors
from app.registry import signing as signatures
from app.store import credentials
from app.store.databases import AnyRow
from app.store.tables import SecondFactor, User
from app.web import factors, readers, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.own_credentials import attempt
from app.web.pages import page
from app.web.readers import reader
from app.web.sessions import now, reading

blueprint = Blueprint("own_factors", __name__, url_prefix="/portal/profile/factors")

_ADD: Final = "add second factor"
_REMOVE: Final = "remove second factor"
#: For how long a factor that was proved lets its person add another one.
_PROVEN: Final = timedelta(minutes=10)
_KEPT: Final = "proven"


# Adding one


@blueprint.get("/proof")
@requires()
def start() -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("own_factors.new"), 303)


@blueprint.get("/new")
@requires()
def new() -> Any:
    return _new_page() if _is_proven() else _proof_page()


@blueprint.post("/proof")
@requires()
def prove() -> Any:
    proven = attempt(_ADD, lambda session: signing.check(session, _ADD, {}))
    if isinstance(proven, Refusal):
        return _proof_page(proven)
    cookie[_KEPT] = [reader().session_id, int(now().timestamp())]
    return redirect(url_for("own_factors.new"), 303)


@blueprint.post("/new")
@requires()
def add() -> Any:
    typed = factors.Typed.of_request()
    if not _is_proven():
        return redirect(url_for("own_factors.new"), 303)

    def added(session: Session) -> SecondFactor:
        return factors.add(session, session.get_one(User, reader().id), typed, _challenge())

    made = attempt(_ADD, added)
    if isinstance(made, Refusal):
        return _new_page(typed, made)
    cookie.pop(_KEPT)
    return redirect(url_for("profile.search", done="factor", _anchor="factors"), 303)


def _is_proven() -> bool:
    """Tell whether a factor was proved in this very session a moment ago."""
    session_id, at = cookie.get(_KEPT, (0, 0))
    age = now() - datetime.fromtimestamp(at, tz=UTC)
    return session_id == reader().session_id and age < _PROVEN


def _challenge() -> bytes:
    return signatures.challenge(reader().token, signatures.content("new second factor", {}))


def _proof_page(refusal: Refusal | None = None) -> Any:
    return page(
        "profile/proof.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        ways=signing.asked(_ADD, {}),
    )


def _new_page(typed: factors.Typed | None = None, refusal: Refusal | None = None) -> Any:
    return page(
        "profile/factor.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        offer=factors.offer(reader(), typed, _challenge()),
    )


# Removing one


@blueprint.get("/<int:identifier>/removal")
@requires()
def removal(identifier: int) -> Any:
    return _removal_page(_own(identifier))


@blueprint.post("/<int:identifier>/removal")
@requires()
def remove(identifier: int) -> Any:
    found, me, origin, at = _own(identifier), reader(), readers.origin(), now()

    def removed(session: Session) -> None:
        signing.check(session, _REMOVE, {"factor": identifier})
        user = session.get_one(User, me.id)
        if second_factors.remove(session, user, identifier, origin=origin, now=at) is None:
            raise NotFound("second factor")

    ended = attempt(_REMOVE, removed)
    if isinstance(ended, Refusal):
        return _removal_page(found, ended)
    return redirect(url_for("profile.search", done="removed", _anchor="factors"), 303)


def _own(identifier: int) -> AnyRow:
    """Return one of the reader's own factors; another's is as good as none."""
    for one in credentials.factors(reading().connection(), reader().id):
        if one.id == identifier:
            return one
    raise NotFound("second factor")


def _removal_page(found: AnyRow, refusal: Refusal | None = None) -> Any:
    is_last = len(credentials.factors(reading().connection(), reader().id)) == 1
    where = "code" if refusal and refusal.field == "code" else ""
    return page(
        "profile/removal.html",
        status=status(refusal) if refusal else 200,
        errors={where: sentence(refusal)} if refusal else {},
        found=found,
        hindered=sentence(FactorLast()) if is_last else None,
        ways=signing.asked(_REMOVE, {"factor": found.id}),
    )
