"""Statements that run on the driver's cursor behave as Core's would."""

import sqlite3
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.roles import Role
from app.store.databases import Database
from app.store.statements import Statement
from app.store.tables import Bar, User

_LATE = datetime(2026, 11, 2, 1, 30, 0, 123456, tzinfo=UTC)
_INSERT = Statement(insert(Bar), "first", "last", "reason", "is_inconsistent", "laid_by", "laid_at")
_BARS = Statement(
    select(Bar.first, Bar.last.label("end"), Bar.laid_at)
    .where(Bar.reason == "theft", Bar.first > bindparam("after"))
    .order_by(Bar.first)
)
_LIFT = Statement(
    update(Bar).where(Bar.first == bindparam("at")).values(lifted_at=bindparam("moment"))
)


@pytest.fixture
def laid(database: Database) -> Database:
    """A registry in which two ranges are barred for theft and one for something else."""

    def lay(session: Session) -> None:
        connection = session.connection()
        user = connection.execute(
            insert(User)
            .values(
                login_id="operator",
                name_en="O",
                name_ja="担",
                role=Role.OPERATOR,
                language="en",
                failures_before=0,
                failures_since=0,
                is_demo=False,
                created_at=_LATE,
            )
            .returning(User.id)
        ).scalar_one()
        rows = [
            {
                "first": first,
                "last": first + 9,
                "reason": why,
                "is_inconsistent": False,
                "laid_by": user,
                "laid_at": _LATE,
            }
            for first, why in ((1, "theft"), (11, "theft"), (21, "order"))
        ]
        assert _INSERT.run(connection, rows) == 3

    database.write(lay)
    return database


def test_a_row_is_read_by_name_with_our_types(laid: Database) -> None:
    with laid.reading() as session:
        rows = _BARS.rows(session.connection(), after=0)
    assert [(row.first, row.end) for row in rows] == [(1, 10), (11, 20)]
    assert rows[0].laid_at == _LATE
    assert rows[0]._asdict() == {"first": 1, "end": 10, "laid_at": _LATE}


def test_the_words_of_a_column_come_back_as_members(laid: Database) -> None:
    who = Statement(select(User.role).where(User.role == bindparam("role")))
    with laid.reading() as session:
        found = who.row(session.connection(), role=Role.OPERATOR)
        assert found is not None
        assert found.role is Role.OPERATOR
        assert who.row(session.connection(), role=Role.AUDITOR) is None


def test_a_batch_tells_how_many_rows_it_touched(laid: Database) -> None:
    with laid.writing() as session:
        connection = session.connection()
        assert _LIFT.run(connection, [{"at": 1, "moment": _LATE}]) == 1
        both = [{"at": 11, "moment": _LATE}, {"at": 99, "moment": _LATE}]
        assert _LIFT.run(connection, both) == 1


def test_what_it_did_is_undone_with_the_transaction(laid: Database) -> None:
    emptied = Statement(delete(Bar))

    def change_one_s_mind(session: Session) -> None:
        assert emptied.run(session.connection(), [{}]) == 3
        raise LookupError

    with pytest.raises(LookupError):
        laid.write(change_one_s_mind)
    with laid.reading() as session:
        assert len(_BARS.rows(session.connection(), after=0)) == 2


def test_a_refusal_of_the_database_is_the_drivers_own(laid: Database) -> None:
    backwards = {"first": 9, "last": 1, "reason": "x", "laid_by": 1, "laid_at": _LATE}
    with (
        pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)),
        laid.writing() as session,
    ):
        _INSERT.run(session.connection(), [backwards | {"is_inconsistent": False}])
