"""What the credit search is asked: the one box, the facets, and the search that they make."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain import bands, itmo, serials
from app.domain.accounts import HOLDING_KINDS, HOLDING_NAMES, KIND_NAMES, Holding, Kind
from app.domain.errors import MalformedSerial, Refusal, UnknownChoice
from app.domain.projects import REFERENCE, UNIT_CLASS_NAMES, UnitClass
from app.domain.serials import Range, Serial
from app.domain.text import Text
from app.store import countries, credit_choices, credit_totals, itmos, projects
from app.store.credits import Search, widened
from app.web import dates, lists, words
from app.web.sessions import kept, registry

_SAID_MAX: Final = 40


@dataclass(frozen=True)
class Asked:
    """What the search form says, as typed but with widths unified; empty means any."""

    q: str = ""
    partner: str = ""
    project: str = ""
    methodology: str = ""
    scope: str = ""
    vintage: str = ""
    kind: str = ""
    state: str = ""
    unit_class: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Wanted:
    """The search that was asked for, in which order, and the serial numbers that were typed.

    The range of the search begins and ends with blocks, so that its totals are those of its rows.
    """

    search: Search
    descending: bool = False
    typed: Range | None = None


_NOTHING: Final = Search(projects=())


def understood(session: Session, asked: Asked) -> tuple[Wanted, dict[str, Refusal]]:
    """Return the search that was asked for, and by field what cannot be understood."""
    refusals: dict[str, Refusal] = {}
    for name, offered in choices().items():
        said = getattr(asked, name)
        if said and said not in offered:
            refusals[name] = UnknownChoice(said[:_SAID_MAX], field=name)
    since = _tried(refusals, lambda: dates.parse(asked.since, "since"))
    until = _tried(refusals, lambda: dates.parse(asked.until, "until"))
    box = _tried(refusals, lambda: _box(session, asked.q))
    if refusals:
        return Wanted(_NOTHING), refusals
    found = _narrowed(_facets(session, asked), _issued(session, since, until))
    typed = box.range if box is not None else None
    if box is not None:
        wide = None if typed is None else widened(session, typed)
        found = _narrowed(found, replace(box, range=wide))
    # An issuance begins with a block, as does what was widened.
    found = replace(found, begins_with_block=found.range is not None)
    return Wanted(found, descending=asked.sort == "desc", typed=typed), refusals


def choices() -> dict[str, Container[str]]:
    """Return the values that each facet knows."""
    return {
        "partner": kept(countries.names),
        "methodology": kept(credit_choices.methodologies),
        "scope": {str(number) for number in kept(credit_choices.scopes)},
        "vintage": _Years(),
        "kind": frozenset(Kind),
        "state": frozenset(Holding),
        "unit_class": frozenset(UnitClass),
        "sort": ("desc",),
    }


class _Years:
    """Every year; those without credits are known, and nothing is found."""

    def __contains__(self, said: object) -> bool:
        return isinstance(said, str) and bool(re.fullmatch("[0-9]{1,4}", said))


def _tried(refusals: dict[str, Refusal], read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Refusal as refusal:
        refusals[refusal.field] = refusal
        return None


def _facets(session: Session, asked: Asked) -> Search:
    found = Search(
        partner=asked.partner or None,
        vintage=int(asked.vintage) if asked.vintage else None,
        unit_class=UnitClass(asked.unit_class) if asked.unit_class else None,
        kinds=_kinds(asked),
    )
    sets: list[tuple[int, ...]] = []
    if asked.project:
        sets.append(_named(session, asked.project.upper()))
    if asked.methodology:
        sets.append(credit_choices.by_methodology(session, asked.methodology))
    if asked.scope:
        sets.append(credit_choices.by_scope(session, int(asked.scope)))
    for chosen in sets:
        found = _narrowed(found, Search(projects=chosen))
    return found


def _kinds(asked: Asked) -> frozenset[Kind] | None:
    if not asked.kind and not asked.state:
        return None
    of_kind = frozenset({Kind(asked.kind)}) if asked.kind else frozenset(Kind)
    of_state = HOLDING_KINDS[Holding(asked.state)] if asked.state else frozenset(Kind)
    return of_kind & of_state


def _issued(session: Session, since: date | None, until: date | None) -> Search:
    """Return the search for what was issued between two days: its serials follow each other."""
    if since is None and until is None:
        return Search()
    first, last = 1, bands.OWN_MAX
    if since is not None:
        first = credit_totals.issued_before(session, dates.begins(since)) + 1
    if until is not None:
        last = credit_totals.issued_before(session, dates.ends(until))
    return Search(range=Range(first, last)) if first <= last else _NOTHING


def _narrowed(one: Search, other: Search) -> Search:
    """Return the search for what both find."""
    found: dict[str, Any] = {}
    for name in ("partner", "vintage", "unit_class"):
        mine, yours = getattr(one, name), getattr(other, name)
        if None not in {mine, yours} and mine != yours:
            return _NOTHING
        found[name] = yours if mine is None else mine
    within = one.range or other.range
    if one.range and other.range:
        within = serials.overlap(one.range, other.range)
        if within is None:
            return _NOTHING
    return replace(one, range=within, projects=_common(one.projects, other.projects), **found)


def _common(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if one is None or other is None:
        return one if other is None else other
    return tuple(project for project in one if project in other)


# The one box


def _box(session: Session, typed: str) -> Search | None:
    """Read the one box: a project, an ITMO, a printed block, serial numbers, or words."""
    if not typed:
        return None
    try:
        if REFERENCE.fullmatch(typed.upper()):
            return Search(projects=_named(session, typed.upper()))
        if itmo.is_meant(typed):
            return _outcome(session, itmo.parse(typed))
        match _serials(typed):
            case Serial() as serial:
                return _printed(session, serial)
            case Range() as numbers:
                return Search(range=numbers)
            case _:
                return Search(projects=projects.with_words(session.connection(), typed))
    except Refusal as refusal:
        refusal.field = "q"
        raise


def _serials(typed: str) -> Serial | Range | None:
    try:
        return bands.read(typed, own=registry().code)
    except MalformedSerial:
        return None


def _printed(session: Session, serial: Serial) -> Search:
    """Look for a printed block; what it says of itself must be so."""
    return Search(
        range=bands.place(serial, own=registry().code),
        partner=serial.partner,
        vintage=serial.vintage,
        projects=_named(session, serial.project),
    )


def _outcome(session: Session, identifier: itmo.Identifier) -> Search:
    """Look for an ITMO; every part of its identifier must be so."""
    found = itmos.numbers(session, identifier)
    if found is None:
        return _NOTHING
    return Search(range=found, vintage=identifier.vintage, unit_class=UnitClass.ITMO)


def _named(session: Session, reference: str) -> tuple[int, ...]:
    identifier = projects.identifier(session.connection(), reference)
    return () if identifier is None else (identifier,)


# How a filter is shown


def address(endpoint: str, asked: Asked, **more: Any) -> str:
    """Return the address of this search, as a page or a file."""
    return url_for(endpoint, **lists.given(asked) | more)


def chips(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the search without it."""

    def without(**given: Any) -> str:
        return url_for("credits.search", **given | ({"sort": asked.sort} if asked.sort else {}))

    return lists.chips(replace(asked, sort=""), _chip_names(), without)


def _chip_names() -> dict[str, Mapping[str, str] | Callable[[str], str]]:
    return {
        "q": lambda said: str(_("Search: %(text)s", text=said)),
        "partner": offered(kept(countries.names)),
        "project": lambda said: str(_("Project: %(reference)s", reference=said)),
        "methodology": lambda said: str(_("Methodology: %(reference)s", reference=said)),
        "scope": offered(kept(credit_choices.scopes)),
        "vintage": lambda said: str(_("Vintage: %(year)s", year=said)),
        "kind": offered(KIND_NAMES),
        "state": offered(HOLDING_NAMES),
        "unit_class": offered(UNIT_CLASS_NAMES),
        "since": lambda said: str(_("Issued from %(day)s", day=said)),
        "until": lambda said: str(_("Issued until %(day)s", day=said)),
    }


def offered(names: Mapping[Any, Text]) -> dict[str, str]:
    """Return official names by their values, in the language of the page."""
    return {str(value): words.text(name) for value, name in names.items()}
