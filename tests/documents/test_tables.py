"""Tables over pages: heads repeated, long rows parted without loss, sums at the end."""

from collections.abc import Iterator

from app.documents.tables import Column, Table
from app.documents.typesetting import document
from tests.papers import read, words

COLUMNS = (Column("Serial numbers", 3), Column("Credits", is_number=True))


def made(table: Table) -> bytes:
    return document([table], title="t", language="en", author="a")


def test_every_page_repeats_the_heads_and_no_row_is_lost() -> None:
    rows = [(f"JP-MN-MN001-2015-{place}-{place}", f"{place}") for place in range(1, 151)]
    body = made(Table(COLUMNS, rows, last=[("Sum", "150")]))
    pages = len(read(body).pages)
    assert pages == 5
    for page in range(pages):
        assert words(body, page).count("Serialnumbers") == 1
    text = words(body)
    for serial, _credits in rows:
        assert serial in text
    assert words(body, pages - 1).split("Sum")[1].startswith("150")


def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    lines = [f"line{place}." for place in range(1, 201)]
    body = made(Table(COLUMNS, [("\n".join(lines), "1"), ("last", "2")]))
    assert [words(body, page).count("Serialnumbers") for page in range(4)] == [1, 1, 1, 1]
    text = words(body)
    assert [line for line in lines if line not in text] == []
    assert text.count("line") == 200


def test_a_table_without_rows_still_has_its_heads() -> None:
    assert "Credits" in words(made(Table(COLUMNS, ())))


def test_rows_are_drawn_as_they_come() -> None:
    """None is asked for before the one above it is done with."""
    held: list[int] = []
    longest = 0

    def rows() -> Iterator[tuple[str, str]]:
        nonlocal longest
        for place in range(300):
            held.append(place)
            longest = max(longest, len(held))
            yield f"JP-MN-MN001-2015-{place}-{place}", "1"
            held.clear()

    made(Table(COLUMNS, rows()))
    assert longest == 1


def test_a_number_too_wide_for_its_column_is_set_smaller_and_not_cut() -> None:
    serial = "JP-MN-MN001-2015-1000000000000-2000000000000"
    narrow = (Column("a", 1), Column("b", 5))
    assert serial in read(made(Table(narrow, [(serial, "")]))).pages[0].extract_text()
