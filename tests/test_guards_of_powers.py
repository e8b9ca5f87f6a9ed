"""What the database refuses by itself about people: requests, claims, signatures, notifications.

Every statement here is straight SQL by the owner of the database, with all its guards on.
"""

from collections.abc import Generator

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain.requests import Kind
from app.registry import claims, requests, second_factors
from app.store.databases import Database
from app.store.tables import Signature, User
from app.store.tables.credentials import Method
from tests import databases, powers, world
from tests.test_guards import refused
from tests.world import NOW, World

#: A claim of a task; of which one is filled in: transaction, request, application.
_CLAIM = (
    "INSERT INTO claims"
    " (id, transaction_id, request_id, application_id, user_id, made_by, made_at)"
    " SELECT 99, {}, 1, 1, made_at FROM claims"
)
KEPT = (
    "requests",
    "claims",
    "signatures",
    "retired_login_ids",
    "notifications",
    "inbox",
    "second_factors",
    "recovery_codes",
    "links",
)


@pytest.fixture(scope="module", params=databases.ENGINES)
def decided(request: pytest.FixtureRequest) -> Generator[Database, None, None]:
    """A registry in which requests about people were decided."""
    with world.populated(request.param) as (database, cast):
        database.write(lambda session: decide(session, cast))
        yield database


def decide(session: Session, cast: World) -> None:
    """Leave requests in every status, and a row in every table that goes with them."""
    powers.done(session, cast, Kind.REISSUE_LOGIN_ID, "outsider-colleague")
    asked = [
        powers.ask(session, Kind.INITIALISE_PASSWORD, login_id, actor=cast.operator)
        for login_id in ("aoba-proposer", "aoba-approver", "kaede-proposer")
    ]
    requests.reject(session, asked[0], reason="r", actor=cast.approver, now=NOW)
    requests.withdraw(session, asked[1], reason="r", actor=cast.operator, now=NOW)
    claims.claim(
        session,
        request=asked[2],
        subject="task",
        to=cast.approver,
        comment="",
        actor=cast.approver,
        now=NOW,
    )
    user = session.get_one(User, cast.outsider)
    second_factors.make_recovery_codes(session, user, origin=powers.ORIGIN, now=NOW)
    signature = Signature(
        at=NOW, user_id=cast.outsider, method=Method.PASSKEY, action="approve", content=b"x"
    )
    session.add(signature)
    session.flush()


@pytest.fixture
def connection(decided: Database) -> Generator[Connection, None, None]:
    """A connection on which nothing that a test does is kept."""
    with decided.engine.connect() as opened:
        yield opened
        opened.rollback()


@pytest.mark.parametrize("table", KEPT)
def test_what_is_recorded_of_people_is_never_deleted(connection: Connection, table: str) -> None:
    refused(connection, f"DELETE FROM {table}", f"{table} are never deleted")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'waiting', decided_by = NULL",
        "status = 'approved', decided_by = 2",
        "reason = 'another'",
        "decided_by = 3",
        "decided_at = '2026-11-03 00:00:00.000000'",
        "asked_by = 3",
        "user_id = 3",
        "before = '{}'",
    ],
)
def test_a_request_that_was_decided_never_changes(connection: Connection, change: str) -> None:
    for status in ("approved", "rejected", "withdrawn"):
        with connection.begin_nested() as attempt:
            statement = f"UPDATE requests SET {change} WHERE status = '{status}'"
            refused(connection, statement, "a request that was decided never changes")
            attempt.rollback()


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ("status = 'approved', decided_by = asked_by", "ck_requests_four_eyes"),
        ("status = 'approved', decided_by = user_id", "ck_requests_not_oneself"),
        ("status = 'forgotten'", "ck_requests_status"),
        ("asked_by = 999", "(?i)foreign key"),
        ("user_id = 999", "(?i)foreign key"),
        ("key = (SELECT key FROM requests WHERE status = 'withdrawn')", "(?i)unique"),
    ],
)
def test_nobody_approves_an_own_request_or_one_about_themselves(
    connection: Connection, change: str, because: str
) -> None:
    refused(connection, f"UPDATE requests SET {change} WHERE status = 'waiting'", because)


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        ("UPDATE claims SET user_id = NULL", "claims never change"),
        ("UPDATE signatures SET content = 'y'", "signatures never change"),
        ("UPDATE retired_login_ids SET user_id = 3", "retired_login_ids never change"),
        ("UPDATE notifications SET facts = '{}'", "notifications never change"),
        ("UPDATE claims SET transaction_id = 1", "claims never change|ck_claims_task"),
        (_CLAIM.format("1, 1, NULL"), "ck_claims_task"),
        (_CLAIM.format("NULL, NULL, NULL"), "ck_claims_task"),
        ("UPDATE users SET state = 'asleep'", "ck_users_state"),
        ("UPDATE representatives SET state = 'asleep'", "ck_representatives_state"),
        ("UPDATE users SET login_id = 'operator'", "(?i)unique"),
        ("UPDATE links SET purpose = 'another'", "ck_links_purpose"),
        ("UPDATE second_factors SET method = 'word'", "ck_second_factors_method"),
    ],
)
def test_what_proves_something_is_added_and_never_changed(
    connection: Connection, statement: str, because: str
) -> None:
    refused(connection, statement, because)


def test_sqlite_does_not_replace_a_row_in_passing() -> None:
    with world.populated("sqlite") as (database, cast):
        database.write(lambda session: decide(session, cast))
        with database.engine.connect() as connection:
            for table in KEPT:
                first = f"SELECT * FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})"
                replacing = f"INSERT OR REPLACE INTO {table} {first}"
                refused(connection, replacing, "never deleted")
