"""What came from other registries is no issuance of this one, whatever became of it since."""

from app.domain.ledger import Kind
from app.store import acquired, countries, partners, projects
from tests import world
from tests.exchanging import two


def test_what_came_from_elsewhere_is_counted_apart_from_what_was_issued_here() -> None:
    with two("sqlite", "sqlite") as both:
        both.japan.issue(1_000)
        both.mongolia.issue(500)
        both.mongolia.send(both.japan.cast.aoba, 60)
        both.japan.send(both.mongolia.cast.kaede, 100)
        both.carry()
        with both.japan.database.reading() as session:
            assert acquired.tonnes(session) == 60
            row = projects.listed(session, world.PROJECT)
            assert row is not None
            assert (row.tonnes, row.acquired) == (1_000, 60)
            assert row.held + row.external == 1_060
            partner = partners.by_code(session, world.PARTNER)
            if partner is not None:
                assert (partner.tonnes, partner.acquired) == (1_000, 60)
            assert all(one.tonnes in {0, 1_000} for one in countries.everyone(session))
    assert Kind.ACQUISITION == "acquisition"
