"""The result of a credit search as CSV and as JSON: exactly what is shown, streamed."""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from flask import Response, request
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING_NAMES, KIND_NAMES, Kind, holding
from app.store import countries, credit_files, credit_totals
from app.store.credit_files import COLUMNS, Words
from app.store.databases import Database
from app.web import lists, words
from app.web.access import public
from app.web.credit_filters import Asked, Wanted, understood
from app.web.pages import guarded
from app.web.sessions import database, kept, reading, registry

_CHUNK_ROWS: Final = 500


@public
def table() -> Response:
    """Answer with the CSV; it begins with the mark by which Excel knows UTF-8."""
    wanted = _wanted(reading())
    head = ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    body = _csv(head, database(), wanted, _words(in_table=True))
    return _file(body, "text/csv", "jcm-credits.csv", wanted)


@public
def document() -> Response:
    """Answer with the JSON: what was asked, the totals, and every row."""
    session = reading()
    wanted = _wanted(session)
    by_kind = credit_totals.totals(session, wanted.search)
    head = {
        "registry": registry().code,
        "language": words.language(),
        "search": lists.given(lists.typed(Asked)),
        "quantity": sum(by_kind.values()),
        "quantity_by_kind": {kind.value: tonnes for kind, tonnes in by_kind.items()},
    }
    body = _json(head, database(), wanted, _words(in_table=False))
    return _file(body, "application/json", "jcm-credits.json", wanted)


def _wanted(session: Session) -> Wanted:
    wanted, refusals = understood(session, lists.typed(Asked))
    for refusal in refusals.values():
        raise refusal
    return wanted


def _words(*, in_table: bool) -> Words:
    """Return the words of the page's language, as a cell of a table if they go into one."""
    printed = guarded if in_table else str
    return Words(
        origin=registry().code,
        partners={code: printed(words.text(name)) for code, name in kept(countries.names).items()},
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        states={
            kind: (holding(kind).value, words.text(HOLDING_NAMES[holding(kind)])) for kind in Kind
        },
    )


def _file(body: Iterator[bytes], mimetype: str, name: str, wanted: Wanted) -> Response:
    """Answer with a file, or with nothing when the asker has this very file already."""
    digest, completed_at = credit_files.standing(reading())
    said = (digest, completed_at, wanted, words.language(), mimetype, request.full_path)
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.set_etag(hashlib.sha256(repr(said).encode()).hexdigest()[:32])
    answer.last_modified = completed_at
    # Or all of it would be collected first, to say how long it is.
    answer.implicit_sequence_conversion = False
    made: Any = answer.make_conditional(request)
    found: Response = made
    return found


def _csv(head: bytes, found_in: Database, wanted: Wanted, printed: Words) -> Iterator[bytes]:
    """Yield the CSV. The answer outlives the request, so it reads in a session of its own."""
    yield head
    with found_in.reading() as session:
        yield from credit_files.lines(session, wanted.search, printed, descending=wanted.descending)


def _json(
    head: dict[str, Any], found_in: Database, wanted: Wanted, printed: Words
) -> Iterator[bytes]:
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "credits": ['.encode()
    before = ""
    with found_in.reading() as session:
        rows = credit_files.rows(session, wanted.search, printed, descending=wanted.descending)
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            said = (
                json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
                for row in chunk
            )
            yield (before + ",\n".join(said)).encode()
            before = ",\n"
    yield b"]}\n"
