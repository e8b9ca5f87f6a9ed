"""Sheets: pages are begun where there is no room, and packed as soon as they are full."""

import zlib

from app.documents.sheets import Sheets, fitted
from tests.papers import read


def test_a_document_of_nothing_is_one_empty_page() -> None:
    assert len(read(Sheets(title="t", language="en", author="a").finish()).pages) == 1


def test_a_page_begins_only_where_there_is_no_room() -> None:
    sheets = Sheets(title="t", language="en", author="a")
    sheets.need(10_000)
    assert sheets.is_at_top
    sheets.write(["one"], sheets.left, sheets.top, 10)
    sheets.top += 700
    sheets.need(sheets.left_over + 1)
    assert sheets.is_at_top
    sheets.write(["two"], sheets.left, sheets.top, 10)
    texts = [page.extract_text() for page in read(sheets.finish()).pages]
    assert ["one" in text for text in texts] == [True, False]
    assert ["two" in text for text in texts] == [False, True]


def test_a_full_page_is_packed_at_once() -> None:
    sheets = Sheets(title="t", language="en", author="a")
    for place in range(40):
        sheets.top = sheets.write([f"JP-MN-MN001-2015-{place}"] * 2, sheets.left, sheets.top, 9)
    sheets.turn()
    (page,) = sheets.canvas._doc.Pages.pages
    assert page.stream is None
    assert b"Tf" in zlib.decompress(page.Contents.content)
    assert "JP-MN-MN001-2015-39" in read(sheets.finish()).pages[0].extract_text()


def test_what_must_not_be_cut_is_made_to_fit() -> None:
    lines, size = fitted("JP-100-000012-0-84", 40, 10)
    assert lines == ["JP-100-000012-0-84"]
    assert size < 10
    assert fitted("JP-100-000012-0-84", 400, 10)[1] == 10
