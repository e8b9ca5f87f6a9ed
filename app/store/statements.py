"""Statements of the ledger path: written in Core, compiled once, run on the driver's own cursor.

Executing a Core statement costs four times what the driver needs for it; a movement runs twenty.
So these are compiled once for each engine, and each run goes straight to the cursor of the
connection, inside the transaction that SQLAlchemy holds open on it.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from app.store.databases import AnyRow

_Process = Callable[[Any], Any]


class Statement:
    """One statement, run by keyword: the names of its `bindparam`s.

    Args:
        core: a Core statement without lists that expand.
        columns: for an insert without values, the columns its rows give.
    """

    def __init__(self, core: ClauseElement, *columns: str) -> None:
        self._core = core
        self._columns = columns
        self._prepared: dict[str, _Prepared] = {}

    def rows(self, connection: Connection, **values: Any) -> list[AnyRow]:
        """Return every row, read by name."""
        prepared = self._on(connection)
        cursor = connection.connection.cursor()
        cursor.execute(prepared.text, prepared.bound(values))
        return [prepared.row(found) for found in cursor.fetchall()]

    def row(self, connection: Connection, **values: Any) -> AnyRow | None:
        """Return the first row, or None."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run for each of the rows and return how many rows of the table that touched."""
        prepared = self._on(connection)
        cursor = connection.connection.cursor()
        if len(rows) == 1:
            cursor.execute(prepared.text, prepared.bound(rows[0]))
        else:
            cursor.executemany(prepared.text, [prepared.bound(row) for row in rows])
        return int(cursor.rowcount)

    def _on(self, connection: Connection) -> "_Prepared":
        name = connection.dialect.name
        if name not in self._prepared:
            self._prepared[name] = _Prepared(self._core, self._columns, connection.dialect)
        return self._prepared[name]


class _Prepared:
    """A statement compiled for one engine, with what turns values into the driver's and back."""

    def __init__(self, core: ClauseElement, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = core.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        assert isinstance(core, Executable)
        self.text = compiled.string
        self._order = compiled.positiontup
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._binders = [
            (name, process)
            for name, bound in compiled.binds.items()
            if (process := bound.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        returned = list(getattr(core, "exported_columns", ()))
        make: Any = namedtuple  # the columns are known when it runs
        self._row = make("Row", [column.name for column in returned])._make
        self._readers: list[tuple[int, _Process]] = [
            (place, process)
            for place, column in enumerate(returned)
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        given = {**self._fixed, **values}
        for name, process in self._binders:
            if name in given:
                given[name] = process(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def row(self, found: Sequence[Any]) -> AnyRow:
        """Return a row of the driver's with our types."""
        read = list(found)
        for place, process in self._readers:
            read[place] = process(read[place])
        made: AnyRow = self._row(read)
        return made
