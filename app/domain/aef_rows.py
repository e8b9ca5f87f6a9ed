"""The pre-check of rows: what the cells of one row say together, and of rows of other tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from app.domain.aef_cells import KINDS, SUBTYPES, day, is_absent, moment
from app.domain.aef_editions import Row, Value
from app.domain.aef_findings import Finding, Rule
from app.domain.aef_formats import CURRENT, Word
from app.domain.aef_sources import Approach, Limits
from app.domain.aef_states import TAKING
from app.domain.nomenclature import LABELS, ActionType, Metric, Subtype
from app.domain.nomenclature import SUBTYPES as ALLOWED
from app.domain.projects import ITMO_VINTAGE_MIN

_GHG: Final = LABELS[Metric.GHG]
#: A day of the reporting Party begins up to so much before the day in UTC.
_ZONES: Final = timedelta(hours=14)
_DUE: Final = (4, 15)
#: First transfers of what is for other international mitigation purposes.
_OIMP: Final = frozenset(
    LABELS[one] for one in (Subtype.AUTHORIZATION, Subtype.ISSUANCE, Subtype.USE_OR_CANCELLATION)
)


def named(word: Word, row: Row) -> dict[str, Value]:
    """Return the cells of a row by their technical names."""
    return dict(zip(_NAMES[word], row, strict=True))


_NAMES: Final = {
    table.word: tuple(column.name for column in table.fields) for table in CURRENT.tables
}
Cells = Mapping[str, Value]


@dataclass(slots=True)
class Told:
    """What tables 1, 2 and 5 say, for the rows of the others to be compared with."""

    submission: Cells
    limits: Mapping[str, Limits]
    approaches: Mapping[str, Approach]
    #: The earliest date of each authorization with an approach.
    authorized: dict[tuple[str, str], date | None] = field(default_factory=dict)
    #: The quantity that the newest version of each authorization names, and that version.
    quantities: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    entities: set[tuple[str, str]] = field(default_factory=set)
    taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: set[tuple[Value, ...]] = field(default_factory=set)


# Tables 1, 2 and 5


def submission(told: Told) -> Iterator[Finding]:
    """Check the row of table 1."""
    cells = told.submission
    first, last = _year(cells, "FirstYearOfNDCPeriod"), _year(cells, "LastYearOfNDCPeriod")
    if first > last:
        yield Finding(Word.SUBMISSION, 1, "LastYearOfNDCPeriod", Rule.PERIOD, f"{first}-{last}")
    submitted, year = _day(cells["DateOfSubmission"]), _year(cells, "ReportedYear")
    if submitted is None:
        return
    if submitted.year <= year:
        yield Finding(Word.SUBMISSION, 1, "ReportedYear", Rule.YEAR_NOT_OVER, str(year))
    elif submitted > date(year + 1, *_DUE):
        shown = str(cells["DateOfSubmission"])
        yield Finding(Word.SUBMISSION, 1, "DateOfSubmission", Rule.LATE, shown)


def authorization(told: Told, place: int, row: Row) -> Iterator[Finding]:
    """Check a row of table 2 and remember it."""
    cells = named(Word.AUTHORIZATIONS, row)
    identifier, approach = str(cells["AuthorizationID"]), str(cells["CooperativeApproachID"])
    version, quantity = cells["AuthorizationVersion"], cells["AuthorizedQuantity"]
    if _is_twice(told, identifier, approach, version):
        yield Finding(Word.AUTHORIZATIONS, place, "AuthorizationID", Rule.TWICE, identifier)
    key, begun = (identifier, approach), _day(cells["DateOfAuthorization"])
    known = told.authorized.get(key)
    told.authorized[key] = min(begun, known) if begun and known else begun or known
    number, limit = _number(version), _number(quantity) or None
    told.quantities[identifier] = max(
        told.quantities.get(identifier, (0, None)), (number, limit), key=lambda one: one[0]
    )
    definition = cells["FirstTransferDefnForOIMP"]
    if not is_absent(definition):
        first = told.definitions.setdefault(approach, str(definition))
        if first != definition:
            where = "FirstTransferDefnForOIMP"
            yield Finding(Word.AUTHORIZATIONS, place, where, Rule.DEFINITION, str(definition))
    yield from _approach(told, place, approach)


def _approach(told: Told, place: int, code: str) -> Iterator[Finding]:
    """Warn of an approach that is not ready to be reported, once."""
    known = told.approaches.get(code)
    if known is None or _is_twice(told, code):
        return
    where = "CooperativeApproachID"
    if not known.is_official:
        yield Finding(Word.AUTHORIZATIONS, place, where, Rule.STAND_IN, code)
    submitted, reported = _day(told.submission["DateOfSubmission"]), known.initial_report_on
    if reported is None or (submitted is not None and reported > submitted):
        yield Finding(Word.AUTHORIZATIONS, place, where, Rule.INITIAL_REPORT, code)


def entity(told: Told, place: int, row: Row) -> Iterator[Finding]:
    """Check a row of table 5 and remember it."""
    cells = named(Word.ENTITIES, row)
    number, approach = str(cells["AuthorizedEntityID"]), str(cells["CooperativeApproachID"])
    if _is_twice(told, Word.ENTITIES, *row):
        yield Finding(Word.ENTITIES, place, "AuthorizedEntityID", Rule.TWICE, number)
    if approach not in {known for _identifier, known in told.authorized}:
        yield Finding(Word.ENTITIES, place, "CooperativeApproachID", Rule.APPROACH, approach)
    told.entities.add((number, approach))


def _is_twice(told: Told, *key: Value) -> bool:
    if key in told.seen:
        return True
    told.seen.add(key)
    return False


# Tables 3 and 4


def units(told: Told, word: Word, place: int, cells: Cells, until: int) -> Iterator[Finding]:
    """Check what actions and holdings say alike.

    Args:
        until: the year after which no outcome can have come about yet.
    """
    key = str(cells["AuthorizationID"]), str(cells["CooperativeApproachID"])
    if key not in told.authorized:
        yield Finding(word, place, "AuthorizationID", Rule.AUTHORIZATION, " ".join(key))
    first, last = _number(cells["FirstID"]), _number(cells["LastID"])
    if first < 1 or last < first:
        yield Finding(word, place, "LastID", Rule.RANGE, f"{first}-{last}")
        return
    if cells["Metric"] == _GHG and cells["QuantityCO2"] != last - first + 1:
        yield Finding(word, place, "QuantityCO2", Rule.QUANTITY, str(cells["QuantityCO2"]))
    yield from _underlying(word, place, cells, last - first)
    vintage, limits = _number(cells["Vintage"]), told.limits.get(key[0], Limits())
    earliest = max(ITMO_VINTAGE_MIN, limits.vintage_first or ITMO_VINTAGE_MIN)
    latest = min(until, limits.vintage_last or until)
    if not earliest <= vintage <= latest:
        yield Finding(word, place, "Vintage", Rule.VINTAGE, str(vintage))


def _underlying(word: Word, place: int, cells: Cells, width: int) -> Iterator[Finding]:
    first, last = cells["UnderlyingUnitFirstUnitID"], cells["UnderlyingUnitLastUnitID"]
    if is_absent(first) and is_absent(last):
        return
    if is_absent(first) or is_absent(last) or _number(last) - _number(first) != width:
        shown = f"{first}-{last}"
        yield Finding(word, place, "UnderlyingUnitLastUnitID", Rule.UNDERLYING, shown)


def action(told: Told, place: int, row: Row) -> Iterator[Finding]:
    """Check a row of table 3."""
    cells = named(Word.ACTIONS, row)
    yield from units(told, Word.ACTIONS, place, cells, _year(told.submission, "ReportedYear"))
    yield from _when(told, place, cells)
    yield from _in_time(told, place, cells)
    yield from _kind(told, place, cells)
    yield from _who(told, place, cells)


def _when(told: Told, place: int, cells: Cells) -> Iterator[Finding]:
    at, shown = moment(str(cells["ActionDateTime"])), str(cells["ActionDateTime"])
    if at is None:
        return
    if at.year != _year(told.submission, "ReportedYear"):
        yield Finding(Word.ACTIONS, place, "ActionDateTime", Rule.OUTSIDE_YEAR, shown)
    key = str(cells["AuthorizationID"]), str(cells["CooperativeApproachID"])
    authorized = told.authorized.get(key)
    if authorized is not None and (at + _ZONES).date() < authorized:
        yield Finding(Word.ACTIONS, place, "ActionDateTime", Rule.BEFORE_AUTHORIZATION, shown)
    used = cells["YearITMOUsedTowardsNDC"]
    if not is_absent(used):
        first = _year(told.submission, "FirstYearOfNDCPeriod")
        last = _year(told.submission, "LastYearOfNDCPeriod")
        within = [first <= one <= last for one in (_number(used), _number(cells["Vintage"]))]
        # Both may lie in an earlier period, which table 1 does not name.
        if within[0] is not within[1]:
            where = "YearITMOUsedTowardsNDC"
            yield Finding(Word.ACTIONS, place, where, Rule.USE_YEAR, str(used))


def _in_time(told: Told, place: int, cells: Cells) -> Iterator[Finding]:
    """Check that first transfers come before the account of the NDC period of their vintage.

    No later than 31 December of the year before the biennial transparency report with the last year
    of the period (decision 4/CMA.6, paragraph 14); these are due in every even year, and reach to
    the second year before.
    """
    if cells["ActionSubtype"] not in _OIMP:
        return
    first = _year(told.submission, "FirstYearOfNDCPeriod")
    is_before = _number(cells["Vintage"]) < first
    end = first - 1 if is_before else _year(told.submission, "LastYearOfNDCPeriod")
    if _year(told.submission, "ReportedYear") > end + 1 + end % 2:
        shown = str(cells["ActionDateTime"])
        yield Finding(Word.ACTIONS, place, "ActionDateTime", Rule.TOO_LATE, shown)


def _kind(told: Told, place: int, cells: Cells) -> Iterator[Finding]:
    kind, subtype = KINDS[str(cells["ActionType"])], cells["ActionSubtype"]
    if not is_absent(subtype) and SUBTYPES[str(subtype)] not in ALLOWED[kind]:
        yield Finding(Word.ACTIONS, place, "ActionSubtype", Rule.SUBTYPE, str(subtype))
    elif is_absent(subtype) and kind is ActionType.FIRST_TRANSFER:
        yield Finding(Word.ACTIONS, place, "ActionSubtype", Rule.REQUIRED)
    if kind not in TAKING:
        return
    identifier = str(cells["AuthorizationID"])
    limits = told.limits.get(identifier, Limits())
    told.taken[identifier] += _number(cells["LastID"]) - _number(cells["FirstID"]) + 1
    _version, quantity = told.quantities.get(identifier, (0, None))
    if quantity is not None and limits.taken + told.taken[identifier] > quantity:
        yield Finding(Word.ACTIONS, place, "AuthorizationID", Rule.EXCEEDED, str(quantity))


def _who(told: Told, place: int, cells: Cells) -> Iterator[Finding]:
    for where in ("TransferringPartyID", "AcquiringPartyID"):
        if cells[where] == told.submission["ParticipatingParty"]:
            yield Finding(Word.ACTIONS, place, where, Rule.SAME_PARTY, str(cells[where]))
    using = cells["Using/cancellingEntityID"]
    if not is_absent(using):
        key = str(using), str(cells["CooperativeApproachID"])
        if key not in told.entities:
            where = "Using/cancellingEntityID"
            yield Finding(Word.ACTIONS, place, where, Rule.ENTITY, str(using))


def holding(told: Told, place: int, row: Row) -> Iterator[Finding]:
    """Check a row of table 4."""
    cells = named(Word.HOLDINGS, row)
    year = _year(told.submission, "ReportedYear")
    return units(told, Word.HOLDINGS, place, cells, year)


def _day(value: Value) -> date | None:
    return day(str(value))


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _year(cells: Cells, name: str) -> int:
    return _number(cells[name])
