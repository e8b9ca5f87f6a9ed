"""Rows of a query at constant memory."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select

from app.store.databases import AnyRow

_CHUNK: Final = 2_000


def stream(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    asked: Mapping[str, Any] | None = None,
    *,
    chunk: int = _CHUNK,
) -> Iterator[AnyRow]:
    """Yield the rows of a query, a chunk of them in memory at a time.

    Args:
        asked: the values of the query's parameters.
        chunk: how many rows are fetched at once.
    """
    # Options of the statement: those of the connection would stay with all that it runs later.
    options = {"stream_results": True, "yield_per": chunk}
    # Closed also when the reader leaves early: a server's cursor does not close by itself.
    with connection.execute(query, asked, execution_options=options) as result:
        yield from result
