"""CSV of what has been published: streamed, in a stable order, and sent again only if changed."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import Any, Final

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain.errors import UnknownChoice
from app.web.entries import one_line
from app.web.pages import guarded
from app.web.sessions import database

_CHUNK_ROWS: Final = 1_000
#: Characters of a wrong choice that are said again.
_SAID_MAX: Final = 40

Cell = str | int | float | None


def searched(typed: str) -> str:
    """Return what the chip of the search box says."""
    return str(_("Search: %(text)s", text=typed))


def refuse(asked: Any, errors: Mapping[str, str]) -> None:
    """Raise for the first field of a filter that says what is not offered; a table has no form."""
    for name in errors:
        raise UnknownChoice(getattr(asked, name)[:_SAID_MAX], field=name)


def answer(
    name: str,
    columns: Sequence[str],
    lines: Callable[[Session], Iterable[Sequence[Cell]]],
    changed_at: Callable[[Session], datetime | None],
) -> Response:
    """Return a table as CSV, or say that the reader's copy is still right.

    The lines are gone through twice over one unchanging view of the registry: for the digest
    that is the ETag, and to be sent. So they are never all in memory.

    Args:
        lines: makes the lines in a session that lives as long as the answer.
        changed_at: tells since when they are as they are.
    """
    opened = ExitStack()
    session = opened.enter_context(database().reading())
    try:
        digest = hashlib.sha256()
        for part in _parts(columns, lines(session)):
            digest.update(part)
        found = Response(_parts(columns, lines(session)), mimetype="text/csv")
        found.last_modified = changed_at(session)
    except BaseException:
        opened.close()
        raise
    found.call_on_close(opened.close)
    found.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    found.set_etag(digest.hexdigest()[:32])
    found.make_conditional(request)
    return found


def _parts(columns: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    # It begins with the mark by which Excel knows UTF-8.
    yield ("\ufeff" + ",".join(columns) + "\r\n").encode()
    remaining = iter(lines)
    while chunk := list(islice(remaining, _CHUNK_ROWS)):
        written = io.StringIO()
        csv.writer(written).writerows(map(_cells, chunk))
        yield written.getvalue().encode()


def _cells(line: Sequence[Cell]) -> list[Cell]:
    return [guarded(one_line(cell)) if isinstance(cell, str) else cell for cell in line]
