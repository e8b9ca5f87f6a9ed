"""Questions about partner countries."""

from sqlalchemy.orm import Session

from app.store import countries
from tests import world


def test_countries_are_listed_with_their_projects_and_credits(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=1_000)
    found = {row.alpha2: (row.projects, row.tonnes) for row in countries.everyone(session)}
    assert found == {world.PARTNER: (1, 1_000), world.ITMO_PARTNER: (1, 0)}
    assert list(countries.names(session)) == [world.PARTNER, world.ITMO_PARTNER]


def test_vintages_are_those_of_which_there_are_credits(session: Session) -> None:
    cast = world.build(session)
    assert countries.vintages(session) == []
    world.issued(session, cast)
    world.issued(session, cast, project=world.ITMO_PROJECT)
    assert countries.vintages(session) == [world.VINTAGE, world.ITMO_VINTAGE]
