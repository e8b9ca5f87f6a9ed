"""Questions about rules."""

from sqlalchemy.orm import Session

from app.registry import published
from app.store import rules
from tests.world import World


def test_a_country_has_its_own_rules_in_the_order_of_the_data(stage: Session, cast: World) -> None:
    for partner, code in (("MN", "RG"), ("VN", "PDD"), ("MN", "PDD")):
        line = dict.fromkeys(("title_en", "title_ja", "source"), "a") | {"partner": partner}
        line |= {"code": code, "version": "", "adopted_on": "2025-02-26"}
        published.record_rule(stage, line, actor=cast.operator)
    assert [(row.code, row.version) for row in rules.of_partner(stage, "MN")] == [
        ("RG", None),
        ("PDD", None),
    ]
    assert not rules.of_partner(stage, "XX")
