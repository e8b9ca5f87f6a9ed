"""Refusals about people."""

import dataclasses
import inspect

import pytest

from app.domain import errors, people_errors
from app.domain.errors import Refusal

REFUSALS = [
    found
    for _, found in inspect.getmembers(people_errors, inspect.isclass)
    if found.__module__ == people_errors.__name__
]


def made(refusal: type[Refusal]) -> Refusal:
    facts = {
        item.name: 7 if item.type in {int, "int"} else "fact"
        for item in dataclasses.fields(refusal)
        if item.name != "field"
    }
    return refusal(**facts, field="here")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_can_be_logged_with_its_code_and_facts(refusal: type[Refusal]) -> None:
    raised = made(refusal)
    assert raised.code == refusal.__name__
    assert raised.facts()["field"] == "here"
    assert all(isinstance(fact, str) for fact in raised.facts().values())


@pytest.mark.parametrize("refusal", REFUSALS)
def test_no_refusal_carries_a_secret(refusal: type[Refusal]) -> None:
    names = {item.name for item in dataclasses.fields(refusal)}
    assert not names & {"password", "code", "secret", "token", "email", "address"}


def test_each_says_what_it_means_and_none_is_called_like_another() -> None:
    assert all(found.__doc__ and found.__doc__.endswith(".") for found in REFUSALS)
    assert not [found for found in REFUSALS if hasattr(errors, found.__name__)]


def test_locked_codes_are_refused_wherever_a_wrong_code_is() -> None:
    assert issubclass(people_errors.CodesLocked, people_errors.CodeWrong)
