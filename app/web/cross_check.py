"""The cross-check: a partner's annual information, uploaded, against what this registry recorded.

Nothing of the file is kept. The answer is a page, or the same as CSV.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge

from app.documents import aef_uploads, csvs
from app.documents.aef_uploads import LIMITS, Uploaded
from app.documents.uploaded_tables import MEGABYTE
from app.domain import cross_check as rules
from app.domain.article6_errors import NotAYear
from app.domain.cross_check import DIFFERENCE_NAMES, TOLERANCE, Compared, Movement, Pair
from app.domain.errors import Refusal, Required, UnknownChoice
from app.domain.roles import Duty
from app.domain.text import numerals
from app.domain.upload_errors import OtherParty, OtherYear, OwnFile, TableTooLarge
from app.store import countries
from app.store import cross_check as questions
from app.web import attempts, words
from app.web.access import SIGN_IN, may_open, person, requires
from app.web.attachments import read_away
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.returning import is_resumed, resumable
from app.web.sessions import kept, reading, registry

blueprint = Blueprint("cross_check", __name__, url_prefix="/portal/article6/cross-check")

_OPERATION: Final = "cross-check AEF"
_TOO_LARGE: Final = 413
_TYPED_MAX: Final = 20
#: Ranges on the page; a file has all of them.
_SHOWN_MAX: Final = 500
_YEARS: Final = range(2000, 2100)
_COLUMNS: Final = (
    "sender",
    "receiver",
    "identifier",
    "first",
    "last",
    "vintage",
    "tonnes_transferred",
    "tonnes_acquired",
    "difference",
    "differences",
    "transferred_at",
    "acquired_at",
    "transferred_place",
    "acquired_place",
)


@dataclass
class Typed:
    """The form as typed; both fields may be empty where the file itself says it."""

    party: str = ""
    year: str = ""

    @classmethod
    def of(cls, given: Any) -> "Typed":
        read = {name: given.get(name, "").replace("\0", "") for name in ("party", "year")}
        return cls(**{name: numerals(said)[:_TYPED_MAX] for name, said in read.items()})


@dataclass(frozen=True)
class Checked:
    """A file read and compared."""

    party: str
    year: int
    compared: tuple[Compared, ...]
    actions: int
    #: Movements of the file that concern other Parties.
    others: int


@blueprint.url_value_preprocessor
def take_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let files come in here; everywhere else what is sent is small."""
    if request.endpoint == "cross_check.create":
        # What surrounds the file in the request comes on top.
        request.max_content_length = (LIMITS.content + 1) * MEGABYTE


@blueprint.get("")
@requires(Duty.SEE_ARTICLE_6)
def new() -> Any:
    return _form_page(Typed.of(request.args))


@blueprint.post("")
@resumable
@requires(Duty.SEE_ARTICLE_6)
def create() -> Any:
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(typed)
    try:
        uploaded = _uploaded(typed)
        if uploaded.refusals:
            return _refused(typed, uploaded.refusals)
        checked = _checked(typed, uploaded)
    except Refusal as refusal:
        refusal.field = refusal.field or "file"
        return _refused(typed, [refusal])
    if request.form.get("as") == "csv":
        return _table(checked)
    return _result_page(checked)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say at the field that the file is larger than any that is read."""
    read_away()
    if person() is None:
        return redirect(url_for(SIGN_IN, next=url_for("cross_check.new")), 303)
    if not may_open("cross_check.new"):
        return current_app.handle_http_exception(Forbidden())
    return _form_page(Typed(), _TOO_LARGE, [TableTooLarge(LIMITS.content, field="file")])


# Reading and comparing


def _uploaded(typed: Typed) -> Uploaded:
    if typed.party and typed.party not in _partners():
        raise UnknownChoice(typed.party, field="party")
    _year(typed)
    file = request.files.get("file")
    content = file.stream.read(LIMITS.content * MEGABYTE + 1) if file and file.filename else b""
    if not content:
        raise Required(field="file")
    return aef_uploads.read(content, party=typed.party or None)


def _checked(typed: Typed, uploaded: Uploaded) -> Checked:
    party, year = uploaded.party or "", uploaded.year or _year(typed)
    if year is None:
        raise Required(field="year")
    own = registry().party
    if party == own:
        raise OwnFile(party)
    if typed.party and typed.party != party:
        raise OtherParty(party, field="party")
    if typed.year and _year(typed) != year:
        raise OtherYear(year, field="year")
    theirs = uploaded.movements
    between = [one for one in theirs if {one.sender, one.receiver} == {party, own}]
    movements = [*between, *_ours(party, year)]

    of_the_file = set(between)

    def counts(one: Movement) -> bool:
        return one in of_the_file or one.at.year == year

    compared = tuple(
        rules.compare(sender, receiver, movements, counts=counts)
        for sender, receiver in ((party, own), (own, party))
    )
    return Checked(party, year, compared, uploaded.actions, len(theirs) - len(between))


def _ours(party: str, year: int) -> Iterator[Movement]:
    """Yield what this registry recorded in a year, and shortly before and after it."""
    told = registry()
    return questions.movements(
        reading(),
        told.party,
        party,
        since=datetime(year, 1, 1, tzinfo=UTC) - TOLERANCE,
        until=datetime(year + 1, 1, 1, tzinfo=UTC) + TOLERANCE,
        origin=told.code,
    )


def _year(typed: Typed) -> int | None:
    if not typed.year:
        return None
    if not (typed.year.isdecimal() and int(typed.year) in _YEARS):
        raise NotAYear(typed.year, field="year")
    return int(typed.year)


def _partners() -> dict[str, str]:
    """Return the partner countries by their codes of three letters, in words."""
    names = kept(countries.names)
    return {alpha3: words.text(names[code]) for code, alpha3 in kept(countries.parties).items()}


# Answering


def _refused(typed: Typed, refusals: list[Refusal]) -> Any:
    """Log what was refused, and show the form again with every sentence."""
    attempts.log(_OPERATION, typed.party, refusals)
    for refusal in refusals:
        refusal.field = refusal.field or "file"
    return _form_page(typed, max(map(status, refusals)), refusals)


def _form_page(
    typed: Typed,
    code: int = 200,
    refusals: list[Refusal] | None = None,
) -> Any:
    said = [(refusal.field, sentence(refusal)) for refusal in refusals or []]
    listed = [words_ for _field, words_ in said] if len(said) > 1 else []
    told = (
        dict(said)
        if not listed
        else {"file": _("The file cannot be used: what is wrong in it is listed under the title.")}
    )
    return page(
        "cross_check/new.html",
        status=code,
        errors=told,
        listed=listed,
        refusals_max=aef_uploads.REFUSALS_MAX,
        typed=typed,
        partners=_partners(),
        megabytes=LIMITS.content,
    )


def _result_page(checked: Checked) -> Any:
    # Those with differences before the others, each in the order of their numbers.
    shown = [
        (one, sorted(one.pairs, key=lambda pair: not pair.differences)[:_SHOWN_MAX])
        for one in checked.compared
    ]
    return page(
        "cross_check/show.html",
        checked=checked,
        shown=shown,
        own=registry().party,
        partner=_partners().get(checked.party, checked.party),
        names=DIFFERENCE_NAMES,
    )


def _table(checked: Checked) -> Response:
    rows = (_row(one, pair) for one in checked.compared for pair in one.pairs)
    answer = Response(csvs.lines(_COLUMNS, rows), mimetype="text/csv")
    name = f"cross-check-{checked.party}-{checked.year}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _row(one: Compared, pair: Pair) -> dict[str, Any]:
    return {
        "sender": one.sender,
        "receiver": one.receiver,
        "identifier": str(pair.identifier),
        "first": pair.range.first,
        "last": pair.range.last,
        "vintage": pair.identifier.vintage,
        "tonnes_transferred": pair.tonnes_sent,
        "tonnes_acquired": pair.tonnes_acquired,
        "difference": pair.tonnes_sent - pair.tonnes_acquired,
        "differences": [difference.value for difference in pair.differences],
        "transferred_at": pair.sent.at if pair.sent else None,
        "acquired_at": pair.acquired.at if pair.acquired else None,
        "transferred_place": pair.sent.place if pair.sent else None,
        "acquired_place": pair.acquired.place if pair.acquired else None,
    }
