"""Refusals about editions carry their facts as text, and a name that no other refusal has."""

from app.domain import disclosure_errors, errors, form_errors, people_errors, trust_errors
from tests.domain.test_trust_errors import names


def test_the_name_of_a_refusal_is_its_own() -> None:
    others = (errors, form_errors, people_errors, trust_errors)
    assert len(names(disclosure_errors)) == 3
    assert not names(disclosure_errors) & set().union(*map(names, others))


def test_facts_are_text() -> None:
    refusal = disclosure_errors.EditionStands("JP-D-0001", field="as_of")
    assert refusal.facts() == {"field": "as_of", "number": "JP-D-0001"}
