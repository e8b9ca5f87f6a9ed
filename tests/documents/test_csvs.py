"""Rows as CSV and JSON: what spreadsheets and programs read is what was there."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date

from app.documents import csvs

ROWS = [
    {"name": "=1+1", "day": date(2026, 1, 30), "count": 7, "is_demo": True, "all": ["a", "b"]},
    {"name": '太陽, "光"\n', "day": None, "count": 2**63 - 1, "is_demo": False, "all": []},
]
COLUMNS = ["name", "day", "count", "is_demo", "all"]


def test_a_csv_opens_in_a_spreadsheet() -> None:
    text = "".join(csvs.lines(COLUMNS, ROWS))
    assert text.startswith("\ufeffname,day,count,is_demo,all\r\n")
    assert list(csv.reader(io.StringIO(text[1:], newline="")))[1:] == [
        ["'=1+1", "2026-01-30", "7", "yes", "a; b"],
        ['太陽, "光"\n', "", "9223372036854775807", "no", ""],
    ]


def test_a_cell_is_no_formula() -> None:
    for text in ("=A1", "+1", "-1", "@x", "\tx", "\rx"):
        assert csvs.guarded(text) == f"'{text}"
    assert csvs.cell(["=A1", "b"]) == "'=A1; b"
    assert csvs.cell(-1) == -1


def test_a_document_is_json_with_or_without_rows() -> None:
    found = json.loads("".join(csvs.document({"table": "x"}, ROWS)))
    assert found["table"] == "x"
    assert found["items"][0]["name"] == "=1+1"
    assert found["items"][0]["day"] == "2026-01-30"
    assert json.loads("".join(csvs.document({}, []))) == {"items": []}


def test_rows_are_written_a_piece_at_a_time() -> None:
    taken: list[int] = []

    def rows() -> Iterator[dict[str, int]]:
        for number in range(5_000):
            taken.append(number)
            yield {"number": number}

    pieces = csvs.lines(["number"], rows())
    next(pieces)
    assert not taken
    next(pieces)
    assert len(taken) == 1_000
