"""The parts of an uploaded workbook, looked at before anything is made of them.

What would let a reader of XML open other files or never end is refused; formulas and merged cells
are noted by their place.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from app.domain.upload_errors import TableDamaged, TooManyCells

_ROWS_MAX: Final = 1_048_576
_ENTRIES_MAX: Final = 1_000
_MERGED_MAX: Final = 1_000
_PIECE: Final = 256 * 1024
#: What tells the parser that nothing more comes.
_LAST: Final = True


@dataclass(slots=True)
class Part:
    """What was found in the part of a sheet: cells by row and column, from 1."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    #: The merged areas: first column, first row, last column, last row.
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)
    columns: int = 0
    #: The address of the cell that is farthest to the right.
    widest: str = ""

    def merged(self, row: int) -> Iterator[int]:
        """Yield the columns in which a row has merged cells."""
        for left, top, right, bottom in self.areas:
            if top <= row <= bottom:
                yield from range(left, min(right, self.columns) + 1)


def looked_at(packed: zipfile.ZipFile, *, cells_max: int) -> dict[str, Part]:
    """Look at every part that is XML; return what was found, by the name of the part.

    Raises:
        TableDamaged: a part declares entities, or rows are out of order or beyond the last.
        TooManyCells: as it says.
    """
    entries = packed.infolist()
    if len(entries) > _ENTRIES_MAX or any(entry.flag_bits & 1 for entry in entries):
        raise TableDamaged
    left = cells_max
    found: dict[str, Part] = {}
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        looking = _Looking(left)
        with packed.open(entry) as opened:
            while piece := opened.read(_PIECE):
                looking.parser.Parse(piece)
            looking.parser.Parse(b"", _LAST)
        left -= looking.cells
        if left < 0:
            raise TooManyCells(cells_max)
        found[entry.filename] = looking.part
    return found


class _Looking:
    """Follows the elements of one part."""

    def __init__(self, cells_max: int) -> None:
        self.part = Part()
        self.cells = 0
        self._cells_max = cells_max
        self._row = 0
        self._column = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler = self._start

    def _start(self, tag: str, facts: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self._begin_row(facts.get("r"))
            case "c" if self._row:
                self._begin_cell(facts.get("r"))
            case "f" if self._row:
                self.part.formulas.add((self._row, self._column))
            case "mergeCell":
                self._merge(facts["ref"])
            case _:
                pass

    def _begin_row(self, number: str | None) -> None:
        before = self._row
        self._row = int(number) if number else before + 1
        if not before < self._row <= _ROWS_MAX:
            raise TableDamaged
        self._column = 0

    def _begin_cell(self, place: str | None) -> None:
        self.cells += 1
        if self.cells > self._cells_max:
            # The caller says how many there may be in all.
            self.parser.StartElementHandler = None
            return
        before = self._column
        if place:
            letters, row = coordinate_from_string(place)
            self._column = column_index_from_string(letters)
            if row != self._row or self._column <= before:
                raise TableDamaged
        else:
            self._column += 1
        if self._column > self.part.columns:
            self.part.columns = self._column
            self.part.widest = f"{get_column_letter(self._column)}{self._row}"

    def _merge(self, area: str) -> None:
        left, top, right, bottom = range_boundaries(area)
        if None in {left, top, right, bottom} or len(self.part.areas) >= _MERGED_MAX:
            raise TableDamaged
        self.part.areas.append((left or 1, top or 1, right or 1, bottom or 1))


def _refuse(*_told: object) -> None:
    """Refuse a declaration of a document type: no workbook has one."""
    raise TableDamaged
