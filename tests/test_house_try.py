"""Temporary."""

import sqlalchemy as sa
import pytest


@pytest.mark.parametrize("n", range(20))
def test_db(database, n):
    with database.reading() as s:
        assert s.scalar(sa.text("select count(*) from accounts")) == 0


def test_session(session):
    assert session.execute(sa.text("select 1")).scalar() == 1
