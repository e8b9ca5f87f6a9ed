"""Questions about issuances."""

from sqlalchemy.orm import Session

from app.domain.projects import UnitClass
from app.registry import published, transactions
from app.store import issuances
from tests import world
from tests.world import NOW, World


def test_every_serial_number_knows_the_issuance_it_came_from(session: Session) -> None:
    cast = world.build(session)
    first = world.issued(session, cast, quantity=100)
    second = world.issued(session, cast, quantity=50, project=world.ITMO_PROJECT)
    for serial in (first.first, first.last):
        found = issuances.of_serial(session, serial)
        assert found is not None
        assert (found.first, found.last) == (first.first, first.last)
        assert (found.project, found.vintage) == (world.PROJECT, world.VINTAGE)
        assert found.issued_at == world.NOW
        assert found.unit_class is UnitClass.JCM_CREDIT
    found = issuances.of_serial(session, second.first)
    assert found is not None and found.project == world.ITMO_PROJECT


def test_a_number_that_was_never_issued_has_none(session: Session) -> None:
    cast = world.build(session)
    assert issuances.of_serial(session, 1) is None
    last = world.issued(session, cast).last
    assert issuances.of_serial(session, last + 1) is None


def test_a_decision_says_what_either_side_was_notified_of_and_issued(
    stage: Session, cast: World
) -> None:
    first = world.issued(stage, cast, quantity=1_000)
    last = world.issued(stage, cast, quantity=500, account=cast.kaede)
    allocation = cast.allocations[world.PROJECT, cast.outside]
    transactions.propose_issuance(
        stage, allocation, 7, key=world.key(), actor=cast.operator, now=NOW
    )
    line = {"decision": "MN003-1", "notified": "9", "notified_is_derived": "yes", "issued": ""}
    line |= {"issued_on": "", "source": "nowhere"}
    published.record_partner_issuance(stage, line, actor=cast.operator)
    (row,) = issuances.decided(stage, partner=world.PARTNER)
    assert (row.project, row.quantity, row.issued) == (world.PROJECT, 3_000_000, 1_500)
    assert (row.first, row.last) == (first.first, last.last)
    assert (row.issued_from, row.issued_until) == (NOW, NOW)
    assert (row.partner_notified, row.partner_is_derived, row.partner_issued) == (9, True, None)
    assert issuances.decided(stage, project_id=row.project_id) == [row]


def test_a_decision_of_which_nothing_was_issued_is_there(stage: Session, cast: World) -> None:
    for row in issuances.decided(stage):
        assert (row.issued, row.first, row.issued_from, row.partner_notified) == (
            0,
            None,
            None,
            None,
        )
    assert len(issuances.decided(stage)) == 2
    assert len(issuances.decided(stage, size=1)) == 1
    assert not issuances.decided(stage, partner="XX")
