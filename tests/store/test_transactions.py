"""Questions about transactions: who sees which, pages, filters; what the database refuses."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.ledger import PROPOSAL_LIFE, Kind, Status
from app.registry import approvals
from app.store import accounts, transactions
from app.store.transactions import Filter
from tests import world
from tests.world import NOW, World

HOUR = timedelta(hours=1)


def identifier(session: Session, number: str) -> int:
    found = accounts.by_number(session, number)
    assert found is not None
    return found.id


@pytest.fixture
def history(stage: Session, cast: World) -> dict[str, int]:
    """One transaction of each kind of fate, an hour apart, oldest first."""
    world.issued(stage, cast, now=NOW)
    return {
        "issued": newest(stage),
        "completed": world.moved(stage, cast, quantity=1, now=NOW + HOUR),
        "retired": world.moved(stage, cast, Kind.RETIREMENT, quantity=1, now=NOW + 2 * HOUR),
        "rejected": rejected(stage, cast),
        "proposed": world.proposed(stage, cast, quantity=1, now=NOW + 4 * HOUR),
    }


def newest(session: Session) -> int:
    return int(transactions.find(session, Filter(), size=1)[0].id)


def rejected(session: Session, cast: World) -> int:
    made = world.proposed(session, cast, quantity=1, now=NOW + 3 * HOUR)
    approvals.reject(session, made, reason="no", actor=cast.aoba_approver, now=NOW + 3 * HOUR)
    return made


def found(session: Session, history: dict[str, int], **wanted: Any) -> list[str]:
    names = {made: name for name, made in history.items()}
    return [names[row.id] for row in transactions.find(session, Filter(**wanted))]


def test_case_9_and_o72_a_transaction_is_seen_by_its_sides_alone(
    stage: Session, cast: World, history: dict[str, int]
) -> None:
    aoba, kaede = identifier(stage, cast.aoba), identifier(stage, cast.kaede)
    everything = ["proposed", "rejected", "retired", "completed", "issued"]
    assert found(stage, history) == everything
    # An issuance is seen once it arrived, a proposal by its source only.
    assert found(stage, history, accounts=[aoba]) == everything
    assert found(stage, history, accounts=[kaede]) == ["completed"]
    assert found(stage, history, accounts=[identifier(stage, cast.outside)]) == []
    assert found(stage, history, accounts=[]) == []
    for name, made in history.items():
        row = transactions.shown(stage, made)
        assert row is not None
        status = name if name in {"proposed", "rejected"} else "completed"
        assert row.status == Status(status)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"kind": Kind.RETIREMENT}, ["retired"]),
        ({"kinds": frozenset({Kind.RETIREMENT, Kind.ISSUANCE})}, ["retired", "issued"]),
        ({"status": Status.REJECTED}, ["rejected"]),
        ({"since": NOW + 3 * HOUR}, ["proposed", "rejected"]),
        ({"until": NOW + HOUR}, ["issued"]),
        ({"since": NOW + HOUR, "until": NOW + 3 * HOUR}, ["retired", "completed"]),
    ],
)
def test_o73_a_filter_shows_what_it_names(
    stage: Session, history: dict[str, int], wanted: dict[str, Any], names: list[str]
) -> None:
    assert found(stage, history, **wanted) == names
    assert transactions.count(stage, Filter(**wanted)) == len(names)


def test_o73_movements_are_filtered_by_proposer_and_by_approver(
    stage: Session, cast: World, history: dict[str, int]
) -> None:
    assert found(stage, history, proposed_by=cast.operator) == ["issued"]
    assert found(stage, history, decided_by=cast.approver) == ["issued"]
    assert found(stage, history, decided_by=cast.aoba_approver) == [
        "rejected",
        "retired",
        "completed",
    ]
    others = ["proposed", "rejected", "retired", "completed"]
    assert found(stage, history, not_proposed_by=cast.operator) == others


def test_pages_run_both_ways_and_counting_stops_at_the_cap(
    stage: Session, history: dict[str, int]
) -> None:
    every = [row.id for row in transactions.find(stage, Filter())]
    newest_two = transactions.find(stage, Filter(), size=2)
    older = transactions.find(stage, Filter(), before=newest_two[-1].id, size=2)
    assert [row.id for row in (*newest_two, *older)] == every[:4]
    back = transactions.find(stage, Filter(), after=older[0].id, size=2)
    assert [row.id for row in back] == every[:2]
    assert transactions.count(stage, Filter(), cap=5) == 5
    assert transactions.count(stage, Filter(), cap=3) == 4


def test_a_transaction_is_shown_with_both_sides_and_both_persons(
    stage: Session, cast: World, history: dict[str, int]
) -> None:
    row = transactions.shown(stage, history["completed"])
    assert row is not None
    assert (row.source, row.target) == (cast.aoba, cast.kaede)
    assert (row.source_holder_en, row.target_holder_en) == ("Aoba Energy", "Kaede Trading")
    assert (row.proposer_en, row.decider_en) == ("Aoba Proposer", "Aoba Approver")
    issued = transactions.shown(stage, history["issued"])
    assert issued is not None and issued.source is None
    assert transactions.shown(stage, 10**9) is None


def test_a_transaction_is_found_by_its_proposers_key(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    made = world.proposed(stage, cast, quantity=1)
    connection = stage.connection()
    row = transactions.by_id(connection, made)
    assert row is not None
    known = transactions.by_key(connection, cast.aoba_proposer, row.key)
    assert known is not None and known.id == made
    assert transactions.by_key(connection, cast.kaede_proposer, row.key) is None
    assert transactions.by_key(connection, cast.aoba_proposer, "another") is None


def test_what_waits_is_counted_for_either_side(
    stage: Session, cast: World, history: dict[str, int]
) -> None:
    connection = stage.connection()
    aoba, kaede = identifier(stage, cast.aoba), identifier(stage, cast.kaede)
    assert [transactions.pending(connection, account) for account in (aoba, kaede)] == [1, 1]
    assert transactions.pending(connection, identifier(stage, cast.outside)) == 0
    assert transactions.same_pending(connection, Kind.TRANSFER, aoba, kaede)
    assert not transactions.same_pending(connection, Kind.TRANSFER, kaede, aoba)
    assert not transactions.same_pending(connection, Kind.RETIREMENT, aoba, kaede)
    assert not transactions.same_pending(connection, Kind.ISSUANCE, None, aoba)


def test_case_138_a_proposal_is_due_when_its_time_has_passed(
    stage: Session, history: dict[str, int]
) -> None:
    connection = stage.connection()
    end = NOW + 4 * HOUR + PROPOSAL_LIFE
    assert list(transactions.due(connection, end - timedelta(microseconds=1))) == []
    assert list(transactions.due(connection, end)) == [history["proposed"]]


@pytest.mark.parametrize(
    "values",
    [
        "status = 'accepted'",
        "status = 'cancelled'",
        "status = ''",
        "status = 'completed', position = 999, decided_by = proposed_by",
        "status = 'completed', position = NULL",
        "position = 999",
        "kind = 'conversion'",
        "kind = 'issuance'",
        "quantity = 0",
        "quantity = quantity + 1",
        "source_id = target_id",
        "target_id = source_id",
        "allocation_id = 1",
        "key = 'other'",
    ],
)
def test_case_13_and_14_the_database_knows_no_other_kind_or_status(
    stage: Session, history: dict[str, int], values: str
) -> None:
    statement = text(f"UPDATE transactions SET {values} WHERE id = :id")
    with pytest.raises(DBAPIError), stage.begin_nested():
        stage.execute(statement, {"id": history["proposed"]})


@pytest.mark.parametrize("name", ["completed", "rejected", "retired", "issued"])
def test_case_136_the_database_changes_nothing_that_has_ended(
    stage: Session, history: dict[str, int], name: str
) -> None:
    for change in (
        "UPDATE transactions SET status = 'proposed' WHERE id = :id",
        "UPDATE transactions SET remark = 'other' WHERE id = :id",
        "DELETE FROM transactions WHERE id = :id",
    ):
        with pytest.raises(DBAPIError), stage.begin_nested():
            stage.execute(text(change), {"id": history[name]})
