"""The replay of the chain names the one block that was altered, whichever of its columns it is."""

from collections.abc import Generator

import pytest
from sqlalchemy import text

from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import approvals
from app.store import verification
from app.store.databases import Database
from tests import tampering, world
from tests.world import NOW, issued, moved, proposed

#: A block that transaction 5 opened and 6 closed, and one of 6 that is live.
CLOSED = "opened_by = 5 AND first = 51"
LIVE = "opened_by = 6 AND first = 51"

INVENTED = f"""
    INSERT INTO blocks
    SELECT opened_by, 301, 400, account_id, kind, project_id, partner, vintage, issuance_id, NULL
    FROM blocks WHERE {CLOSED}
"""


@pytest.fixture
def database(engine: str) -> Generator[Database, None, None]:
    """Credits of two projects that were split, moved on, and moved back."""
    with world.populated_url(engine) as (url, cast):
        opened = tampering.without_constraints(url)
        with opened.writing() as session:
            issued(session, cast, quantity=100)
            issued(session, cast, quantity=100, account=cast.kaede, project=world.ITMO_PROJECT)
            issued(session, cast, quantity=100, account=cast.outside)
            moved(session, cast, quantity=50)
            moved(session, cast, serials=[Range(51, 90)])
            moved(session, cast, source=cast.kaede, target=cast.outside, serials=[Range(51, 70)])
            late = proposed(session, cast, serials=[Range(91, 95)])
            moved(session, cast, Kind.RETIREMENT, source=cast.outside, serials=[Range(51, 60)])
            approvals.approve(session, late, actor=cast.aoba_approver, now=NOW)
        yield opened
        opened.close()


def test_a_sound_ledger_gives_no_finding(database: Database) -> None:
    assert first_finding(database, "SELECT 1") is None


@pytest.mark.parametrize("block", [CLOSED, LIVE])
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("first = first + 1", "52-{last} opened by {by}"),
        ("last = last - 1", "51-{less} opened by {by}"),
        ("last = last + 40", "51-{more} opened by {by}"),
        ("account_id = 1", "51-{last} opened by {by}"),
        ("kind = 'government'", "51-{last} opened by {by}"),
        ("project_id = 2", "51-{last} opened by {by}"),
        ("partner = 'VN'", "51-{last} opened by {by}"),
        ("vintage = 2018", "51-{last} opened by {by}"),
        ("issuance_id = 2", "51-{last} opened by {by}"),
        ("opened_by = 3", "51-{last} opened by 3"),
    ],
)
def test_an_altered_column_is_named(
    database: Database, block: str, change: str, named: str
) -> None:
    by, last = (5, 90) if block == CLOSED else (6, 70)
    found = first_finding(database, f"UPDATE blocks SET {change} WHERE {block}")
    assert found == named.format(by=by, last=last, less=last - 1, more=last + 40)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (f"UPDATE blocks SET closed_by = NULL WHERE {CLOSED}", "51-90 opened by 5"),
        (f"UPDATE blocks SET closed_by = 8 WHERE {CLOSED}", "51-90 opened by 5"),
        (f"UPDATE blocks SET closed_by = 4 WHERE {CLOSED}", "51-90 opened by 5"),
        (f"UPDATE blocks SET closed_by = 99 WHERE {CLOSED}", "51-90 opened by 5"),
        ("UPDATE blocks SET closed_by = 4 WHERE closed_by IS NULL AND first = 71", "71-90"),
        (f"DELETE FROM blocks WHERE {CLOSED}", "51-90 opened by 5"),
        ("DELETE FROM blocks WHERE first = 51 AND closed_by IS NULL", "51-60 opened by 8"),
        (INVENTED, "301-400 opened by 5"),
    ],
)
def test_a_block_closed_otherwise_gone_or_invented_is_named(
    database: Database, change: str, named: str
) -> None:
    found = first_finding(database, change)
    assert found is not None
    assert found.startswith(named)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE blocks SET account_id = 3 WHERE opened_by = 4 AND first = 1",
        f"UPDATE blocks SET closed_by = NULL WHERE {CLOSED}",
        f"UPDATE blocks SET last = 89 WHERE {CLOSED}",
        f"DELETE FROM blocks WHERE {CLOSED}",
    ],
)
def test_no_other_block_and_no_sum_is_blamed(database: Database, change: str) -> None:
    with tampering.unguarded(database) as session:
        session.execute(text(change))
        assert len(list(verification.findings(session))) == 1


def first_finding(database: Database, change: str) -> str | None:
    """Return how the first block that is found is named after a change."""
    with tampering.unguarded(database) as session:
        session.execute(text(change))
        found = list(verification.findings(session))
    assert {finding.table for finding in found} <= {"blocks"}
    return found[0].row if found else None
