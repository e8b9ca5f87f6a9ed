"""ITMOs that a consistency check flagged: held until the records of both Parties agree.

A second factor signs that they are held, and that they are freed. Reviewers see the list.
"""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import itmo
from app.domain.article6_errors import NotItmos
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal, Required
from app.domain.itmo import Identifier
from app.domain.roles import DUTIES, Duty
from app.domain.serials import Range
from app.domain.text import normalise
from app.registry import bars
from app.store import issuances, itmos
from app.store.databases import AnyRow
from app.web import attempts, lives, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading

blueprint = Blueprint("holds", __name__, url_prefix="/portal/article6/holds")

_FLAG: Final = "flag ITMOs"
_FREE: Final = "free flagged ITMOs"
_REASON_MAX: Final = 1_000
_TYPED_MAX: Final = 200
#: Issuances of which a hold names the identifiers.
_NAMED_MAX: Final = 20


@blueprint.get("")
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    """Show what is held, and ask what else is to be."""
    return _list_page()


@blueprint.get("/new")
@requires(Duty.BAR_SERIALS)
def new() -> Any:
    """Show what would be held, to be signed."""
    typed = request.args.get("q", "").replace("\0", "")[:_TYPED_MAX]
    try:
        return _check_page(_understood(typed))
    except Refusal as refusal:
        return _list_page(refusal, typed)


@blueprint.post("")
@resumable
@requires(Duty.BAR_SERIALS)
def create() -> Any:
    """Hold what is signed."""
    typed = {name: request.form.get(name, "").replace("\0", "") for name in ("q", "reason")}
    try:
        wanted = _understood(typed["q"][:_TYPED_MAX])
    except Refusal as refusal:
        attempts.log(_FLAG, normalise(typed["q"])[:_TYPED_MAX], [refusal])
        return _list_page(refusal, typed["q"])
    if is_resumed():
        return _check_page(wanted, reason=typed["reason"])
    try:
        database().write(lambda session: _flagged(session, wanted, typed["reason"]))
    except Refusal as refusal:
        signing.refused(refusal)
        attempts.log(_FLAG, str(wanted), [refusal])
        if refusal.field == "q":
            return _list_page(refusal, typed["q"])
        return _check_page(wanted, refusal, typed["reason"])
    return redirect(url_for("holds.search"), 303)


@blueprint.route("/<int(max=9223372036854775807):identifier>/lifting", methods=["GET", "POST"])
@resumable
@requires(Duty.BAR_SERIALS)
def lift(identifier: int) -> Any:
    """Free what was held."""
    found = _found(identifier)
    if request.method == "GET":
        return _lift_page(found)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return _lift_page(found, reason=reason)
    try:
        database().write(lambda session: _lifted(session, found, reason))
    except Refusal as refusal:
        signing.refused(refusal)
        attempts.log(_FREE, str(Range(found.first, found.last)), [refusal])
        return _lift_page(found, refusal, reason)
    return redirect(url_for("holds.search"), 303)


def _flagged(session: Session, wanted: Range, reason: str) -> None:
    bars.flag(session, wanted, reason=reason[:_REASON_MAX], actor=reader().id, now=now())
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    signing.check(session, _FLAG, _signed(wanted))


def _lifted(session: Session, found: AnyRow, reason: str) -> None:
    bars.lift(session, found.id, reason=reason[:_REASON_MAX], actor=reader().id, now=now())
    signing.check(session, _FREE, _signed(Range(found.first, found.last)))


def _signed(wanted: Range) -> dict[str, Value]:
    return {"serials": str(wanted)}


def _understood(typed: str) -> Range:
    """Read the numbers to be held.

    Raises:
        Refusal: at the field "q".
    """
    if not normalise(typed):
        raise Required(field="q")
    return lives.understood(reading(), typed)


def _found(identifier: int) -> AnyRow:
    found = next((row for row in itmos.holds(reading()) if row.id == identifier), None)
    if found is None:
        raise NotFound("hold")
    return found


# Pages


def _list_page(refusal: Refusal | None = None, typed: str = "") -> Any:
    return page(
        "holds/search.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        rows=[(row, Range(row.first, row.last)) for row in itmos.holds(reading())],
        typed=typed,
        may_flag=reader().role in DUTIES[Duty.BAR_SERIALS],
    )


def _check_page(wanted: Range, refusal: Refusal | None = None, reason: str = "") -> Any:
    if not itmos.covers(reading(), wanted) and refusal is None:
        return _list_page(NotItmos(str(wanted), field="q"), str(wanted))
    return page(
        "holds/check.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        wanted=wanted,
        identifiers=_identifiers(wanted),
        reason=reason,
        reason_max=_REASON_MAX,
        ways=signing.asked(_FLAG, _signed(wanted)),
    )


def _lift_page(found: AnyRow, refusal: Refusal | None = None, reason: str = "") -> Any:
    wanted = Range(found.first, found.last)
    return page(
        "holds/lift.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        row=found,
        wanted=wanted,
        identifiers=_identifiers(wanted),
        reason=reason,
        reason_max=_REASON_MAX,
        ways=signing.asked(_FREE, _signed(wanted)),
    )


def _identifiers(wanted: Range) -> list[Identifier]:
    """Return the identifiers of what is held, one for each issuance."""
    session = reading()
    found = issuances.of_range(session, wanted, size=_NAMED_MAX)
    units = itmos.units(session, [row.id for row in found])
    return [
        itmo.identifier(
            units[row.id],
            Range(max(row.first, wanted.first), min(row.last, wanted.last)),
            row.vintage,
        )
        for row in found
        if row.id in units
    ]
