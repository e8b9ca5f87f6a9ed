"""What is published of credits, projects, countries and transactions, and nothing else."""

from sqlalchemy.orm import Session

from app.domain import open_data as published
from app.domain.ledger import Kind, transaction_number
from app.domain.serials import Range
from app.registry import certificates
from app.store import open_data
from tests import world
from tests.world import World


def names(table: str) -> list[str]:
    return [column.name for column in published.record(table)]


def test_every_row_has_the_columns_of_its_table(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    world.moved(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10)
    for table, rows in (
        ("credits", open_data.every_credit(stage, "JP")),
        ("projects", open_data.every_project(stage)),
        ("partner-countries", open_data.every_partner(stage)),
    ):
        found = list(rows)
        assert found, table
        assert all(list(row) == names(table) for row in found), table


def test_credits_are_every_live_block_with_its_state(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=100)
    world.moved(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10)
    found = list(open_data.every_credit(stage, "JP"))
    assert [(row["quantity"], row["state"]) for row in found] == [(10, "cancelled"), (90, "held")]
    assert found[0]["serial"] == f"JP-MN-MN003-2019-{issued.first}-{issued.first + 9}"


def test_amounts_of_a_project_are_those_of_its_states(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    world.moved(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10)
    (project,) = [row for row in open_data.every_project(stage) if row["reference"] == "MN003"]
    amounts = ("issued", "held", "retired", "cancelled")
    assert [project[f"{name}_tco2"] for name in amounts] == [100, 90, 0, 10]


def test_a_transaction_is_published_once_it_is_completed(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=100)
    waiting = world.proposed(stage, cast, quantity=10)
    assert open_data.transaction(stage, waiting) is None
    moved = world.moved(stage, cast, quantity=20)
    found = open_data.transaction(stage, moved)
    assert found is not None
    first = issued.first + 10
    assert open_data.ranges(found) == [Range(first, first + 19)]
    assert (found.quantity, found.position, found.digest) == (20, 2, open_data.head(stage).digest)


def test_nothing_private_of_a_transaction_is_asked_for(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    found = open_data.transaction(stage, world.moved(stage, cast, quantity=10))
    assert found is not None
    private = {"source", "target", "source_id", "target_id", "proposed_by", "remark", "reason"}
    assert not private & set(found._fields)


def test_a_beneficiary_is_named_once_a_certificate_names_it(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    cancelled = world.moved(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10)

    def named() -> str | None:
        found = open_data.transaction(stage, cancelled)
        assert found is not None
        return open_data.beneficiary(found)

    assert named() is None
    number = transaction_number("JP", cancelled)
    certificates.issue_for_transaction(
        stage, number, language="en", actor=cast.aoba_proposer, now=world.NOW
    )
    assert named() == "Kaede Trading"
