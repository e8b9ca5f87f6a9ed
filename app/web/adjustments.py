"""The calculator of corresponding adjustments: figures typed or uploaded, the ledger's filled in.

What is typed stands in the address, so that a result can be shared and printed. Uploading a table
puts its figures into the address; nothing is kept.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from app.documents import adjustment_uploads as uploads
from app.documents.adjustment_uploads import COLUMNS, NAMES, YEAR
from app.documents.csvs import lines
from app.domain import amounts
from app.domain.adjustments import INDICATOR_NAMES, METHOD_NAMES, VERDICT_NAMES
from app.domain.errors import NotFound, Refusal, Required
from app.domain.text import Text
from app.domain.upload_errors import TableTooLarge
from app.store import adjustments as questions
from app.web import adjustment_reports as reports
from app.web import adjustment_results as results
from app.web import words
from app.web.access import public
from app.web.adjustment_examples import example
from app.web.adjustment_forms import ANOTHER, OTHER, OWN, SIDES, Typed, defaults
from app.web.adjustment_reports import Told
from app.web.attachments import read_away
from app.web.disclosure import download
from app.web.messages import sentence
from app.web.pages import page
from app.web.sessions import now, reading, registry

blueprint = Blueprint("adjustments", __name__)

_ADDRESS: Final = f"{words.PREFIX}/article6/adjustments"
_TOO_LARGE: Final = 413
#: More fields than any form of the calculator has.
_FIELDS_MAX: Final = 500
#: What the Parties are called where they have no names.
_NAMELESS: Final = {
    OWN: Text("This Party", "この締約国"),
    OTHER: Text("The other Party", "相手の締約国"),
}


@blueprint.record_once
def _prepare(state: Any) -> None:
    """Let templates print amounts; the upload changes nothing, so its form carries no token."""
    state.app.add_template_filter(amounts.shown, "amount")
    state.app.extensions["csrf"].exempt(f"{__name__}.{upload.__name__}")


@blueprint.get(_ADDRESS)
@public
def calculator() -> Response:
    """Show the form with what the address says and, if all of it can be read, the results."""
    return _page(_typed(request.args))


@blueprint.post(_ADDRESS)
@public
def upload() -> Any:
    """Put the figures of an uploaded table into the form that was shown."""
    typed = _typed(_shown())
    side = OTHER if request.form.get("side") == OTHER else OWN
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Required
        typed.take(side, uploads.read(sent.read()))
    except Refusal as refusal:
        refusal.field = "file"
        typed.refuse(refusal)
        return _page(typed)
    return redirect(f"{url_for('adjustments.calculator')}?{typed.query()}", 303)


@blueprint.get(f"{_ADDRESS}.csv")
@public
def table() -> Response:
    """Return a Party's figures as a table that can be filled in and uploaded again."""
    typed = _typed(request.args)
    side = OTHER if request.args.get("side") == OTHER else OWN
    rows = "".join(lines((YEAR, *COLUMNS), _rows(typed, side)))
    return download(rows.encode(), "text/csv", "adjustments.csv")


@blueprint.get(f"{_ADDRESS}.xlsx")
@public
def book() -> Response:
    """Return a Party's results as an Excel file, or the page where there are none."""
    return _report(reports.book)


@blueprint.get(f"{_ADDRESS}.json")
@public
def document() -> Response:
    """Return the same as JSON."""
    return _report(reports.document)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """Say at the file that it is larger than what is taken."""
    read_away()
    typed = _typed(MultiDict())
    typed.refuse(TableTooLarge(uploads.LIMITS.content, field="file"))
    return _page(typed, _TOO_LARGE)


def _typed(given: "MultiDict[str, str]") -> Typed:
    """Return the form as it was sent; what the ledger knows is filled in where nothing was said."""
    typed = Typed.of(given, defaults(registry().ndc_years, registry().party))
    typed.read_period()
    typed.is_withheld = questions.is_withheld(reading().connection())
    if typed.period and typed.tonnes and not typed.is_withheld:
        try:
            typed.fill(reports.known(typed.period, typed.tonnes))
        except Refusal as refusal:
            typed.unknown = refusal
    return typed


def _shown() -> "MultiDict[str, str]":
    """Return the form that the page with the upload showed."""
    told = request.form.get("shown", "")
    try:
        pairs = parse_qsl(told, keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError:
        pairs = []
    return MultiDict(pairs)


def _page(typed: Typed, code: int = 422) -> Response:
    parties = _results(typed)
    return page(
        "adjustments/calculator.html",
        status=code if typed.refusals else 200,
        errors=typed.errors(),
        typed=typed,
        query=typed.query(),
        example=example(),
        parties=parties,
        sides={side: _name(typed, side) for side in SIDES},
        unknown=sentence(typed.unknown) if typed.unknown else "",
        **choices(),
    )


def _results(typed: Typed) -> list[Told]:
    """Read the figures and return the results of each Party of which something is known."""
    if "show" in request.args or typed.refusals:
        return []
    typed.read()
    if typed.refusals:
        return []
    found = []
    for side, account in typed.accounts.items():
        one = results.shown(account, word=side or "own_", name=_name(typed, side), unit=typed.unit)
        if one:
            found.append(reports.of_typed(one, now=now()))
    return found


def _report(made: Callable[[Told, str], Response]) -> Response:
    """Answer with a file on one Party, or with the page where something is wrong.

    Raises:
        NotFound: nothing is known of the Party.
    """
    typed = _typed(request.args)
    word = OTHER if request.args.get("side") == OTHER else "own_"
    told = next((one for one in _results(typed) if one.shown.word == word), None)
    if typed.refusals:
        return _page(typed)
    if told is None:
        raise NotFound("adjustments")
    return made(told, "adjustments")


def _name(typed: Typed, side: str) -> str:
    return typed.values[f"{side}name"] or words.text(_NAMELESS[side])


def _rows(typed: Typed, side: str) -> Iterator[dict[str, Any]]:
    for year in typed.years:
        figures = {column: typed.figure(f"{side}{column}", year) for column in COLUMNS}
        yield {YEAR: year, **figures}


def choices() -> dict[str, Any]:
    """Return what forms of adjustments let choose from, and what is printed of results."""
    return {
        "methods": {one.value: words.text(name) for one, name in METHOD_NAMES.items()},
        "indicators": {one.value: words.text(name) for one, name in INDICATOR_NAMES.items()},
        "units": {unit: unit for unit in amounts.UNITS} | {ANOTHER: _("Another unit")},
        "column_names": words.text(NAMES.values()),
        "columns": {column: words.text(NAMES[column]) for column in COLUMNS},
        "method_names": METHOD_NAMES,
        "verdict_names": VERDICT_NAMES,
        "verdict_tones": results.TONES,
    }
