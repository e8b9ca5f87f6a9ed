"""Refusals about trust carry their facts as text, and a name that no other refusal has."""

from app.domain import errors, people_errors, trust_errors
from app.domain.errors import Refusal


def names(module: object) -> set[str]:
    return {
        name
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, Refusal) and found is not Refusal
    }


def test_the_name_of_a_refusal_is_its_own() -> None:
    assert not names(trust_errors) & (names(errors) | names(people_errors))


def test_facts_are_text() -> None:
    refusal = trust_errors.AboveLimit(100, field="quantity")
    assert refusal.facts() == {"field": "quantity", "limit": "100"}
