"""A sentence for every refusal about people, in both languages."""

import dataclasses
import inspect

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain import people_errors
from app.domain.errors import Refusal
from app.web.messages import sentence
from app.web.people_messages import PEOPLE
from tests.pages import JAPANESE

REFUSALS = [
    found
    for _, found in inspect.getmembers(people_errors, inspect.isclass)
    if found.__module__ == people_errors.__name__
]
#: Facts that stand for something else than themselves.
FACTS: dict[str, object] = {"state": "suspended"}


def made(refusal: type[Refusal]) -> Refusal:
    facts = {
        item.name: FACTS.get(item.name, 7 if item.type in {int, "int"} else "fact")
        for item in dataclasses.fields(refusal)
        if item.name != "field"
    }
    return refusal(**facts)


def test_every_refusal_about_people_has_a_sentence() -> None:
    assert set(PEOPLE) == set(REFUSALS)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_sentence_is_whole_in_both_languages(site: Flask, refusal: type[Refusal]) -> None:
    with site.test_request_context("/en/"):
        english = sentence(made(refusal))
        with force_locale("ja"):
            japanese = sentence(made(refusal))
    assert english.endswith(".") and not JAPANESE.search(english)
    assert JAPANESE.search(japanese) and japanese.endswith("。")
    assert "%(" not in english + japanese


def test_facts_stand_in_the_sentence(site: Flask) -> None:
    with site.test_request_context("/en/"):
        assert "8 characters" in sentence(people_errors.PasswordTooShort(8))
        assert "5 minutes" in sentence(people_errors.TooManyAttempts(5))
        assert "15 minutes" in sentence(people_errors.CodesLocked(15))
        assert "(Suspended)" in sentence(people_errors.StateForbids("suspended"))
        assert sentence(people_errors.ClaimedByOther("Hanako", "花子")).startswith("Hanako")


def test_what_could_tell_that_somebody_exists_says_nothing_of_it(site: Flask) -> None:
    with site.test_request_context("/en/"):
        for refusal in (
            people_errors.UnknownPerson("hanako"),
            people_errors.LoginIdTaken("hanako"),
            people_errors.EmailRefused(),
            people_errors.SignInFailed(),
        ):
            assert "hanako" not in sentence(refusal)
            assert "exist" not in sentence(refusal)
