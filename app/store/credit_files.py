"""The credit search as a file: every row of a result as it is printed, at constant memory.

PostgreSQL prints the CSV by itself; on SQLite the rows are printed one by one.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.accounts import Kind
from app.domain.bands import OWN_MAX
from app.domain.places import FIRST, SIZE
from app.domain.projects import ITMO_VINTAGE_MIN, UnitClass
from app.domain.serials import Range
from app.store.credits import Search, engine_of, everything
from app.store.streams import stream
from app.store.tables import Account, Block, ChainHead, Holder, Project

COLUMNS: Final = (
    *("serial", "first", "last", "quantity", "project", "partner", "partner_name", "vintage"),
    *("unit_class", "kind", "kind_name", "state", "state_name", "is_demo"),
)
_CHUNK_BYTES: Final = 2**16
_CHUNK_ROWS: Final = 1_000
_YES, _NO = "yes", "no"
_LETTERS: Final = 26


@dataclass(frozen=True)
class Words:
    """The words of a file in its language; a state is its code and its name, by kind of account."""

    origin: str
    partners: Mapping[str, str]
    kinds: Mapping[Kind, str]
    states: Mapping[Kind, tuple[str, str]]


def standing(session: Session) -> tuple[bytes, datetime]:
    """Return what the ledger's last movement is known by, and when it was."""
    query = select(ChainHead.digest, ChainHead.completed_at)
    digest, completed_at = session.connection().execute(query).one()
    return digest, completed_at


def lines(
    session: Session, search: Search, words: Words, *, descending: bool = False
) -> Iterator[bytes]:
    """Yield the CSV of a search below its heading, many lines at a time."""
    if search.is_empty:
        return
    if engine_of(session) == "postgresql":
        yield from _copied(session, *_printed(session, search, words, descending=descending))
        return
    found = rows(session, search, words, descending=descending)
    while chunk := list(islice(found, _CHUNK_ROWS)):
        written = io.StringIO()
        csv.writer(written).writerows(chunk)
        yield written.getvalue().encode()


def rows(
    session: Session, search: Search, words: Words, *, descending: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Yield every row of a search as it is printed, in the order of COLUMNS."""
    if search.is_empty:
        return
    connection = session.connection()
    if engine_of(session) == "postgresql":
        query, asked = _printed(session, search, words, descending=descending)
        for row in stream(connection, query, asked):
            yield tuple(row)
        return
    query, asked = _plain(session, search, descending=descending)
    by_kind = {
        kind.value: (kind.value, name, *words.states[kind]) for kind, name in words.kinds.items()
    }
    for first, last, project, partner, vintage, kind, is_demo in stream(connection, query, asked):
        origin, begin, end = words.origin, first, last
        if last > OWN_MAX:
            origin, numbers = bands.printed(Range(first, last), own=origin)
            begin, end = numbers.first, numbers.last
        yield (
            f"{origin}-{partner}-{project}-{vintage}-{begin}-{end}",
            begin,
            end,
            last - first + 1,
            project,
            partner,
            words.partners.get(partner, partner),
            vintage,
            (UnitClass.ITMO if vintage >= ITMO_VINTAGE_MIN else UnitClass.JCM_CREDIT).value,
            *by_kind[kind],
            _YES if is_demo else _NO,
        )


_kind = type_coerce(Block.kind, String)
_is_demo = Block.account_id.in_(
    select(Account.id).join(Holder, Holder.id == Account.holder_id).where(Holder.is_demo)
)


def _plain(
    session: Session, search: Search, *, descending: bool
) -> tuple[Select[Any], dict[str, Any]]:
    query, asked = everything(session, search)
    columns = (Block.first, Block.last, Project.reference, Block.partner, Block.vintage, _kind)
    query = query.add_columns(*columns, _is_demo).select_from(Block)
    query = query.join(Project, Project.id == Block.project_id)
    return query.order_by(Block.first.desc() if descending else Block.first), asked


def _printed(
    session: Session, search: Search, words: Words, *, descending: bool
) -> tuple[Select[Any], dict[str, Any]]:
    """Return the statement by which PostgreSQL prints the rows itself."""
    query, asked = everything(session, search)
    asked |= {"origin": words.origin, "names": json.dumps(dict(words.partners))}
    reference = Project.reference
    first, last = (_counted(column) for column in (Block.first, Block.last))
    numbers = (Block.vintage, first, last)
    serial = func.concat_ws("-", _origin(), Block.partner, reference, *numbers)
    name = cast(bindparam("names", type_=String), JSONB)[Block.partner].astext
    codes = {kind.value: code for kind, (code, _name) in words.states.items()}
    states = {kind.value: state for kind, (_code, state) in words.states.items()}
    kinds = {kind.value: kind_name for kind, kind_name in words.kinds.items()}
    columns: tuple[Any, ...] = (
        serial,
        first,
        last,
        Block.last - Block.first + 1,
        reference,
        Block.partner,
        func.coalesce(name, Block.partner),
        Block.vintage,
        case(
            (Block.vintage >= ITMO_VINTAGE_MIN, UnitClass.ITMO.value),
            else_=UnitClass.JCM_CREDIT.value,
        ),
        _kind,
        *(case(named, value=_kind) for named in (kinds, codes, states)),
        case((_is_demo, literal(_YES)), else_=literal(_NO)),
    )
    labelled = [column.label(label) for column, label in zip(columns, COLUMNS, strict=True)]
    query = query.add_columns(*labelled).select_from(Block)
    query = query.join(Project, Project.id == Block.project_id)
    return query.order_by(Block.first.desc() if descending else Block.first), asked


#: As `app.domain.places` has it, said to PostgreSQL.
_is_own = Block.first <= OWN_MAX
_index = (Block.first - FIRST) // SIZE


def _counted(column: Any) -> Any:
    """Return the number at a place as its registry counts."""
    return case((_is_own, column), else_=func.mod(column - FIRST, SIZE))


def _origin() -> Any:
    """Return the code of the registry that issued a block."""
    letters = (_index // _LETTERS, func.mod(_index, _LETTERS))
    foreign = func.concat(*(func.chr(cast(letter + ord("A"), Integer)) for letter in letters))
    return case((_is_own, bindparam("origin", type_=String)), else_=foreign)


def _copied(session: Session, query: Select[Any], asked: dict[str, Any]) -> Iterator[bytes]:
    """Yield what COPY says, with the line ends that CSV has; no value printed has one in it."""
    connection = session.connection()
    plain = {name: _value(value) for name, value in asked.items()}
    compiled: Any = query.compile(dialect=connection.dialect)
    expanded = compiled.construct_expanded_state(plain)
    values = {name: _value(value) for name, value in expanded.parameters.items()}
    statement = f"COPY ({expanded.statement}) TO STDOUT (FORMAT csv)"
    parts: list[Any] = []
    size = 0
    cursor: Any = connection.connection.cursor()
    with closing(cursor), cursor.copy(statement, values) as copy:
        for part in copy:
            parts.append(part)
            size += len(part)
            if size >= _CHUNK_BYTES:
                yield b"".join(parts).replace(b"\n", b"\r\n")
                parts, size = [], 0
    yield b"".join(parts).replace(b"\n", b"\r\n")


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value.value if isinstance(value, Enum) else value
