"""A sentence for every refusal, in both languages."""

import dataclasses
from typing import Any

import pytest
from flask import Flask

from app.domain import accounts, errors, ledger, projects
from app.domain.errors import Refusal
from app.web import messages
from tests.pages import ENGLISH_SENTENCE, JAPANESE

#: Facts that must be words of the scheme.
WORDS: dict[str, Any] = {
    "state": accounts.State.BARRED,
    "before": accounts.State.OPEN,
    "after": accounts.State.CLOSED,
    "status": ledger.Status.COMPLETED,
    "unit_class": projects.UnitClass.ITMO,
}


def refusals() -> list[type[Refusal]]:
    return [
        found
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, Refusal) and found is not Refusal
    ]


def example(kind: type[Refusal]) -> Refusal:
    facts: dict[str, Any] = {}
    for item in dataclasses.fields(kind):
        if item.name == "field":
            continue
        if item.name == "kind":
            of_account = kind is errors.AccountKindForbids
            facts["kind"] = accounts.Kind.ENTITY if of_account else ledger.Kind.TRANSFER
        else:
            facts[item.name] = WORDS.get(item.name, 1_234 if item.type in {int, "int"} else "1a")
    return kind(**facts)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_sentence_in_both_languages(site: Flask, kind: type[Refusal]) -> None:
    refusal = example(kind)
    with site.test_request_context("/en/"):
        english = messages.sentence(refusal)
    with site.test_request_context("/ja/"):
        japanese = messages.sentence(refusal)
    assert english.endswith(".")
    assert not JAPANESE.search(english)
    assert JAPANESE.search(japanese)
    assert japanese.endswith(("。", "1500", "84"))
    assert not ENGLISH_SENTENCE.search(japanese)


def test_a_sentence_gives_the_facts(site: Flask) -> None:
    with site.test_request_context("/en/"):
        assert (
            messages.sentence(errors.NotEnoughCredits(asked=1_500, available=100))
            == "1,500 tCO₂ were asked for, but only 100 tCO₂ are available."
        )
        assert "numbers 12 have" in messages.sentence(errors.SerialsNeverIssued(12, 12))
        assert "numbers 12-40 have" in messages.sentence(errors.SerialsNeverIssued(12, 40))


def test_nobody_learns_more_of_an_account_than_that_it_is_not_open(site: Flask) -> None:
    with site.test_request_context("/en/"):
        said = messages.sentence(errors.UnknownAccount("JP-100-000012-0-84"))
    assert "000012" not in said


def test_the_status_tells_a_wrong_entry_from_a_changed_world() -> None:
    assert messages.status(errors.Required()) == 422
    assert messages.status(errors.NotAllowedInStatus("completed", "approve")) == 409
