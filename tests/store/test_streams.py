"""Rows at constant memory: nothing of a stream stays behind when its reader leaves early."""

import gc
from itertools import islice

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.store import credits as questions
from app.store import streams
from app.store.credits import Search
from app.store.databases import Database


def test_a_reader_that_leaves_early_leaves_nothing_open(busy: Session) -> None:
    first = next(iter(questions.stream(busy, Search())))
    gc.collect()  # a cursor still open would say so here, and a warning is an error
    connection = busy.connection()
    if connection.dialect.name == "postgresql":
        assert list(connection.scalars(text("SELECT name FROM pg_cursors"))) == []
    assert first.first == next(iter(questions.stream(busy, Search()))).first


@pytest.mark.parametrize("read", [0, 1])
def test_a_stream_whose_connection_is_lost_leaves_nothing_open(
    database: Database, read: int
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("a file has no connection to lose")
    with database.reading() as session, database.writing() as other:
        own = session.scalar(select(func.pg_backend_pid()))
        rows = streams.stream(session.connection(), select(func.generate_series(1, 9)), chunk=1)
        assert len(list(islice(rows, read))) == read
        assert other.scalar(select(func.pg_terminate_backend(own, 10_000)))
        with pytest.raises(OperationalError):
            list(rows)
    gc.collect()  # a cursor still open would say so here, and a warning is an error


def test_what_is_asked_after_a_stream_is_no_stream(busy: Session) -> None:
    next(iter(questions.stream(busy, Search())))
    options = busy.connection().get_execution_options()
    assert not options.get("stream_results")
    assert not options.get("yield_per")
