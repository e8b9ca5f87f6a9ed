"""What the two logs share: entries counted in words, texts made harmless, and the CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from unicodedata import category

from flask import Response, stream_with_context
from flask_babel import gettext as _
from flask_babel import ngettext

from app.store.databases import AnyRow
from app.web.lists import COUNT_CAP
from app.web.pages import day, guarded, local_time, number
from app.web.sessions import reading
from app.web.words import language

_CHUNK_ROWS: Final = 1_000


def summary(count: int) -> str:
    """Return in words how many entries were found."""
    if count > COUNT_CAP:
        return str(_("More than %(count)s entries", count=number(COUNT_CAP)))
    return str(ngettext("%(count)s entry", "%(count)s entries", count, count=number(count)))


def instant(value: datetime) -> str:
    """Print a time to the second in the registry's zone, as a log must."""
    local = local_time(value)
    if language() == "ja":
        return f"{day(local)} {local:%H:%M:%S}"
    return f"{local:%H:%M:%S} {day(local)}"


def one_line(text: str) -> str:
    r"""Return a text in which nothing breaks the line or turns it round: such letters as \u000a.

    What somebody typed at the door stands in the log; it must not look like another entry.
    """
    return "".join(_visible(letter) for letter in text)


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if category(letter) == "Zs" else f"\\u{ord(letter):04x}"


def table(
    name: str,
    columns: Sequence[str],
    question: Callable[..., Sequence[AnyRow]],
    wanted: Any,
    line: Callable[[AnyRow], Iterable[str]],
) -> Response:
    """Return every entry that a question finds as CSV, a chunk at a time.

    Args:
        question: takes the session and what is wanted, and gives entries newest first.
    """
    lines = _lines(columns, _every(question, wanted), line)
    answer = Response(stream_with_context(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(
    columns: Sequence[str], entries: Iterator[AnyRow], line: Callable[[AnyRow], Iterable[str]]
) -> Iterator[str]:
    # It begins with the mark by which Excel knows UTF-8.
    yield "\ufeff" + ",".join(columns) + "\r\n"
    while chunk := list(islice(entries, _CHUNK_ROWS)):
        lines = io.StringIO()
        csv.writer(lines).writerows(
            [guarded(one_line(cell)) for cell in line(row)] for row in chunk
        )
        yield lines.getvalue()


def _every(question: Callable[..., Sequence[AnyRow]], wanted: Any) -> Iterator[AnyRow]:
    # The view's own session ends with the view; what is streamed is asked in one of its own.
    session, before = reading(), None
    while found := question(session, wanted, before=before, size=_CHUNK_ROWS):
        yield from found
        before = found[-1].id
