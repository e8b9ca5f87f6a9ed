"""Questions about decisions: what they permit, and what of it is issued and pending."""

from sqlalchemy.orm import Session

from app.domain.projects import Position, UnitClass
from app.registry import transactions
from app.registry.decisions import Share
from app.store import decisions, projects
from tests import world
from tests.world import ALLOTTED, ITMO_PROJECT, NOW, PARTNER, PROJECT, VINTAGE, World


def waiting(session: Session, cast: World, quantity: int) -> int:
    allocation = cast.allocations[PROJECT, cast.aoba]
    return transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=NOW
    )


def test_an_allocation_says_what_an_issuance_needs(stage: Session, cast: World) -> None:
    connection = stage.connection()
    found = decisions.allocation(connection, cast.allocations[PROJECT, cast.kaede])
    assert found is not None
    assert (found.number, found.vintage, found.quantity) == (cast.kaede, VINTAGE, ALLOTTED)
    assert (found.decision, found.project, found.partner) == (f"{PROJECT}-1", PROJECT, PARTNER)
    assert found.unit_class == UnitClass.JCM_CREDIT
    assert decisions.allocation(connection, 10**9) is None


def test_only_what_waits_or_completed_counts(stage: Session, cast: World) -> None:
    allocation = cast.allocations[PROJECT, cast.aoba]
    connection = stage.connection()
    assert decisions.position(connection, allocation) == Position(ALLOTTED, 0, 0)
    world.issued(stage, cast, quantity=10)
    identifier = waiting(stage, cast, 25)
    assert decisions.position(connection, allocation) == Position(ALLOTTED, 10, 25)
    world.approvals.withdraw(stage, identifier, actor=cast.operator, now=NOW)
    assert decisions.position(connection, allocation) == Position(ALLOTTED, 10, 0)
    other = cast.allocations[PROJECT, cast.kaede]
    assert decisions.position(connection, other) == Position(ALLOTTED, 0, 0)


def test_o38_every_decision_is_listed_with_limit_issued_and_pending(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=10)
    world.issued(stage, cast, quantity=5, account=cast.kaede)
    waiting(stage, cast, 25)
    found = {
        row.reference: (row.limit, row.issued, row.pending) for row in decisions.positions(stage)
    }
    assert found == {
        f"{PROJECT}-1": (3 * ALLOTTED, 15, 25),
        f"{ITMO_PROJECT}-1": (3 * ALLOTTED, 0, 0),
    }
    project = projects.identifier(stage.connection(), ITMO_PROJECT)
    of_project = decisions.positions(stage, project_id=project)
    assert [row.reference for row in of_project] == [f"{ITMO_PROJECT}-1"]


def test_a_decision_is_found_with_its_allocations(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=10)
    decision = decisions.by_reference(stage, f"{PROJECT}-1")
    assert decision is not None
    found = decisions.allocations(stage, decision.id)
    assert [(row.number, row.limit, row.issued, row.pending) for row in found] == [
        (cast.aoba, ALLOTTED, 10, 0),
        (cast.kaede, ALLOTTED, 0, 0),
        (cast.outside, ALLOTTED, 0, 0),
    ]
    assert found[0].name_en == "Aoba Energy"
    assert decisions.by_reference(stage, "none") is None


def test_a_decision_without_shares_is_listed_too(stage: Session, cast: World) -> None:
    share = Share(cast.aoba, 2019, 1)
    made = world.decision(stage, "with a share", PROJECT, [share], cast.operator)
    world.decisions.record(
        stage,
        "nothing for this side",
        project=PROJECT,
        decided_on=made.decided_on,
        shares=[],
        actor=cast.operator,
        now=NOW,
    )
    found = {row.reference: row.limit for row in decisions.positions(stage)}
    assert (found["nothing for this side"], found["with a share"]) == (0, 1)
