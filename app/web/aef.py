"""Annual information in the Agreed Electronic Format: years, pre-check, editions, submission."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import aef_differences, aef_formats
from app.domain import aef_editions as rules
from app.domain.aef_editions import Preview, Version
from app.domain.article6_errors import EditionDamaged
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal, Required
from app.domain.people_errors import CodeUsed
from app.domain.roles import DUTIES, Duty
from app.registry import aef_editions as verbs
from app.registry.aef_editions import YEAR_MIN, Reporting
from app.store import aef_editions as questions
from app.store.tables import AefEdition
from app.web import aef_files, attempts, dates, lists, signing, words
from app.web.access import public, requires
from app.web.messages import sentence, status
from app.web.pages import local_time, page
from app.web.readers import person_name, reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("aef", __name__)

_PORTAL: Final = "/portal/article6/aef"
_ONE: Final = f"{_PORTAL}/editions/<int:year>/<version>"
_PUBLIC: Final = f"{words.PREFIX}/article6/aef"
_FREEZE: Final = "freeze AEF edition"
_SUBMIT: Final = "submit AEF edition"
_TYPED_MAX: Final = 100
_FIELDS: Final = ("submitted_on", "seen", "key")
_CHANGES_SHOWN: Final = 100


@dataclass
class Typed:
    """The form as typed, the day read from it, and what was wrong with it, field by field."""

    submitted_on: str = ""
    seen: str = ""
    key: str = ""
    refusals: dict[str, Refusal] = field(default_factory=dict)
    day: date | None = None

    @classmethod
    def of(cls, given: Any) -> "Typed":
        return cls(**{name: given.get(name, "").replace("\0", "")[:_TYPED_MAX] for name in _FIELDS})

    def read(self) -> "Typed":
        """Read the day of submission; what is wrong with it is noted."""
        try:
            self.day = dates.parse(self.submitted_on, "submitted_on")
            if self.day is None:
                raise Required(field="submitted_on")
            verbs.check_day(self.day, registry().time_zone, now())
        except Refusal as refusal:
            self.day = None
            self.refuse(refusal)
        return self

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def signed(self, year: int) -> dict[str, Value]:
        """Return what is signed: the year, the day of submission, and the tables as shown."""
        return {"year": year, **{name: getattr(self, name) for name in _FIELDS}}


# Years


@blueprint.get(_PORTAL)
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    last = {row.year: row for row in questions.of_party(reading(), registry().party)}
    this_year = verbs.last_year(now()) + 1
    return page(
        "aef/search.html",
        rows=[
            (year, date(year + 1, 4, 15), last.get(year))
            for year in range(this_year, YEAR_MIN - 1, -1)
        ],
        this_year=this_year,
        party=registry().party,
    )


@blueprint.get(f"{_PORTAL}/<int:year>")
@requires(Duty.SEE_ARTICLE_6)
def show(year: int) -> Any:
    """Show a year as it stands, what the pre-check finds, and the form that freezes it."""
    _check_year(year)
    typed = Typed.of(request.args)
    if "submitted_on" not in request.args:
        typed.submitted_on = local_time(now()).date().isoformat()
    typed.read()
    return _year_page(year, typed, max(map(status, typed.refusals.values()), default=200))


@blueprint.get(f"{_PORTAL}/<int:year>.xlsx")
@requires(Duty.SEE_ARTICLE_6)
def draft(year: int) -> Response:
    """Answer with the tables of a year as they stand, and the findings of the pre-check."""
    _check_year(year)
    chosen = aef_formats.find(request.args.get("format", aef_formats.CURRENT.word))
    if chosen is None:
        raise NotFound("format")
    today = local_time(now()).date()
    return aef_files.of_year(verbs.read(reading(), _told(), year, today), chosen)


@blueprint.post(f"{_PORTAL}/<int:year>/editions")
@resumable
@requires(Duty.REPORT_ARTICLE_6)
def freeze(year: int) -> Any:
    _check_year(year)
    typed = Typed.of(request.form).read()
    if is_resumed():
        return _year_page(year, typed)
    if not typed.key:
        typed.refuse(Required(field="submitted_on"))
    if typed.refusals:
        return _refused(year, typed)
    try:
        version = _written(year, typed)
    except Refusal as refusal:
        signing.refused(refusal)
        typed.refuse(refusal)
        return _refused(year, typed)
    return redirect(url_for("aef.edition", year=year, version=version, made="yes"), 303)


def _written(year: int, typed: Typed) -> Version:
    try:
        return database().write(lambda session: _made(session, year, typed))
    except CodeUsed:
        # Perhaps by this very form, sent twice: then the edition is there by now.
        return database().write(lambda session: _made(session, year, typed))


def _made(session: Session, year: int, typed: Typed) -> Version:
    assert typed.day is not None, "it was read"
    is_new = questions.by_key(session, reader().id, typed.key) is None
    version = verbs.freeze(
        session,
        _told(),
        year,
        submitted_on=typed.day,
        seen=typed.seen,
        key=typed.key,
        actor=reader().id,
        now=now(),
    )
    if is_new:
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _FREEZE, typed.signed(year))
    return version


def _refused(year: int, typed: Typed) -> Any:
    refusals = list(typed.refusals.values())
    attempts.log(_FREEZE, f"{registry().party} {year}", refusals)
    return _year_page(year, typed, max(map(status, refusals)))


def _year_page(year: int, typed: Typed, code: int = 200) -> Any:
    session = reading()
    found = verbs.read(session, _told(), year, typed.day or local_time(now()).date())
    preview = Preview(aef_formats.CURRENT)
    digest = verbs.digest(found, preview.passing(found.lines()))
    outcome = verbs.checked(found)
    is_over = year <= verbs.last_year(now())
    may_freeze = _may_report() and is_over and not outcome.errors and typed.day is not None
    typed.seen, typed.key = digest.hex(), uuid4().hex
    return page(
        "aef/show.html",
        status=code,
        errors=typed.errors(),
        typed=typed,
        year=year,
        party=registry().party,
        version=found.report.version,
        is_over=is_over,
        preview=preview,
        outcome=outcome,
        label=aef_files.label,
        draft_format=aef_formats.DRAFT,
        ways=signing.asked(_FREEZE, typed.signed(year)) if may_freeze else None,
        may_report=_may_report(),
        withheld=found.report.confidential(),
        shown=_editions(session, year),
    )


def _editions(session: Session, year: int) -> lists.Shown:
    return lists.turned(
        lambda **place: questions.of_year(session, registry().party, year, **place),
        count=0,
        address=lambda **place: url_for("aef.show", year=year, **place),
    )


# Editions


@blueprint.get(_ONE)
@requires(Duty.SEE_ARTICLE_6)
def edition(year: int, version: str) -> Any:
    return _edition_page(_found(year, version))


@blueprint.get(f"{_ONE}.<any(xlsx,csv,json):ending>")
@requires(Duty.SEE_ARTICLE_6)
def file(year: int, version: str, ending: str) -> Response:
    return aef_files.of_edition(_found(year, version), ending)


@blueprint.post(f"{_ONE}/submission")
@resumable
@requires(Duty.REPORT_ARTICLE_6)
def submit(year: int, version: str) -> Any:
    found = _found(year, version)
    if is_resumed():
        return _edition_page(found)
    try:
        database().write(lambda session: _submitted(session, found))
    except Refusal as refusal:
        signing.refused(refusal)
        attempts.log(_SUBMIT, verbs.name(found), [refusal])
        return _edition_page(_found(year, version), refusal)
    return redirect(url_for("aef.edition", year=year, version=version), 303)


def _submitted(session: Session, found: AefEdition) -> None:
    version = Version(found.major, found.minor)
    verbs.submit(session, _told(), found.year, version, actor=reader().id, now=now())
    signing.check(session, _SUBMIT, _signed(found))


def _signed(found: AefEdition) -> dict[str, Value]:
    return {"edition": verbs.name(found), "digest": found.digest.hex()}


def _edition_page(found: AefEdition, refusal: Refusal | None = None) -> Any:
    session = reading()
    is_whole = rules.is_whole(found.content, found.digest)
    layout = aef_files.layout(found)
    preview = Preview(layout)
    if is_whole:
        for _line in preview.passing(rules.lines(found.content)):
            pass
    last = questions.latest(session, found.party, found.year)
    version = Version(found.major, found.minor)
    is_open = is_whole and found.submitted_at is None and last == version
    return page(
        "aef/edition.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        row=found,
        version=version,
        last=last,
        is_whole=is_whole,
        damage=sentence(EditionDamaged()),
        digest=found.digest.hex(),
        maker=person_name(found.made_by),
        submitter=person_name(found.submitted_by) if found.submitted_by else "",
        named=verbs.day(found) if is_whole else None,
        preview=preview,
        compared=_compared(session, found) if is_whole else None,
        endings=aef_files.ENDINGS if is_whole else (),
        ways=signing.asked(_SUBMIT, _signed(found)) if is_open and _may_report() else None,
        was_made="made" in request.args and found.made_by == reader().id,
    )


def _compared(session: Session, found: AefEdition) -> dict[str, Any] | None:
    """Return what changed since the former edition of the year; None without one to compare."""
    former = questions.before(session, found)
    if former is None or former.format != found.format:
        return None
    if not rules.is_whole(former.content, former.digest):
        return None
    places = aef_differences.keys(aef_files.layout(found))
    difference = aef_differences.between(
        lambda: rules.lines(former.content), lambda: rules.lines(found.content), places
    )
    return {
        "former": Version(former.major, former.minor),
        "difference": difference,
        "changes": [
            (one, " · ".join(str(row[place]) for place in places[one.table]))
            for one in difference.changes[:_CHANGES_SHOWN]
            for row in (one.new or one.old or (),)
        ],
    }


# For everyone


@blueprint.get(_PUBLIC, endpoint="public")
@public
def open_to_all() -> Any:
    """List the editions that the Party submitted."""
    shown = lists.turned(
        lambda **place: questions.submitted(reading(), registry().party, **place),
        count=0,
        address=lambda **place: url_for("aef.public", **place),
    )
    return page(
        "aef/public.html",
        shown=shown,
        rows=[(row, Version(row.major, row.minor)) for row in shown.rows],
        endings=aef_files.ENDINGS,
    )


@blueprint.get(f"{_PUBLIC}/<int:year>/<version>.<any(xlsx,csv,json):ending>")
@public
def public_file(year: int, version: str, ending: str) -> Response:
    found = _found(year, version)
    if found.submitted_at is None or found.withheld is not None:
        raise NotFound("edition")
    return aef_files.of_edition(found, ending)


# What they share


def _told() -> Reporting:
    told = registry()
    return Reporting(told.party, told.ndc_years, told.time_zone)


def _check_year(year: int) -> None:
    """Answer with 404 for years of which there is nothing to report, or not yet."""
    if not YEAR_MIN <= year <= verbs.last_year(now()) + 1:
        abort(404)


def _found(year: int, version: str) -> AefEdition:
    """Return an edition of the registry's Party; NotFound for other spellings of a version, too."""
    asked = rules.version(version)
    found = None
    if asked is not None and YEAR_MIN <= year <= verbs.last_year(now()):
        found = questions.by_version(reading(), registry().party, year, asked)
    if found is None:
        raise NotFound("edition")
    return found


def _may_report() -> bool:
    return reader().role in DUTIES[Duty.REPORT_ARTICLE_6]
