"""Refusals about Article 6.2 carry the facts that their sentences tell."""

from app.domain.article6_errors import NotAuthorized, VintageTooEarly, YearsReversed


def test_a_refusal_tells_its_code_and_its_facts() -> None:
    for refusal, code, facts in (
        (YearsReversed(2030, 2021), "YearsReversed", {"first": "2030", "last": "2021"}),
        (
            VintageTooEarly(2020, 2021),
            "VintageTooEarly",
            {"vintage": "2020", "vintage_min": "2021"},
        ),
        (NotAuthorized(1, 9), "NotAuthorized", {"first": "1", "last": "9"}),
    ):
        assert (refusal.code, refusal.facts()) == (code, {"field": ""} | facts)
