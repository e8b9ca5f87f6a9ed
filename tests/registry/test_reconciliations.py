"""The ledger compared with its own chain: what differs is barred until two people resolve it."""

import threading
from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain import findings
from app.domain.accounts import State
from app.domain.errors import NotEntitled
from app.domain.exchange_errors import RegistrySuspended
from app.domain.findings import Problem
from app.domain.ledger import Status
from app.domain.reconciliation import Stage
from app.domain.reconciliation_errors import ReconciliationUnderWay
from app.registry import approvals, peers, reconciliations
from app.store import accounts as account_questions
from app.store import blocks
from app.store import peers as peer_questions
from app.store.databases import Database
from app.store.tables import Account, Difference, LogEntry, Reconciliation
from tests import exchanging, tampering, world
from tests.exchanging import two
from tests.reconciling import begin
from tests.world import NOW, World, populated


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest) -> Generator[tuple[Database, World], None, None]:
    """A registry in which credits were issued, moved and proposed."""
    with populated(request.param) as (database, cast):
        database.write(lambda session: prepared(session, cast))
        yield database, cast


def prepared(session: Any, cast: World) -> None:
    world.issued(session, cast, quantity=100)
    world.issued(session, cast, quantity=50, account=cast.outside)
    world.moved(session, cast, quantity=10)
    world.proposed(session, cast, quantity=5)


def compared(database: Database) -> Reconciliation:
    number = reconciliations.own_books(database, "JP", now=NOW)
    with database.reading() as session:
        return session.scalars(select(Reconciliation).where(Reconciliation.number == number)).one()


def states(database: Database) -> dict[str, State]:
    with database.reading() as session:
        return {row.number: row.state for row in session.scalars(select(Account))}


def barred_accounts(database: Database) -> set[str]:
    return {number for number, state in states(database).items() if state is State.BARRED}


def alter(database: Database, statement: str, **values: Any) -> None:
    with tampering.altering(database) as session:
        assert session.connection().execute(text(statement), values).rowcount == 1


def test_a_ledger_that_follows_from_its_chain_is_confirmed(
    registry: tuple[Database, World],
) -> None:
    database, _cast = registry
    kept = compared(database)
    assert (kept.stage, kept.number) == (Stage.CONFIRMED, "JP-20261102-1")
    assert kept.ours["checked"]["credits"] == 150
    assert compared(database).number == "JP-20261102-2"
    assert barred_accounts(database) == set()


def test_o65_case_104_an_altered_account_is_barred_and_its_history_names_the_run(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry
    wrong = cast.aoba[:-2] + "00"
    alter(
        database,
        "UPDATE accounts SET number = :wrong WHERE number = :right",
        wrong=wrong,
        right=cast.aoba,
    )
    kept = compared(database)
    assert kept.stage is Stage.BLOCKS_INCONSISTENT
    # What Aoba's alteration explains is not held against those it dealt with.
    assert barred_accounts(database) == {wrong}
    with database.reading() as session:
        query = select(LogEntry).where(LogEntry.operation == "change account state")
        (entry,) = session.scalars(query.where(LogEntry.subject == wrong)).all()
        assert entry.facts["reason"] == f"Reconciliation {kept.number}"


def test_case_105_a_block_moved_by_sql_names_and_bars_both_accounts(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry
    alter(
        database,
        "UPDATE blocks SET account_id = (SELECT id FROM accounts WHERE number = :to)"
        " WHERE closed_by IS NULL AND first = 101",
        to=cast.kaede,
    )
    kept = compared(database)
    assert barred_accounts(database) == {cast.outside, cast.kaede}
    with database.reading() as session:
        assert {str(one) for one in blocks.barred(session.connection())} == {"101-150"}
        query = select(Difference).where(Difference.reconciliation_id == kept.id)
        told = [findings.read(one.problem) for one in session.scalars(query)]
    # Both are told the same, kept so that it can be said in either language.
    assert {one and one.problem for one in told} == {Problem.NOT_AS_OPENED}
    assert {one and one.facts["numbers"] for one in told} == {"101-150"}


def test_case_107_a_unit_type_altered_by_sql_bars_those_numbers(
    registry: tuple[Database, World],
) -> None:
    database, _cast = registry
    alter(database, "UPDATE issuances SET unit_class = 'itmo' WHERE first = 101")
    assert compared(database).stage is Stage.BLOCKS_INCONSISTENT
    with database.reading() as session:
        assert {str(one) for one in blocks.barred(session.connection())} == {"101-150"}


def test_o66_a_second_book_that_holds_less_ends_a_transfer_and_nothing_moves(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry

    def held(session: Any) -> int:
        found = account_questions.by_number(session, cast.aoba)
        assert found is not None
        return sum(block.quantity for block in _live(session, found.id))

    proposed = database.write(lambda session: world.proposed(session, cast, quantity=20))
    alter(
        database,
        "UPDATE balances SET quantity = 19 WHERE account_id ="
        " (SELECT id FROM accounts WHERE number = :aoba)",
        aoba=cast.aoba,
    )
    ended = database.write(
        lambda session: approvals.approve(session, proposed, actor=cast.aoba_approver, now=NOW)
    )
    assert (ended.status, ended.refusal.code) == (Status.TERMINATED, "SecondBookShort")
    with database.reading() as session:
        assert held(session) == 90
        assert blocks.reserved(session.connection(), proposed) == []


def _live(session: Any, account: int) -> Any:
    query = text(
        "SELECT last - first + 1 AS quantity FROM blocks"
        " WHERE closed_by IS NULL AND account_id = :a"
    )
    return session.execute(query, {"a": account}).all()


def test_case_117_own_books_read_amid_transactions_are_of_one_moment() -> None:
    with populated("postgresql") as (database, cast):
        database.write(lambda session: prepared(session, cast))

        def move() -> None:
            for _place in range(50):
                for way in ((cast.outside, cast.aoba), (cast.aoba, cast.outside)):
                    source, target = way
                    database.write(
                        lambda session, s=source, t=target: world.moved(
                            session, cast, source=s, target=t, quantity=1
                        )
                    )

        moving = threading.Thread(target=move)
        moving.start()
        found = [compared(database) for _run in range(3)]
        moving.join()
        assert {one.stage for one in found} == {Stage.CONFIRMED}


def test_a_run_is_asked_for_once_and_done_by_whoever_does_it(
    registry: tuple[Database, World],
) -> None:
    database, cast = registry
    assert reconciliations.asked(database, now=NOW) is None
    asked = database.write(
        lambda session: reconciliations.ask(session, "JP", actor=cast.operator, now=NOW).number
    )
    with pytest.raises(ReconciliationUnderWay):
        database.write(lambda s: reconciliations.ask(s, "JP", actor=cast.approver, now=NOW))
    with pytest.raises(NotEntitled):
        database.write(lambda s: reconciliations.ask(s, "JP", actor=cast.auditor, now=NOW))
    assert reconciliations.asked(database, now=NOW) == asked
    assert reconciliations.asked(database, now=NOW) is None


def test_a_run_with_a_registry_is_begun_by_those_in_charge_and_one_at_a_time() -> None:
    with two("sqlite", "sqlite") as both:
        japan = both.japan

        def ask(session: Any, actor: int) -> None:
            peer = peer_questions.everyone(session)[0]
            reconciliations.begin(session, peer.id, japan.desk, actor=actor, now=japan.now())

        with pytest.raises(NotEntitled):
            japan.database.write(lambda session: ask(session, japan.cast.auditor))
        begin(japan)
        with pytest.raises(ReconciliationUnderWay):
            japan.database.write(lambda session: ask(session, japan.cast.operator))
        both.carry()
        japan.database.write(
            lambda session: peers.suspend(session, "MN", reason="x", now=exchanging.NOW)
        )
        with pytest.raises(RegistrySuspended):
            japan.database.write(lambda session: ask(session, japan.cast.operator))
