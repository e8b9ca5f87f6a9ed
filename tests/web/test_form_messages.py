"""A sentence for every refusal about applications, in both languages."""

import dataclasses
import inspect

from flask import Flask
from flask_babel import force_locale

from app.domain import form_errors
from app.domain.errors import Refusal
from app.web import messages
from app.web.form_messages import FORMS
from tests.pages import JAPANESE

REFUSALS = [
    found
    for _name, found in inspect.getmembers(form_errors, inspect.isclass)
    if found.__module__ == form_errors.__name__
]
#: Facts that stand for something else than themselves.
FACTS: dict[str, object] = {"status": "rejected", "event": "save"}


def made(refusal: type[Refusal]) -> Refusal:
    facts = {
        item.name: FACTS.get(item.name, 7 if item.type in {int, "int"} else "fact")
        for item in dataclasses.fields(refusal)
        if item.name != "field"
    }
    return refusal(**facts)


def test_every_refusal_about_applications_has_a_sentence() -> None:
    assert set(FORMS) == set(REFUSALS)


def test_the_sentences_are_whole_in_both_languages(site: Flask) -> None:
    with site.test_request_context("/en/"):
        english = {one: messages.sentence(made(one)) for one in REFUSALS}
        with force_locale("ja"):
            japanese = {one: messages.sentence(made(one)) for one in REFUSALS}
    for one in REFUSALS:
        assert english[one][-1] in ".8906" and not JAPANESE.search(english[one]), one
        assert JAPANESE.search(japanese[one]) and japanese[one] != english[one], one
        assert "%(" not in english[one] + japanese[one], one


def test_facts_stand_in_the_sentence(site: Flask) -> None:
    with site.test_request_context("/en/"):
        ended = messages.sentence(form_errors.ApplicationEnded("rejected", "save"))
        assert "“Rejected”" in ended
        assert "(A-000007)" in messages.sentence(form_errors.ApplicationOpen("A-000007"))
        assert "20 drafts" in messages.sentence(form_errors.TooManyDrafts(20))


def test_the_status_tells_a_moved_world_from_a_wrong_entry() -> None:
    assert messages.status(form_errors.ChangedMeanwhile()) == 409
    assert messages.status(form_errors.ApplicationOpen("A-000001")) == 409
    assert messages.status(form_errors.NotAPostalCode("1")) == 422
