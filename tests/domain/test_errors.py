"""Every refusal carries a code for the log and its facts as text."""

import dataclasses
from typing import get_type_hints

import pytest

from app.domain.errors import LimitExceeded, NotFound, Refusal, SameAccount

REFUSALS = sorted(Refusal.__subclasses__(), key=lambda refusal: refusal.__name__)


def made(refusal: type[Refusal]) -> Refusal:
    hints = get_type_hints(refusal)
    values = {
        item.name: 7 if hints[item.name] is int else "given"
        for item in dataclasses.fields(refusal)
        if item.name != "field"
    }
    return refusal(**values, field="quantity")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_has_a_code_and_its_facts_as_text(refusal: type[Refusal]) -> None:
    raised = made(refusal)
    assert raised.code == refusal.__name__
    names = {item.name for item in dataclasses.fields(refusal)}
    assert set(raised.facts()) == names and "field" in names
    assert all(isinstance(value, str) and value for value in raised.facts().values())
    assert str(raised).startswith(f"{raised.code}(")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_says_why(refusal: type[Refusal]) -> None:
    assert refusal.__doc__ and not refusal.__doc__.startswith(f"{refusal.__name__}(")


def test_codes_are_never_shared() -> None:
    assert len({refusal.__name__ for refusal in REFUSALS}) == len(REFUSALS) >= 40


def test_a_refusal_names_its_facts_when_printed() -> None:
    refused = LimitExceeded(80, 10, 0, 71, field="quantity")
    assert str(refused) == "LimitExceeded(field=quantity, limit=80, issued=10, pending=0, asked=71)"


def test_a_refusal_can_be_raised_and_caught_as_one() -> None:
    with pytest.raises(Refusal) as caught:
        raise SameAccount("JP-121-000001-0-01", field="target")
    assert caught.value.field == "target"
    assert caught.value.__traceback__ is not None


def test_what_may_not_be_known_is_no_refusal() -> None:
    assert not issubclass(NotFound, Refusal)
    assert NotFound("account").what == "account"
