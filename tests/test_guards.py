"""What the database refuses by itself, whatever the program above it is made to do.

Every statement here is straight SQL by the owner of the database, with all its guards on.
"""

from collections.abc import Generator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError, InternalError

from app.store.databases import Database
from tests import databases, story, world

LAST = 2**63 - 1
OVERLAP = "overlap|ix_blocks_live_first"
ONCE = "a block is written once and closed once"
FINAL = "retired and cancelled credits never move again"
ENDED = "a transaction that ended never changes"


@pytest.fixture(scope="module", params=databases.ENGINES)
def told(request: pytest.FixtureRequest) -> Generator[Database, None, None]:
    """A registry in which the story was told."""
    with world.populated(request.param) as (database, cast):
        database.write(lambda session: story.tell(session, cast))
        yield database


@pytest.fixture
def connection(told: Database) -> Generator[Connection, None, None]:
    """A connection on which nothing that a test does is kept."""
    with told.engine.connect() as opened:
        yield opened
        opened.rollback()


def refused(connection: Connection, statement: str, because: str) -> None:
    """Assert that a statement fails, and for the reason given."""
    with pytest.raises((IntegrityError, InternalError, DataError), match=because):
        connection.execute(text(statement))


def block(first: int, last: int, *, by: int = 17, account: int = 1, kind: str = "entity") -> str:
    """Return the statement that opens a block."""
    return f"""
        INSERT INTO blocks (opened_by, first, last, account_id, kind, project_id, partner, vintage,
                            issuance_id)
        VALUES ({by}, {first}, {last}, {account}, '{kind}', 1, 'MN', 2019, 1)
    """


def reservation(first: int, last: int, *, of: int = 22) -> str:
    """Return the statement that reserves a range."""
    return f"INSERT INTO reservations (transaction_id, first, last) VALUES ({of}, {first}, {last})"


def transaction(**values: str) -> str:
    """Return the statement that writes a proposal, with other values where they are given."""
    columns = {
        "kind": "'transfer'",
        "status": "'proposed'",
        "source_id": "1",
        "target_id": "2",
        "quantity": "5",
        "key": "'fresh'",
        "content": "'x'",
        "proposed_by": "6",
        "proposed_at": "'2026-11-02 00:00:00.000000'",
        "expires_at": "'2026-11-16 00:00:00.000000'",
        "digest": "'x'",
    } | values
    names, given = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO transactions ({names}) VALUES ({given})"


# Overlap


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (158, 159),
        (160, 170),
        (150, 158),
        (1, 1_800),
        (1_800, 1_900),
        (1_700, LAST),
        (1, LAST),
    ],
)
def test_a_live_block_over_another_is_refused(
    connection: Connection, first: int, last: int
) -> None:
    refused(connection, block(first, last), OVERLAP)


def test_live_blocks_may_lie_side_by_side_up_to_the_last_number_there_is(
    connection: Connection,
) -> None:
    connection.execute(text(block(1_801, 1_900)))
    connection.execute(text(block(1_901, LAST - 1)))
    connection.execute(text(block(LAST, LAST)))


@pytest.mark.parametrize(("first", "last"), [(LAST, LAST), (LAST - 5, LAST), (2_000, LAST - 1)])
def test_a_live_block_over_another_at_the_last_number_is_refused(
    connection: Connection, first: int, last: int
) -> None:
    connection.execute(text(block(LAST - 1, LAST, by=16)))
    refused(connection, block(first, last), OVERLAP)


@pytest.mark.parametrize(("first", "last"), [(600, 640), (601, 605), (500, 600), (640, LAST)])
def test_a_reservation_over_another_is_refused(
    connection: Connection, first: int, last: int
) -> None:
    refused(connection, reservation(first, last), OVERLAP)


def test_reservations_may_lie_side_by_side(connection: Connection) -> None:
    connection.execute(text(reservation(641, 699)))
    connection.execute(text(reservation(711, LAST - 1)))
    connection.execute(text(reservation(LAST, LAST)))


# Ranges and quantities that cannot be


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        (block(3_000, 2_999), "ck_blocks_range"),
        (block(0, 10), "ck_blocks_range|overlap"),
        (block(-5, -1), "ck_blocks_range"),
        (block(LAST, LAST - 1), "ck_blocks_range"),
        (block(3_000, LAST + 1), "out of range|ck_blocks|whole"),
        (reservation(3_000, 2_999), "ck_reservations_range"),
        (reservation(0, 10), "ck_reservations_range|overlap"),
        (reservation(LAST, LAST - 1), "ck_reservations_range"),
        (reservation(3_000, LAST + 1), "out of range|ck_reservations|whole"),
        ("UPDATE balances SET quantity = quantity - 5000", "ck_balances_quantity"),
        ("UPDATE totals SET quantity = -1", "ck_totals_quantity"),
        (transaction(quantity="0"), "ck_transactions_quantity"),
        (transaction(quantity="-1"), "ck_transactions_quantity"),
        (
            "INSERT INTO bars SELECT 1, 9, 8, 'r', 1, expires_at, 1, NULL, FALSE FROM transactions",
            "ck_bars_range",
        ),
    ],
)
def test_what_is_no_range_or_no_quantity_is_refused(
    connection: Connection, statement: str, because: str
) -> None:
    refused(connection, statement, because)


# Blocks are written once, closed once, and final where they are retired or cancelled


@pytest.mark.parametrize(
    "change",
    [
        "opened_by = 5",
        "first = first + 1",
        "last = last - 1",
        "account_id = 2",
        "kind = 'government'",
        "project_id = 2",
        "partner = 'VN'",
        "vintage = 2018",
        "issuance_id = 2",
        "closed_by = 17, account_id = 2",
        "closed_by = NULL",
    ],
)
def test_a_block_is_never_edited(connection: Connection, change: str) -> None:
    refused(connection, f"UPDATE blocks SET {change} WHERE closed_by IS NULL", ONCE)


@pytest.mark.parametrize("change", ["closed_by = 17", "closed_by = NULL", "closed_by = closed_by"])
def test_a_block_is_closed_once(connection: Connection, change: str) -> None:
    refused(connection, f"UPDATE blocks SET {change} WHERE closed_by IS NOT NULL", ONCE)


@pytest.mark.parametrize("kind", ["retirement", "mandatory_cancellation", "voluntary_cancellation"])
def test_what_was_retired_or_cancelled_never_moves(connection: Connection, kind: str) -> None:
    refused(connection, f"UPDATE blocks SET closed_by = 17 WHERE kind = '{kind}'", FINAL)


def test_a_block_that_opened_is_not_closed_by_the_same(connection: Connection) -> None:
    statement = (
        "UPDATE blocks SET closed_by = opened_by WHERE closed_by IS NULL AND kind = 'entity'"
    )
    refused(connection, statement, "ck_blocks_closed")


def test_a_transaction_opens_one_block_at_a_number(connection: Connection) -> None:
    closed = block(1_001, 1_500, by=2).replace("issuance_id)", "issuance_id, closed_by)")
    refused(connection, closed.replace("2019, 1)", "2019, 1, 17)"), "pk_blocks|UNIQUE")


@pytest.mark.parametrize(
    ("table", "because"),
    [
        ("blocks", "a block is never deleted"),
        ("transactions", "a transaction is never deleted"),
        ("chain_head", "the chain has a head"),
        ("issuances", "issuances are never deleted"),
        ("log_entries", "log_entries are kept for three years"),
        ("access_entries", "access_entries are kept for three years"),
        ("accounts", "(?i)foreign key"),
        ("users", "(?i)foreign key"),
        ("projects", "(?i)foreign key"),
        ("decisions", "(?i)foreign key"),
    ],
)
def test_rows_of_the_ledger_are_never_deleted(
    connection: Connection, table: str, because: str
) -> None:
    connection.execute(
        text(
            "INSERT INTO access_entries (at, login_id, outcome)"
            " VALUES ('2026-11-02 00:00:00.000000', 'x', 'signed in')"
        )
    )
    refused(connection, f"DELETE FROM {table}", because)


# Transactions that ended, logs, issuances and the chain


@pytest.mark.parametrize(
    "change",
    [
        "status = 'proposed', position = NULL",
        "status = 'completed', position = 99",
        "quantity = quantity + 1",
        "reason = 'another'",
        "digest = 'x'",
        "body = 'x'",
        "position = 99",
        "decided_by = 3",
        "decided_at = '2026-11-03 00:00:00.000000'",
    ],
)
def test_a_transaction_that_ended_never_changes(connection: Connection, change: str) -> None:
    for status in ("completed", "rejected", "withdrawn", "expired", "terminated"):
        with connection.begin_nested() as attempt:
            refused(
                connection, f"UPDATE transactions SET {change} WHERE status = '{status}'", ENDED
            )
            attempt.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "id = 99",
        "kind = 'retirement'",
        "source_id = 3",
        "target_id = 3",
        "quantity = quantity + 1",
        "allocation_id = 2",
        "purpose = 'another'",
        "beneficiary = 'another'",
        "reference = 'another'",
        "remark = 'another'",
        "key = 'another'",
        "content = 'x'",
        "proposed_by = 7",
        "proposed_at = '2026-11-03 00:00:00.000000'",
        "expires_at = '2036-11-03 00:00:00.000000'",
    ],
)
def test_what_was_proposed_never_changes(connection: Connection, change: str) -> None:
    waiting = f"UPDATE transactions SET {change} WHERE status = 'proposed' AND quantity = 30"
    refused(connection, waiting, ENDED)


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        ("UPDATE reservations SET last = last - 1", "a reservation is written and released"),
        ("UPDATE issuances SET last = last - 1", "issuances never change"),
        ("UPDATE issuances SET vintage = 2020", "issuances never change"),
        ("UPDATE log_entries SET operation = 'nothing'", "log_entries never change"),
        ("UPDATE log_entries SET user_id = 3", "log_entries never change"),
        ("UPDATE chain_head SET digest = 'x'", "the chain only grows"),
        ("UPDATE chain_head SET position = position - 1", "the chain only grows"),
        ("UPDATE chain_head SET position = position + 2", "the chain only grows"),
        (
            "UPDATE chain_head SET position = position + 1, serial_next = serial_next - 1",
            "the chain only grows",
        ),
        ("INSERT INTO chain_head SELECT 2, 0, 'x', completed_at, 1 FROM chain_head", "_single"),
    ],
)
def test_logs_issuances_reservations_and_the_chain_only_grow(
    connection: Connection, statement: str, because: str
) -> None:
    refused(connection, statement, because)


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        (transaction(kind="'gift'"), "ck_transactions_kind"),
        (transaction(status="'perhaps'"), "ck_transactions_status"),
        (transaction(target_id="1"), "ck_transactions_accounts"),
        (transaction(source_id="NULL"), "ck_transactions_source"),
        (transaction(kind="'issuance'"), "ck_transactions_"),
        (transaction(kind="'issuance'", source_id="NULL"), "ck_transactions_allocation"),
        (transaction(allocation_id="1"), "ck_transactions_allocation"),
        (transaction(position="99"), "ck_transactions_position"),
        (transaction(status="'completed'", decided_by="7"), "ck_transactions_position"),
        (
            transaction(status="'completed'", position="99", decided_by="6"),
            "ck_transactions_four_eyes",
        ),
        (transaction(target_id="999"), "(?i)foreign key"),
        (transaction(proposed_by="999"), "(?i)foreign key"),
        (
            transaction(key="(SELECT max(key) FROM transactions WHERE proposed_by = 6)"),
            "(?i)unique",
        ),
        (transaction(status="'completed'", position="1", decided_by="7"), "(?i)unique"),
        (block(3_000, 3_001, account=999), "(?i)foreign key"),
        (block(3_000, 3_001, by=999), "(?i)foreign key"),
        (block(3_000, 3_001, kind="pocket"), "ck_blocks_kind"),
        (reservation(3_000, 3_001, of=999), "(?i)foreign key"),
        ("UPDATE accounts SET state = 'mislaid'", "ck_accounts_state"),
        ("UPDATE accounts SET number = 'JP-121-000001-0-47'", "(?i)unique"),
    ],
)
def test_what_no_transaction_block_or_account_can_be_is_refused(
    connection: Connection, statement: str, because: str
) -> None:
    # SQLite checks foreign keys at the end of the statement, PostgreSQL too.
    refused(connection, statement, because)


# Ways around the triggers


def test_sqlite_does_not_replace_a_row_in_passing() -> None:
    with world.populated("sqlite") as (database, cast):
        database.write(lambda session: story.tell(session, cast))
        with database.engine.connect() as connection:
            for table in ("transactions", "blocks", "log_entries"):
                replacing = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE rowid = 1"
                refused(connection, replacing, "never deleted|kept for three years")


def test_postgresql_does_not_empty_a_table_at_a_stroke() -> None:
    with world.populated("postgresql") as (database, _), database.engine.connect() as connection:
        for table in ("blocks", "transactions", "log_entries", "access_entries", "users"):
            with connection.begin_nested() as attempt:
                refused(connection, f"TRUNCATE {table} CASCADE", "is never emptied")
                attempt.rollback()
