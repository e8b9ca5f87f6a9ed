"""Questions about what was done and tried; and the database, which lets logs only grow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.errors import NothingChosen
from app.registry import logs as verbs
from app.registry import people
from app.registry.logs import Origin
from app.store import logs
from app.store.logs import Accesses, Operations
from app.store.tables import User
from tests.world import NOW, World

ORIGIN = Origin("192.0.2.7", "Firefox, Windows")
DAY = timedelta(days=1)


def subjects(session: Session, **wanted: object) -> list[str]:
    # Only what the tests wrote: the cast itself has left its traces.
    found = logs.operations(session, replace(Operations(), **wanted), size=200)
    return [row.subject for row in found if row.operation in {"bar serials", "claim task"}]


def typed(session: Session, **wanted: object) -> list[str]:
    found = logs.accesses(session, replace(Accesses(), **wanted))
    return [row.login_id for row in found]


def test_operations_are_read_newest_first_and_page_by_page_both_ways(
    stage: Session, cast: World
) -> None:
    for number in range(5):
        verbs.done(stage, f"operation {number}", "subject", actor=cast.operator, now=NOW)
    wanted = Operations(subjects={"subject"})
    first = logs.operations(stage, wanted, size=3)
    assert [entry.operation for entry in first] == ["operation 4", "operation 3", "operation 2"]
    following = logs.operations(stage, wanted, before=first[-1].id, size=2)
    assert [entry.operation for entry in following] == ["operation 1", "operation 0"]
    back = logs.operations(stage, wanted, after=following[0].id, size=2)
    assert [entry.operation for entry in back] == ["operation 3", "operation 2"]
    assert (first[0].login_id, first[0].name_en) == ("operator", "Operator")


def test_operations_are_found_by_person_kind_object_day_and_refusal(
    stage: Session, cast: World
) -> None:
    verbs.done(stage, "bar serials", "one", actor=cast.operator, now=NOW)
    verbs.done(stage, "claim task", "two", actor=cast.approver, now=NOW + DAY)
    verbs.refused(stage, "claim task", "three", NothingChosen(), actor=None, now=NOW + 2 * DAY)
    assert subjects(stage) == ["three", "two", "one"]
    for wanted, found in (
        ({"user_id": cast.operator}, ["one"]),
        ({"operations": ["claim task"]}, ["three", "two"]),
        ({"operations": []}, []),
        ({"subjects": {"two", "TWO"}}, ["two"]),
        ({"since": NOW + DAY}, ["three", "two"]),
        ({"since": NOW, "until": NOW + DAY}, ["one"]),
        ({"refused_only": True}, ["three"]),
        ({"refused_only": True, "user_id": cast.operator}, []),
    ):
        assert subjects(stage, **wanted) == found, wanted
        counted = logs.count_operations(stage, replace(Operations(), **wanted), cap=10_000)
        assert counted >= len(found)


def test_a_person_has_the_own_sign_ins_newest_first(stage: Session, cast: World) -> None:
    for person, outcome in (
        (cast.operator, Outcome.WRONG_PASSWORD),
        (cast.auditor, Outcome.SIGNED_IN),
        (cast.operator, Outcome.SIGNED_IN),
    ):
        verbs.access(stage, "x", outcome, user_id=person, origin=ORIGIN, now=NOW)
    wanted = Accesses(user_id=cast.operator)
    found = logs.accesses(stage, wanted)
    assert [entry.outcome for entry in found] == ["signed_in", "wrong_password"]
    assert (found[0].device, found[0].name_ja) == ("Firefox, Windows", "Operator")
    assert len(logs.accesses(stage, wanted, size=1)) == 1
    assert [logs.count_accesses(stage, wanted, cap=cap) for cap in (1, 2, 9)] == [2, 2, 2]


def test_the_access_log_is_found_by_person_event_address_and_day(
    stage: Session, cast: World
) -> None:
    elsewhere = Origin("2001:db8::7", "Safari, iPhone")
    for login_id, person, outcome, origin, at in (
        ("operator", cast.operator, Outcome.SIGNED_IN, ORIGIN, NOW),
        ("nobody", None, Outcome.UNKNOWN_LOGIN_ID, elsewhere, NOW + DAY),
        ("operator ", cast.operator, Outcome.WRONG_PASSWORD, elsewhere, NOW + 2 * DAY),
    ):
        verbs.access(stage, login_id, outcome, user_id=person, origin=origin, now=at)
    for wanted, found in (
        ({}, ["operator ", "nobody", "operator"]),
        ({"user_id": cast.operator}, ["operator ", "operator"]),
        ({"login_id": "nobody"}, ["nobody"]),
        ({"user_id": cast.operator, "login_id": "nobody"}, ["operator ", "nobody", "operator"]),
        # What somebody is found by is not what another typed.
        ({"login_id": "operator"}, []),
        ({"outcome": "wrong_password"}, ["operator "]),
        ({"address": "2001:db8::7"}, ["operator ", "nobody"]),
        ({"since": NOW + DAY, "until": NOW + 2 * DAY}, ["nobody"]),
    ):
        assert typed(stage, **wanted) == found, wanted


def test_a_person_is_found_by_the_present_login_id_and_by_former_ones(
    stage: Session, cast: World
) -> None:
    user = stage.get_one(User, cast.aoba_proposer)
    present = people.reissue_login_id(stage, user, "JP", actor=cast.operator, now=NOW)
    assert logs.person(stage, present) == cast.aoba_proposer
    assert logs.person(stage, "aoba-proposer") == cast.aoba_proposer
    assert logs.person(stage, "nobody") is None


@pytest.mark.parametrize("table", ["log_entries", "access_entries"])
@pytest.mark.parametrize("change", ["UPDATE {} SET user_id = NULL", "DELETE FROM {}"])
def test_the_database_lets_a_log_only_grow(
    stage: Session, cast: World, table: str, change: str
) -> None:
    verbs.access(stage, "x", Outcome.SIGNED_IN, user_id=cast.operator, origin=ORIGIN, now=NOW)
    with pytest.raises(DBAPIError), stage.begin_nested():
        stage.execute(text(change.format(table)))


@pytest.mark.parametrize("table", ["log_entries", "access_entries"])
def test_what_is_three_years_old_may_be_pruned_and_nothing_younger(
    stage: Session, cast: World, table: str
) -> None:
    today = datetime.now(UTC)
    for years, subject in ((4, "old"), (2, "young")):
        at = today - timedelta(days=365 * years)
        verbs.done(stage, "open account", subject, actor=None, now=at)
        verbs.access(stage, subject, Outcome.SIGNED_IN, user_id=None, origin=ORIGIN, now=at)
    column = "subject" if table == "log_entries" else "login_id"
    pruned = stage.execute(text(f"DELETE FROM {table} WHERE {column} = 'old'"))
    assert pruned.rowcount == 1  # type: ignore[attr-defined]  # of a statement that changes rows
    with pytest.raises(DBAPIError, match="kept for three years"), stage.begin_nested():
        stage.execute(text(f"DELETE FROM {table} WHERE {column} = 'young'"))
