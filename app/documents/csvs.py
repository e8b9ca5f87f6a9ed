"""Rows as files for spreadsheets and programs: CSV and JSON, a piece at a time."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_CHUNK_ROWS: Final = 1_000


def guarded(text: str) -> str:
    """Return a text for a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield CSV with a heading, CRLF, and the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + ",".join(columns) + "\r\n"
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK_ROWS)):
        written = io.StringIO()
        csv.writer(written).writerows([cell(row[name]) for name in columns] for row in chunk)
        yield written.getvalue()


def cell(value: Any) -> str | int | float:
    """Return a value as a CSV cell: texts guarded, lists with semicolons, nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return guarded("; ".join(value))
        case date():
            return value.isoformat()
        case str():
            return guarded(value)
        case _:
            found: int | float = value
            return found


def document(head: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield JSON: an object with what is said of the whole, and the rows as its `items`."""
    said = _json(head)
    yield (said[:-1] + "," if head else "{") + '"items":['
    before = "\n"
    for row in rows:
        yield before + _json(row)
        before = ",\n"
    yield "\n]}\n"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))
