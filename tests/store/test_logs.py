"""Questions about what was done and tried; and the database, which lets logs only grow."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.registry import logs as verbs
from app.store import logs
from tests.world import NOW, World


def test_operations_are_read_newest_first_and_page_by_page(stage: Session, cast: World) -> None:
    for number in range(5):
        verbs.done(stage, f"operation {number}", "subject", actor=cast.operator, now=NOW)
    first = logs.operations(stage, size=3)
    assert [entry.operation for entry in first] == ["operation 4", "operation 3", "operation 2"]
    following = logs.operations(stage, before=first[-1].id, size=2)
    assert [entry.operation for entry in following] == ["operation 1", "operation 0"]


def test_a_person_has_the_own_sign_ins_newest_first(stage: Session, cast: World) -> None:
    for person, outcome in (
        (cast.operator, "wrong password"),
        (cast.auditor, "signed in"),
        (cast.operator, "signed in"),
    ):
        verbs.access(stage, "x", outcome, user_id=person, address=None, now=NOW)
    found = logs.accesses(stage, cast.operator)
    assert [entry.outcome for entry in found] == ["signed in", "wrong password"]
    assert len(logs.accesses(stage, cast.operator, size=1)) == 1


@pytest.mark.parametrize("table", ["log_entries", "access_entries"])
@pytest.mark.parametrize("change", ["UPDATE {} SET user_id = NULL", "DELETE FROM {}"])
def test_the_database_lets_a_log_only_grow(
    stage: Session, cast: World, table: str, change: str
) -> None:
    verbs.access(stage, "x", "signed in", user_id=cast.operator, address=None, now=NOW)
    with pytest.raises(DBAPIError), stage.begin_nested():
        stage.execute(text(change.format(table)))
