"""Refusals about applications carry their facts as text, and a name that no other refusal has."""

import dataclasses

from app.domain import errors, form_errors, people_errors, trust_errors
from app.domain.errors import Refusal


def refusals(module: object) -> dict[str, type[Refusal]]:
    return {
        name: found
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, Refusal) and found is not Refusal
    }


OWN = {
    name: found
    for name, found in refusals(form_errors).items()
    if found.__module__ == form_errors.__name__
}


def test_the_name_of_a_refusal_is_its_own_and_it_says_what_it_means() -> None:
    for module in (errors, people_errors, trust_errors):
        assert not OWN.keys() & refusals(module).keys()
    assert all(found.__doc__ and found.__doc__.endswith(".") for found in OWN.values())


def test_every_refusal_can_be_logged_with_its_facts_and_none_carries_a_secret() -> None:
    for name, refusal in OWN.items():
        names = [item.name for item in dataclasses.fields(refusal) if item.name != "field"]
        raised = refusal(**dict.fromkeys(names, 7), field="here")
        assert raised.code == name
        assert raised.facts() == dict.fromkeys(names, "7") | {"field": "here"}
        assert not {"password", "code", "secret", "token", "email", "address"} & set(names)
