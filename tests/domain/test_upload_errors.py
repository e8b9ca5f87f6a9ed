"""Refusals of uploaded tables have names of their own and carry their facts as text."""

import dataclasses

from app.domain import (
    article6_errors,
    disclosure_errors,
    errors,
    form_errors,
    open_data_errors,
    people_errors,
    trust_errors,
    upload_errors,
)
from tests.domain.test_trust_errors import names


def test_the_name_of_a_refusal_is_its_own() -> None:
    others = (errors, people_errors, trust_errors, form_errors, open_data_errors)
    for module in (*others, disclosure_errors, article6_errors):
        own = {
            name for name in names(module) if getattr(module, name).__module__ == module.__name__
        }
        assert not names(upload_errors) & own - names(errors), module


def test_what_is_wrong_in_a_cell_names_the_sheet_and_the_cell() -> None:
    for name in names(upload_errors) - names(errors):
        kind = getattr(upload_errors, name)
        facts = [one.name for one in dataclasses.fields(kind) if one.name != "field"]
        told = kind(**dict.fromkeys(facts, 7), field="file").facts()
        assert told == dict.fromkeys(facts, "7") | {"field": "file"}
        assert ("cell" in facts) <= ("sheet" in facts)
        assert not {"code", "secret", "address"} & set(facts)
