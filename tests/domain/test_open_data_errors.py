"""Refusals of the interface for programs have names that no other refusal has."""

from app.domain import errors, open_data_errors, people_errors, trust_errors
from tests.domain.test_trust_errors import names


def test_the_name_of_a_refusal_is_its_own() -> None:
    others = names(errors) | names(people_errors) | names(trust_errors)
    assert not {name for name in names(open_data_errors) if name in others}


def test_facts_are_text() -> None:
    refusal = open_data_errors.OutOfBounds(1, 1_000, field="page_size")
    assert refusal.facts() == {"field": "page_size", "lowest": "1", "highest": "1000"}
