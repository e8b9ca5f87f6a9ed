"""The Party's own NDC: its period, method and emissions, saved; its balance and its reports.

Emissions and the target are typed; first transfers and uses are the ledger's alone.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.documents.adjustment_uploads import COLUMNS, NAMES
from app.domain import amounts
from app.domain.errors import NotFound, Refusal
from app.domain.roles import DUTIES, Duty
from app.registry import contributions as verbs
from app.registry.contributions import Said
from app.store import contributions as questions
from app.store.tables import Contribution
from app.web import adjustment_reports as reports
from app.web import attempts, words
from app.web.access import requires
from app.web.adjustment_forms import ANOTHER, FROM, LEDGERS, OWN, Typed, defaults
from app.web.adjustment_reports import Told
from app.web.adjustments import blueprint, choices
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import person_name, reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

__all__ = ["blueprint"]

_ADDRESS: Final = "/portal/article6/adjustments"
_SAVE: Final = "save contribution"
_TYPED: Final = tuple(column for column in COLUMNS if column not in LEDGERS)
_SEEN_MAX: Final = 64


@blueprint.get(_ADDRESS)
@requires(Duty.SEE_ARTICLE_6)
def own() -> Response:
    """Show an NDC period, the latest unless one is asked for, and what follows from it."""
    found = _found()
    return _page(found, _saved(found))


@blueprint.post(_ADDRESS)
@resumable
@requires(Duty.REPORT_ARTICLE_6)
def save() -> Any:
    """Save an NDC period, or change one."""
    typed = _of(request.form, {})
    typed.read()
    found = _replaced()
    if is_resumed():
        return _page(found, typed)
    if not typed.refusals:
        try:
            database().write(lambda session: _written(session, typed, found))
        except Refusal as refusal:
            typed.refuse(refusal)
    if typed.refusals:
        attempts.log(_SAVE, registry().party, typed.refusals.values())
        # What somebody else saved meanwhile is what the form then replaces.
        return _page(_replaced(), typed)
    period = typed.accounts[OWN].period
    return redirect(url_for("adjustments.own", period=period.first, saved="yes"), 303)


@blueprint.get(f"{_ADDRESS}.xlsx")
@requires(Duty.SEE_ARTICLE_6)
def own_book() -> Response:
    """Return the balance and the structured summary as an Excel file."""
    return reports.book(_report(), f"adjustments-{registry().party}")


@blueprint.get(f"{_ADDRESS}.json")
@requires(Duty.SEE_ARTICLE_6)
def own_document() -> Response:
    """Return the same as JSON."""
    return reports.document(_report(), f"adjustments-{registry().party}")


# What is asked for


def _found() -> Contribution | None:
    """Return the NDC period that the address names, else the latest; None for a new one."""
    if "new" in request.args:
        return None
    asked = _year(request.args.get("period", ""))
    if "period" in request.args:
        found = questions.by_first_year(reading(), registry().party, asked) if asked else None
        if found is None:
            raise NotFound("contribution")
        return found
    every = questions.of_party(reading(), registry().party)
    return every[-1] if every else None


def _replaced() -> Contribution | None:
    """Return the NDC period that the form changes, None for a new one."""
    first = _year(request.form.get("replaces", ""))
    return questions.by_first_year(reading(), registry().party, first) if first else None


def _year(text: str) -> int | None:
    try:
        return amounts.read_year(text.replace("\0", ""))
    except Refusal:
        return None


def _report() -> Told:
    """Return what the files are made of; there are none while it cannot be computed."""
    found = _found()
    try:
        told = reports.of_contribution(found, now=now()) if found else None
    except Refusal:
        told = None
    if told is None:
        raise NotFound("contribution")
    return told


# The form


def _of(given: "MultiDict[str, str]", told: Mapping[str, str]) -> Typed:
    typed = Typed.of(given, told)
    # The ledger's own columns are not for anybody to type.
    typed.figures = {place: text for place, text in typed.figures.items() if place[0] in _TYPED}
    typed.read_period()
    return typed


def _saved(found: Contribution | None) -> Typed:
    """Return the form as it was saved."""
    if found is None:
        return _of(MultiDict(), defaults(registry().ndc_years, registry().party))
    values = {
        "first_year": str(found.first_year),
        "last_year": str(found.last_year),
        FROM: str(found.first_year),
        "indicator": found.indicator,
        "method": found.method,
        "target": found.target or "",
        "unit": found.unit if amounts.tonnes_in(found.unit) else ANOTHER,
        "unit_name": "" if amounts.tonnes_in(found.unit) else found.unit,
    }
    given: MultiDict[str, str] = MultiDict(values)
    years = {one.year: one for one in found.years}
    for column in _TYPED:
        given.setlist(
            column,
            [
                getattr(years.get(year), column, None) or ""
                for year in questions.period(found).years
            ],
        )
    return _of(given, {})


def _written(session: Session, typed: Typed, found: Contribution | None) -> None:
    account = typed.accounts[OWN]
    said = Said(
        account.period,
        account.method,
        typed.unit,
        account.target,
        account.indicator,
        {year.year: year.emissions for year in account.years},
        {year.year: year.trajectory for year in account.years},
    )
    verbs.save(
        session,
        said,
        party=registry().party,
        replaces=found.first_year if found else None,
        seen=request.form.get("seen", "").replace("\0", "")[:_SEEN_MAX],
        actor=reader().id,
        now=now(),
    )


# The page


def _page(found: Contribution | None, typed: Typed) -> Response:
    told, unknown = None, ""
    try:
        told = reports.of_contribution(found, now=now()) if found else None
    except Refusal as refusal:
        unknown = sentence(refusal)
    every = questions.of_party(reading(), registry().party)
    refusals = typed.refusals.values()
    return page(
        "adjustments/own.html",
        status=max(map(status, refusals), default=200),
        errors=typed.errors(),
        typed=typed,
        found=found,
        told=told,
        unknown=unknown,
        periods=[(one, one is found) for one in every],
        party=registry().party,
        changed_by=person_name(found.changed_by) if found else "",
        seen=verbs.fingerprint(found) if found else "",
        may_save=reader().role in DUTIES[Duty.REPORT_ARTICLE_6],
        was_saved="saved" in request.args,
        last_year=now().year - 1,
        typed_columns={name: words.text(NAMES[name]) for name in _TYPED},
        **choices(),
    )
