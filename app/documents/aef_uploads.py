"""A Party's annual information as it uploads it: tables of the Agreed Electronic Format, read back.

The tables may stand on a sheet each, or below one another as in CSV. Only what a comparison needs
must be there; a column that the format does not have is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Final

from app.documents import uploaded_cells, uploaded_tables
from app.documents.uploaded_tables import Limits, Line, Row, Sheet, folded
from app.domain import nomenclature
from app.domain.aef_formats import CURRENT, NOT_APPLICABLE, Table, Word
from app.domain.cross_check import Movement
from app.domain.errors import Refusal, Required
from app.domain.itmo import Identifier
from app.domain.nomenclature import LABELS, ActionType, Metric
from app.domain.serials import SERIAL_MAX, Range
from app.domain.upload_errors import (
    BackwardsInCell,
    MalformedInCell,
    TableMissing,
    TableTwice,
)

LIMITS: Final = Limits(content=20, unpacked=200, cells=600_000)
#: How many refusals are told at once.
REFUSALS_MAX: Final = 10
#: A heading has the names of at least so many columns.
_NAMES_MIN: Final = 2

_NEEDED: Final = {
    Word.SUBMISSION: ("ParticipatingParty", "ReportedYear"),
    Word.ACTIONS: (
        "ActionDateTime",
        "ActionType",
        "CooperativeApproachID",
        "FirstTransferringPartyID",
        "PartyITMORegistryID",
        "FirstID",
        "LastID",
        "Metric",
        "QuantityCO2",
        "Vintage",
        "TransferringPartyID",
        "AcquiringPartyID",
    ),
}
_MOVING: Final = frozenset({ActionType.FIRST_TRANSFER, ActionType.TRANSFER, ActionType.ACQUISITION})
#: As the decision itself prints it.
_MISPRINTS: Final = {"Aquisition": ActionType.ACQUISITION}
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(slots=True)
class Uploaded:
    """What a file says: whose and of which year, if it says so, and what went between Parties."""

    party: str | None = None
    year: int | None = None
    #: How many actions of any kind it has.
    actions: int = 0
    movements: list[Movement] = field(default_factory=list)
    #: What could not be read; nothing of the rest may be used then.
    refusals: list[Refusal] = field(default_factory=list)


def read(content: bytes, *, party: str | None = None) -> Uploaded:
    """Read an uploaded file; what is wrong in its rows is collected.

    Args:
        party: whose file it is, where it does not say so itself.

    Raises:
        Refusal: the file as a whole, or the columns of a table, cannot be read.
        Required: nobody says whose file it is.
    """
    found = Uploaded(party=party)
    tables: dict[Word, list[Line]] = {Word.SUBMISSION: [], Word.ACTIONS: []}
    seen: set[Word] = set()
    for word, lines in _tables(uploaded_tables.read(content, LIMITS)):
        seen.add(word)
        if word in tables:
            tables[word] += lines
    if Word.ACTIONS not in seen:
        raise TableMissing(CURRENT.table(Word.ACTIONS).title.en)
    _submission(found, tables[Word.SUBMISSION])
    if not found.party:
        raise Required(field="party")
    for line in tables[Word.ACTIONS]:
        try:
            _act(found, line)
        except Refusal as refusal:
            found.refusals.append(refusal)
            if len(found.refusals) >= REFUSALS_MAX:
                break
    return found


# Which rows are which table


@cache
def _names(word: Word) -> Mapping[str, str]:
    """Return the technical name of each column by every name it is known under."""
    return {
        folded(known): one.name
        for one in CURRENT.table(word).fields
        for known in (one.trust_key, one.name, one.label.ja, one.label.en)
    }


def _tables(sheets: list[Sheet]) -> Iterator[tuple[Word, Iterator[Line]]]:
    """Yield the tables of a file; rows above the first heading are notes, and are left out."""
    for sheet in sheets:
        word: Word | None = None
        rows: list[Row] = []
        for row in sheet.rows:
            following = _heading(row)
            if following is None:
                rows.append(row)
                continue
            if word:
                yield word, _lines(word, replace(sheet, rows=_untitled(rows)))
            word, rows = following, [row]
        if word:
            yield word, _lines(word, replace(sheet, rows=rows))


def _lines(word: Word, sheet: Sheet) -> Iterator[Line]:
    table = CURRENT.table(word)
    labels = {one.name: one.label.en for one in table.fields}
    needed = {name: labels[name] for name in _NEEDED.get(word, ())}
    return uploaded_tables.table(sheet, _names(word), needed=needed)


def _heading(row: Row) -> Word | None:
    """Return of which table a row is the heading: the one that has most of its names, or none."""
    texts = {folded(cell) for cell in row.cells.values() if isinstance(cell, str)}

    def likeness(table: Table) -> tuple[int, int]:
        known = len(texts & _names(table.word).keys())
        return known, known - len(table.fields)

    best = max(CURRENT.tables, key=likeness)
    known, _missing = likeness(best)
    return best.word if known >= _NAMES_MIN and 2 * known >= len(row.cells) else None


def _untitled(rows: list[Row]) -> list[Row]:
    """Leave out the title of the table that follows: one cell, above a heading."""
    return rows[:-1] if len(rows) > 1 and rows[-1].cells.keys() == {1} else rows


# What the rows say


def _submission(found: Uploaded, lines: list[Line]) -> None:
    if len(lines) > 1:
        raise TableTwice(lines[1].sheet.name, CURRENT.table(Word.SUBMISSION).title.en)
    for line in lines:
        found.party = _party(line, "ParticipatingParty")
        found.year = int(_matching(line, "ReportedYear", _YEAR, "2025"))


def _act(found: Uploaded, line: Line) -> None:
    found.actions += 1
    words = {LABELS[one]: one for one in ActionType} | _MISPRINTS
    kind = words[uploaded_cells.word(line, "ActionType", _label("ActionType"), words)]
    if kind not in _MOVING:
        return
    is_acquisition = kind is ActionType.ACQUISITION
    other = "TransferringPartyID" if is_acquisition else "AcquiringPartyID"
    if not is_acquisition and _is_absent(line, other):
        # First transferred by an authorization or by a use, or transferred to a fund.
        return
    partner, own = _party(line, other), found.party or ""
    found.movements.append(
        Movement(
            at=uploaded_cells.moment(line, "ActionDateTime", _label("ActionDateTime")),
            sender=partner if is_acquisition else own,
            receiver=own if is_acquisition else partner,
            is_acquisition=is_acquisition,
            identifier=_identifier(line),
            tonnes=_tonnes(line),
            place=_place(line),
        )
    )


def _identifier(line: Line) -> Identifier:
    return Identifier(
        _matching(line, "CooperativeApproachID", nomenclature.APPROACH, "CA0004"),
        _matching(line, "PartyITMORegistryID", nomenclature.ITMO_REGISTRY, "JPN01"),
        _party(line, "FirstTransferringPartyID"),
        _range(line),
        int(_matching(line, "Vintage", _YEAR, "2025")),
    )


def _range(line: Line) -> Range:
    first, last = (_serial(line, key) for key in ("FirstID", "LastID"))
    if last < first:
        raise BackwardsInCell(line.sheet.name, line.place("LastID"), first, last)
    return Range(first, last)


def _serial(line: Line, key: str) -> int:
    found = uploaded_cells.whole(line, key, _label(key))
    if not 1 <= found <= SERIAL_MAX:
        raise MalformedInCell(line.sheet.name, line.place(key), str(found), "1")
    return found


def _tonnes(line: Line) -> Decimal | None:
    """Return the tonnes that a row reports; None where its metric is another."""
    words = [LABELS[one] for one in Metric]
    metric = uploaded_cells.word(line, "Metric", _label("Metric"), words)
    if metric == LABELS[Metric.NON_GHG]:
        return None
    return uploaded_cells.number(line, "QuantityCO2", _label("QuantityCO2"))


def _party(line: Line, key: str) -> str:
    return _matching(line, key, nomenclature.PARTY, "JPN")


def _matching(line: Line, key: str, pattern: re.Pattern[str], example: str) -> str:
    return uploaded_cells.matching(line, key, _label(key), pattern, example=example)


def _is_absent(line: Line, key: str) -> bool:
    return folded(uploaded_cells.text(line, key)) in {"", folded(NOT_APPLICABLE)}


@cache
def _label(name: str) -> str:
    return next(
        one.label.en for table in CURRENT.tables for one in table.fields if one.name == name
    )


def _place(line: Line) -> str:
    return f"{line.sheet.name} {line.place('FirstID')}".strip()
