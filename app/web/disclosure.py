"""The information disclosure: as of any day from the ledger itself, and its published editions."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, Response, current_app, make_response, request, url_for
from flask_babel import gettext as _

from app.documents import disclosure as papers
from app.domain import disclosure as rules
from app.domain.disclosure import Disclosure, Sheet, Standing
from app.domain.errors import NotFound, Refusal
from app.domain.form_errors import PeriodNotOver
from app.store import disclosure as questions
from app.store import editions
from app.store.disclosure import Memory
from app.store.tables import Edition
from app.web import dates, words
from app.web.access import public
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.sessions import now, reading, registry

blueprint = Blueprint("disclosure", __name__)

#: Editions listed on the page of the disclosure.
PAGE_SIZE: Final = 50
_TYPED_MAX: Final = 40
_PDF, _CSV, _JSON = "application/pdf", "text/csv", "application/json"


@blueprint.record
def _tell_macros(state: Any) -> None:
    """Give the macros that print the tables the day as the disclosure prints it."""
    state.app.jinja_env.globals["printed_day"] = lambda day: rules.printed(day, words.language())


# As of any day


@blueprint.get(f"{words.PREFIX}/disclosure")
@public
def show() -> Any:
    errors: dict[str, str] = {}
    day = _asked(errors)
    return _page(day, errors)


@blueprint.get(f"{words.PREFIX}/disclosure.csv")
@public
def table() -> Response:
    return _file(lambda sheet: papers.table(sheet, words.language()).encode(), _CSV, "csv")


@blueprint.get(f"{words.PREFIX}/disclosure.json")
@public
def document() -> Response:
    return _file(rules.frozen, _JSON, "json")


@blueprint.get(f"{words.PREFIX}/disclosure.pdf")
@public
def paper() -> Response:
    return _file(lambda sheet: papers.paper(sheet, words.language()), _PDF, "pdf")


def as_of(day: date) -> Disclosure:
    """Return the three tables as of the end of a day, or at this moment when it is today."""
    zone = registry().time_zone
    return questions.as_of(reading(), day, zone, now=now(), memory=memory())


def memory() -> Memory:
    """Return the sums of completed transactions that this process keeps of its registry."""
    found: Memory = current_app.extensions.setdefault("disclosure", Memory())
    return found


def sheet_of(disclosure: Disclosure) -> Sheet:
    """Return all that is printed of the tables of a day."""
    told = registry()
    return Sheet(disclosure, told.name, told.authority, address(), told.time_zone.key)


def address() -> str:
    """Return the registry's own address."""
    return registry().public_url or request.url_root.rstrip("/")


def _asked(errors: dict[str, str]) -> date | None:
    """Read the day asked for, today without one; what is wrong is said at the field."""
    today = local_time(now()).date()
    try:
        day = dates.parse(_typed(), "date")
        if day is not None and day > today:
            raise PeriodNotOver(field="date")
    except Refusal as refusal:
        errors[refusal.field] = sentence(refusal)
        return None
    return day or today


def _typed() -> str:
    return request.args.get("date", "").replace("\0", "")[:_TYPED_MAX]


def _page(day: date | None, errors: dict[str, str]) -> Response:
    session = reading()
    before = _place()
    listed = editions.published(session, now(), before=before, size=PAGE_SIZE + 1)
    last = listed[PAGE_SIZE - 1] if len(listed) > PAGE_SIZE else None
    given: dict[str, Any] = {"date": day.isoformat()} if day and "date" in request.args else {}
    here: dict[str, Any] = {"before": f"{last.as_of}.{last.id}", **given} if last else {}
    return page(
        "disclosure/show.html",
        status=422 if errors else 200,
        errors=errors,
        typed=_typed() if errors or not day else day.isoformat(),
        sheet=sheet_of(as_of(day)) if day else None,
        is_today=day == local_time(now()).date(),
        downloads=_downloads("disclosure", date=day.isoformat()) if day else (),
        editions=listed[:PAGE_SIZE],
        previous=url_for("disclosure.show", **given) if before else None,
        next=url_for("disclosure.show", **here) if last else None,
    )


def _place() -> tuple[date, int] | None:
    """Return the place in the list of editions that an address names."""
    day, _dot, identifier = request.args.get("before", "").partition(".")
    is_number = (
        identifier.isascii() and identifier.isdecimal() and len(identifier) < len(str(2**63))
    )
    try:
        return (date.fromisoformat(day), int(identifier)) if is_number else None
    except ValueError:
        return None


def _file(made: Callable[[Sheet], bytes], mimetype: str, ending: str) -> Response:
    errors: dict[str, str] = {}
    day = _asked(errors)
    if day is None:
        return _page(day, errors)
    name = f"disclosure-{registry().code}-{day}.{ending}"
    return download(made(sheet_of(as_of(day))), mimetype, name)


# Editions


_ONE: Final = f"{words.PREFIX}/disclosure/editions/<number>"


@blueprint.get(_ONE)
@public
def edition(number: str) -> Any:
    found = _published(number)
    return page(
        "disclosure/edition.html",
        sheet=rules.thawed(found.content),
        digest=found.digest.hex(),
        downloads=_downloads("disclosure", "edition_", number=found.number),
    )


@blueprint.get(f"{_ONE}.pdf")
@public
def edition_paper(number: str) -> Response:
    return _edition_file(_published(number), "pdf")


@blueprint.get(f"{_ONE}.csv")
@public
def edition_table(number: str) -> Response:
    return _edition_file(_published(number), "csv")


@blueprint.get(f"{_ONE}.json")
@public
def edition_document(number: str) -> Response:
    return _edition_file(_published(number), "json")


def edition_bytes(found: Edition, ending: str, language: str) -> bytes:
    """Return a file of an edition, made of its frozen bytes alone."""
    if ending == "json":
        return found.content
    sheet = rules.thawed(found.content)
    if ending == "csv":
        return papers.table(sheet, language).encode()
    return papers.paper(sheet, language, digest=found.digest.hex())


def _edition_file(found: Edition, ending: str) -> Response:
    mimetype = {"pdf": _PDF, "csv": _CSV, "json": _JSON}[ending]
    body = edition_bytes(found, ending, words.language())
    return download(body, mimetype, f"{found.number}.{ending}", found.published_at)


def _published(number: str) -> Edition:
    """Return an edition that everyone may see; NotFound for all others, and for other spellings."""
    found = editions.by_number(reading(), number.replace("\0", ""))
    if found is None or standing(found) is not Standing.PUBLISHED:
        raise NotFound("edition")
    return found


def standing(found: Any) -> Standing:
    """Return where an edition stands now."""
    return rules.standing(found.published_at, found.withdrawn_at, now())


# What they share


def _downloads(blueprint_: str, kind: str = "", **where: Any) -> list[tuple[str, str]]:
    return [
        (label, url_for(f"{blueprint_}.{kind}{word}", **where))
        for label, word in (
            (_("Download (PDF)"), "paper"),
            (_("Download (CSV)"), "table"),
            (_("Download (JSON)"), "document"),
        )
    ]


def download(body: bytes, mimetype: str, name: str, changed: datetime | None = None) -> Response:
    """Answer with a file, or say that the reader's copy of it is still good."""
    answer = make_response(body)
    answer.mimetype = mimetype
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if mimetype != _JSON:
        answer.headers["Content-Language"] = words.language()
    answer.add_etag()
    answer.last_modified = changed
    answer.make_conditional(request)
    return answer
