"""Questions about partner countries and what each has."""

from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.registry import projects, published
from app.store import partners
from tests import world
from tests.world import PARTNER, World


def test_a_country_says_how_much_there_is_of_everything(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=1_000)
    world.moved(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=30)
    for version in ("1.0", "2.0"):
        projects.record_methodology(
            stage, "MN_AM001", version, partner=PARTNER, actor=cast.operator
        )
    for code in ("RG", "PDD"):
        line = dict.fromkeys(("title_en", "title_ja", "version", "source"), "a")
        line |= {"partner": PARTNER, "code": code, "adopted_on": ""}
        published.record_rule(stage, line, actor=cast.operator)
    row = partners.by_code(stage, PARTNER)
    assert row is not None
    assert (row.projects, row.registered, row.validation, row.withdrawn) == (1, 1, 0, 0)
    assert (row.tonnes, row.held, row.retired, row.cancelled) == (1_000, 970, 0, 30)
    assert (row.projects_with_credits, row.methodologies, row.entities, row.rules) == (1, 1, 0, 2)
    assert partners.by_code(stage, PARTNER.lower()) is None


def test_countries_are_found_by_name_and_code_in_the_order_of_their_days(
    stage: Session, cast: World
) -> None:
    assert [row.alpha2 for row in partners.find(stage)] == ["MN", "VN"]
    assert [row.alpha2 for row in partners.find(stage, "ｖｎ")] == ["VN"]
    assert not partners.find(stage, "mn vn")
    assert not partners.find(stage, "%")
