"""Pruning: what is older than it is kept goes, what is younger stays, and both are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Config
from app.domain.access import Outcome
from app.domain.applications import Status
from app.registry import applications, logs, retention, sessions, throttles
from app.registry.logs import Origin
from app.registry.retention import Pruned
from app.store.tables import AccessEntry, Link, LogEntry, SignedIn, Throttle
from app.store.tables.sessions import Stage
from tests import applying, world
from tests.portal import Portal, opened
from tests.world import World

ORIGIN = Origin("192.0.2.7", "Firefox, Windows")
TODAY = datetime.now(UTC)
YEAR = timedelta(days=366)
DAY = timedelta(days=1)


def entries(session: Session, *ages: timedelta) -> None:
    for age in ages:
        at = TODAY - age
        logs.done(session, "claim task", f"{age.days}", actor=None, now=at)
        logs.access(session, f"{age.days}", Outcome.SIGNED_IN, user_id=None, origin=ORIGIN, now=at)


def test_entries_older_than_their_years_go_and_the_log_says_so(stage: Session, cast: World) -> None:
    entries(stage, 6 * YEAR, 5 * YEAR + DAY, 5 * YEAR - DAY, DAY)
    pruned = retention.prune(stage, log_years=5, now=TODAY)
    assert (pruned.operations, pruned.accesses) == (2, 2)
    left = stage.scalars(select(LogEntry.subject).where(LogEntry.operation == "claim task"))
    assert set(left) == {f"{(5 * YEAR - DAY).days}", "1"}
    assert set(stage.scalars(select(AccessEntry.login_id))) == {f"{(5 * YEAR - DAY).days}", "1"}
    last = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (last.operation, last.user_id, last.facts["operations"]) == ("prune", None, "2")
    assert retention.prune(stage, log_years=5, now=TODAY) == Pruned(0, 0, 0, 0)


def test_three_years_may_be_pruned_to_the_day(stage: Session, cast: World) -> None:
    entries(stage, 3 * YEAR + DAY, 3 * YEAR - DAY)
    pruned = retention.prune(stage, log_years=3, now=TODAY)
    assert (pruned.operations, pruned.accesses) == (1, 1)


def test_sessions_go_ninety_days_after_their_end(stage: Session, cast: World) -> None:
    long_ago = TODAY - retention.SESSIONS - DAY
    begun = {
        "expired long ago": long_ago,
        # It ended by itself a little later than by its person.
        "ended": TODAY - retention.SESSIONS - timedelta(hours=1),
        "expired": TODAY - retention.SESSIONS + DAY,
        "open": TODAY,
    }
    made = {
        name: sessions.begin(stage, cast.operator, Stage.FULL, origin=ORIGIN, now=at)[0]
        for name, at in begun.items()
    }
    sessions.end(stage, made["ended"], because="signed out", now=begun["ended"])
    assert retention.prune(stage, log_years=5, now=TODAY).sessions == 2
    assert set(stage.scalars(select(SignedIn.id))) == {made["expired"], made["open"]}


def test_throttles_go_once_they_count_no_more(stage: Session, cast: World) -> None:
    connection = stage.connection()
    for age in (2 * DAY, timedelta(hours=1)):
        throttles.failed(connection, f"id:{age}", throttles.PERSON, TODAY - age)
    locked = replace(throttles.PERSON, failures=1, wait=3 * DAY)
    throttles.failed(connection, "id:locked", locked, TODAY - 2 * DAY)
    assert retention.prune(stage, log_years=5, now=TODAY).throttles == 1
    assert set(stage.scalars(select(Throttle.key))) == {"id:1:00:00", "id:locked"}


def test_a_draft_that_nobody_touched_for_half_a_year_goes_with_its_content(
    stage: Session, cast: World
) -> None:
    made = applying.begun(stage, cast, now=TODAY - applications.DRAFT_LIFE - DAY)
    applying.begun(stage, cast, now=TODAY - applications.DRAFT_LIFE + DAY)
    assert retention.prune(stage, log_years=5, now=TODAY).drafts == 1
    assert (made.status, made.answers) == (Status.DISCARDED, {})
    last = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert last.facts["drafts"] == "1"


def test_the_command_prunes_and_says_what_it_removed(engine: str) -> None:
    with opened(engine) as portal:
        portal.database.write(lambda session: entries(session, 6 * YEAR, 4 * YEAR))
        made = portal.database.write(lambda session: _link(session, portal))
        with portal.app.app_context():
            result = portal.app.test_cli_runner().invoke(args=["prune"])
        assert result.exit_code == 0, result.output
        assert "Removed 1 entries of the log and 1 of the access log older than 5 years" in (
            result.output
        )
        with portal.database.reading() as session:
            assert session.get(Link, made) is not None, "links stay for ever"


def _link(session: Session, portal: Portal) -> int:
    link = Link(
        user_id=portal.world.operator,
        purpose="password",
        delivery="link",
        secret_hash=b"x",
        facts={},
        made_at=TODAY - 6 * YEAR,
        expires_at=TODAY - 6 * YEAR,
        void_at=TODAY - 6 * YEAR,
    )
    session.add(link)
    session.flush()
    return link.id


def test_the_years_come_from_the_environment_and_are_three_at_least(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.delenv("LOG_YEARS", raising=False)
    assert Config.from_environment().log_years == 5
    monkeypatch.setenv("LOG_YEARS", "10")
    assert Config.from_environment().log_years == 10
    for wrong in ("2", "0", "-5", "many", "3.5"):
        monkeypatch.setenv("LOG_YEARS", wrong)
        with pytest.raises(ValueError, match="LOG_YEARS must be 3 or more"):
            Config.from_environment()


def test_the_command_keeps_to_the_years_of_the_configuration(engine: str) -> None:
    with world.populated_url(engine) as (url, _cast):
        config = Config(database_url=url, secret_key="for tests only", log_years=10, testing=True)
        app = create_app(config)
        database = app.extensions["database"]
        database.write(lambda session: entries(session, 6 * YEAR, 11 * YEAR))
        with app.app_context():
            output = app.test_cli_runner().invoke(args=["prune"]).output
        database.close()
        assert "Removed 1 entries of the log and 1 of the access log older than 10 years" in output
