"""Questions about issuances."""

from sqlalchemy.orm import Session

from app.domain.projects import UnitClass
from app.store import issuances
from tests import world


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
