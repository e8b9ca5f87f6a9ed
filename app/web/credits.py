"""The public credit search and its CSV: every live block of the ledger, without holders' names."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain import serials
from app.domain.accounts import (
    HOLDING_KINDS,
    HOLDING_NAMES,
    KIND_NAMES,
    Holding,
    Kind,
    holding,
)
from app.domain.errors import MalformedSerial, Refusal, UnknownChoice
from app.domain.projects import REFERENCE
from app.domain.serials import Range, Serial
from app.domain.text import Text, normalise
from app.store import accounts, blocks, countries, projects
from app.store.blocks import Search
from app.store.databases import Database
from app.web import words
from app.web.access import public
from app.web.messages import sentence
from app.web.pages import guarded, number, page
from app.web.sessions import database, kept, reading, registry

blueprint = Blueprint("credits", __name__)

PAGE_SIZE: Final = 50
COUNT_CAP: Final = 10_000
_CHUNK_ROWS: Final = 1_000
_SERIAL_DIGITS_MAX: Final = 19
_COLUMNS: Final = (
    "serial",
    "first",
    "last",
    "quantity",
    "project",
    "partner",
    "partner_name",
    "vintage",
    "unit_class",
    "kind",
    "kind_name",
    "state",
    "state_name",
    "is_demo",
)


@dataclass(frozen=True)
class Asked:
    """What the search form says, as typed but with widths unified; empty means any."""

    q: str = ""
    project: str = ""
    partner: str = ""
    vintage: str = ""
    kind: str = ""
    state: str = ""

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str]) -> "Asked":
        return cls(**{name: normalise(arguments.get(name, "")) for name in asdict(cls())})

    def given(self) -> dict[str, Any]:
        """Return what was filled in, for an address."""
        return {name: typed for name, typed in asdict(self).items() if typed}


@blueprint.get(f"{words.PREFIX}/credits")
@public
def search() -> Any:
    session = reading()
    asked = Asked.from_arguments(request.args)
    partners = kept(countries.names)
    errors: dict[str, str] = {}
    try:
        wanted = understood(session, asked, frozenset(partners))
        shown = _found(session, wanted)
    except Refusal as refusal:
        errors[refusal.field] = sentence(refusal)
        wanted, shown = Search(projects=()), _NOTHING
    return page(
        "credits/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        shown=shown,
        chips=_chips(asked, partners),
        partners={code: words.text(name) for code, name in partners.items()},
        vintages={year: year for year in kept(countries.vintages)},
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        states={state: words.text(name) for state, name in HOLDING_NAMES.items()},
        state_of=_STATE_OF,
        demo=kept(accounts.demo),
        is_range=wanted.range is not None,
        csv_address=url_for("credits.table", **asked.given()),
        all_address=url_for("credits.search"),
        origin=registry().code,
        block_address=url_for("blocks.show", serial="-")[:-1],
        project_address=url_for("projects.show", reference="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/credits.csv")
@public
def table() -> Response:
    session = reading()
    partners = kept(countries.names)
    wanted = understood(session, Asked.from_arguments(request.args), frozenset(partners))
    printed = _Printed(
        origin=registry().code,
        partners={code: words.text(name) for code, name in partners.items()},
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        states={kind: words.text(HOLDING_NAMES[state]) for kind, state in _STATE_OF.items()},
        demo=kept(accounts.demo),
    )
    answer = Response(_lines(database(), wanted, printed), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="jcm-credits.csv"'
    return answer


def understood(session: Session, asked: Asked, partners: frozenset[str]) -> Search:
    """Return the search that was asked for.

    Raises:
        UnknownChoice: a filter has a value that is not offered.
        RangeBackwards, NumberTooLarge: the serial numbers in the search box cannot be.
    """
    partner, kind, state = asked.partner, asked.kind, asked.state
    for name, value, offered in (
        ("partner", partner, partners),
        ("kind", kind, frozenset(Kind)),
        ("state", state, frozenset(Holding)),
    ):
        if value and value not in offered:
            raise UnknownChoice(value, field=name)
    if asked.vintage and not (asked.vintage.isascii() and asked.vintage.isdecimal()):
        raise UnknownChoice(asked.vintage, field="vintage")
    found = Search(
        partner=partner or None,
        vintage=int(asked.vintage[:9]) if asked.vintage else None,
        kinds=_kinds(kind, state),
    )
    if asked.project:
        found = _in_projects(found, _named(session, asked.project.upper()))
    return _with_box(session, found, asked.q) if asked.q else found


def _with_box(session: Session, found: Search, typed: str) -> Search:
    """Read the one box: a project, a printed block, a serial number or range, or words."""
    reference = typed.upper()
    if REFERENCE.fullmatch(reference):
        return _in_projects(found, _named(session, reference))
    match _serials(typed):
        case Serial() as serial:
            return _printed(session, found, serial)
        case Range() as numbers:
            return replace(found, range=numbers)
        case _:
            return _in_projects(found, projects.with_words(session.connection(), typed))


def _serials(typed: str) -> Serial | Range | None:
    for read in (serials.parse, serials.parse_range):
        try:
            return read(typed)
        except MalformedSerial:
            continue
        except Refusal as refusal:
            refusal.field = "q"
            raise
    return None


def _printed(session: Session, found: Search, serial: Serial) -> Search:
    """Look for a printed block; what it says of itself must be so, as the filters must."""
    agrees = (
        serial.origin == registry().code
        and found.partner in {None, serial.partner}
        and found.vintage in {None, serial.vintage}
    )
    named = _named(session, serial.project) if agrees else ()
    found = replace(found, range=serial.range, partner=serial.partner, vintage=serial.vintage)
    return _in_projects(found, named)


def _named(session: Session, reference: str) -> tuple[int, ...]:
    identifier = projects.identifier(session.connection(), reference)
    return () if identifier is None else (identifier,)


def _in_projects(found: Search, named: tuple[int, ...]) -> Search:
    if found.projects is not None:
        named = tuple(one for one in named if one in found.projects)
    return replace(found, projects=named)


def _kinds(kind: str, state: str) -> frozenset[Kind] | None:
    if not kind and not state:
        return None
    of_kind = frozenset({Kind(kind)}) if kind else frozenset(Kind)
    of_state = HOLDING_KINDS[Holding(state)] if state else frozenset(Kind)
    return of_kind & of_state


@dataclass(frozen=True)
class Shown:
    """One page of the result, and what is said of the whole."""

    rows: list[Row[Any]]
    count: int
    is_capped: bool
    totals: dict[Kind, int]
    tonnes: int
    previous: str | None = None
    next: str | None = None

    @property
    def summary(self) -> str:
        """How many blocks were found, in words."""
        if self.is_capped:
            return str(_("More than %(count)s blocks", count=number(self.count)))
        if self.count == 1:
            return str(_("1 block"))
        return str(_("%(count)s blocks", count=number(self.count)))


_NOTHING: Final = Shown(rows=[], count=0, is_capped=False, totals={}, tonnes=0)
_STATE_OF: Final = {kind: holding(kind) for kind in Kind}


def _found(session: Session, wanted: Search) -> Shown:
    if wanted.projects == () or wanted.kinds == frozenset():
        return _NOTHING
    after, before = _position("after"), _position("before")
    rows = list(blocks.find(session, wanted, after=after, before=before, size=PAGE_SIZE + 1))
    more = len(rows) > PAGE_SIZE
    if before is not None:
        rows = rows[-PAGE_SIZE:]
        has_previous, has_next = more, True
    else:
        rows = rows[:PAGE_SIZE]
        has_previous, has_next = after is not None, more
    count = blocks.count(session, wanted, cap=COUNT_CAP)
    totals = blocks.totals(session, wanted)
    return Shown(
        rows=rows,
        count=min(count, COUNT_CAP),
        is_capped=count > COUNT_CAP,
        totals=totals,
        tonnes=sum(totals.values()),
        previous=_turned(before=rows[0].first) if rows and has_previous else None,
        next=_turned(after=rows[-1].first) if rows and has_next else None,
    )


def _position(name: str) -> int | None:
    typed = request.args.get(name, "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _SERIAL_DIGITS_MAX
    return min(int(typed), serials.SERIAL_MAX) if is_number else None


def _turned(**position: Any) -> str:
    return url_for("credits.search", **Asked.from_arguments(request.args).given() | position)


def _chips(asked: Asked, partners: Mapping[str, Text]) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the search without it."""
    given = asked.given()
    return [
        {
            "label": _label(name, typed, partners),
            "address": url_for(
                "credits.search", **{key: value for key, value in given.items() if key != name}
            ),
        }
        for name, typed in given.items()
    ]


def _label(name: str, typed: str, partners: Mapping[str, Text]) -> str:
    offered: Mapping[str, Mapping[Any, Text]] = {
        "partner": partners,
        "kind": KIND_NAMES,
        "state": HOLDING_NAMES,
    }
    if typed in offered.get(name, {}):
        return words.text(offered[name][typed])
    if name == "project":
        return str(_("Project: %(reference)s", reference=typed))
    if name == "vintage":
        return str(_("Vintage: %(year)s", year=typed))
    return str(_("Search: %(text)s", text=typed))


@dataclass(frozen=True)
class _Printed:
    """What the lines of the CSV need besides the rows, gathered before the answer begins."""

    origin: str
    partners: Mapping[str, str]
    kinds: Mapping[Kind, str]
    states: Mapping[Kind, str]
    demo: frozenset[int]

    def line(self, row: Row[Any]) -> tuple[object, ...]:
        return (
            f"{self.origin}-{row.partner}-{row.project}-{row.vintage}-{row.first}-{row.last}",
            row.first,
            row.last,
            row.last - row.first + 1,
            row.project,
            row.partner,
            guarded(self.partners.get(row.partner, row.partner)),
            row.vintage,
            row.unit_class.value,
            row.kind.value,
            self.kinds[row.kind],
            _STATE_OF[row.kind].value,
            self.states[row.kind],
            "yes" if row.account_id in self.demo else "no",
        )


def _lines(found_in: Database, wanted: Search, printed: _Printed) -> Iterator[str]:
    """Yield the CSV a chunk at a time; it begins with the mark by which Excel knows UTF-8.

    The answer outlives the request, so it reads in a session of its own.
    """
    yield "\ufeff" + ",".join(_COLUMNS) + "\r\n"
    with found_in.reading() as session:
        found = blocks.stream(session, wanted)
        while chunk := list(islice(found, _CHUNK_ROWS)):
            lines = io.StringIO()
            csv.writer(lines).writerows(map(printed.line, chunk))
            yield lines.getvalue()
