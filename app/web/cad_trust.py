"""The export for the Climate Action Data Trust: every table as CSV, and all of them as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.domain import cad_trust as rules
from app.domain.cad_trust import SCHEMA, TABLES, Table
from app.domain.errors import NotFound
from app.store import cad_trust as questions
from app.store import credit_files
from app.store.cad_trust import Exporter
from app.store.databases import Database
from app.web import published_tables, words
from app.web.access import public
from app.web.addresses import whole
from app.web.published_tables import Cell
from app.web.sessions import database, registry

blueprint = Blueprint("cad_trust", __name__)

_ADDRESS: Final = f"{words.PREFIX}/open-data"
_CHUNK_ROWS: Final = 500


@blueprint.get(f"{_ADDRESS}/cad-trust.json")
@public
def document() -> Response:
    """Answer with every table, and with how many records lack what the model requires."""
    answer = Response(_json(database(), _exporter()), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="cad-trust.json"'
    return answer


@blueprint.get(f"{_ADDRESS}/cad-trust/<name>.csv")
@public
def table(name: str) -> Response:
    found, exporter = rules.find(name), _exporter()
    if found is None or name not in rules.FILLED:
        raise NotFound("table")
    columns = found.columns

    def lines(session: Session) -> Iterator[list[Cell]]:
        for record in questions.records(session, name, exporter):
            yield [_cell(record[column]) for column in columns]

    return published_tables.answer(
        f"cad-trust-{name}.csv", columns, lines, lambda session: credit_files.standing(session)[1]
    )


def _exporter() -> Exporter:
    told = registry()
    return Exporter(told.code, told.name.en, whole(""))


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, date) else value


def _json(found_in: Database, exporter: Exporter) -> Iterator[str]:
    """Yield the JSON. The answer outlives the request, so it reads in a session of its own."""
    head = {"schema": SCHEMA, "registry": exporter.code, "name": exporter.name}
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "tables": {{'
    lacking: Counter[tuple[str, str]] = Counter()
    before = ""
    with found_in.reading() as session:
        for one in TABLES:
            yield f'{before}\n"{one.name}": ['
            yield from _records(session, one, exporter, lacking)
            yield "]"
            before = ","
    # What the model requires and the registry does not record, by how many records.
    told = [
        {"table": name, "field": field, "records": count}
        for (name, field), count in sorted(lacking.items())
    ]
    yield f'\n}}, "incomplete": {json.dumps(told)}}}\n'


def _records(
    session: Session, one: Table, exporter: Exporter, lacking: Counter[tuple[str, str]]
) -> Iterator[str]:
    before = "\n"
    waiting: list[str] = []
    for record in questions.records(session, one.name, exporter):
        lacking.update((one.name, name) for name in rules.missing(one, record))
        waiting.append(json.dumps(record, ensure_ascii=False, default=date.isoformat))
        if len(waiting) == _CHUNK_ROWS:
            yield before + ",\n".join(waiting)
            before, waiting = ",\n", []
    if waiting:
        yield before + ",\n".join(waiting)
