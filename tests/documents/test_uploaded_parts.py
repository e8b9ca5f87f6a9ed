"""What is noted of the parts of a workbook before it is read."""

import io
import zipfile

import pytest

from app.documents import uploaded_parts
from app.documents.uploaded_parts import Part
from app.domain.upload_errors import TableDamaged, TooManyCells

_HEAD = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def part(body: str, *, cells_max: int = 100, before: str = "") -> Part:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("sheet.xml", f"{before}{_HEAD}{body}</x:worksheet>")
    with zipfile.ZipFile(target) as packed:
        return uploaded_parts.looked_at(packed, cells_max=cells_max)["sheet.xml"]


def test_formulas_and_merged_cells_are_noted_whatever_the_prefix_and_without_addresses() -> None:
    found = part(
        '<x:sheetData><x:row><x:c/><x:c><x:f>1+1</x:f></x:c></x:row><x:row r="4"><x:c r="D4"/>'
        '</x:row></x:sheetData><x:mergeCells><x:mergeCell ref="B2:C3"/></x:mergeCells>'
    )
    assert found.formulas == {(1, 2)}
    assert (found.columns, found.widest) == (4, "D4")
    assert [list(found.merged(row)) for row in (1, 2, 3, 4)] == [[], [2, 3], [2, 3], []]


def test_a_merged_area_of_the_whole_sheet_costs_nothing() -> None:
    found = part(
        '<x:sheetData><x:row><x:c r="B1"/></x:row></x:sheetData>'
        '<x:mergeCells><x:mergeCell ref="A1:XFD1048576"/></x:mergeCells>'
    )
    assert list(found.merged(1_048_576)) == [1, 2]


def test_what_would_mislead_a_reader_is_refused() -> None:
    for body in (
        '<x:row r="2"/><x:row r="2"/>',
        '<x:row r="1048577"/>',
        '<x:row r="1"><x:c r="A2"/></x:row>',
        '<x:row r="1"><x:c r="B1"/><x:c r="A1"/></x:row>',
        '<x:mergeCell ref="A1:B2"/>' * 1_001,
    ):
        with pytest.raises(TableDamaged):
            part(body)
    with pytest.raises(TableDamaged):
        part("", before="<!DOCTYPE worksheet>")
    with pytest.raises(TooManyCells):
        part(f"<x:row>{'<x:c/>' * 6}</x:row>", cells_max=5)
