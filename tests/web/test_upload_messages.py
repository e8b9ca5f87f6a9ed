"""A sentence in both languages for every refusal of an uploaded table."""

import dataclasses

from flask import Flask

from app.domain import upload_errors
from app.web import messages
from app.web.upload_messages import UPLOADS
from tests.domain.test_form_errors import refusals
from tests.pages import ENGLISH_SENTENCE, JAPANESE

OWN = [one for one in refusals(upload_errors).values() if one.__module__ == upload_errors.__name__]


def test_every_refusal_is_said_in_both_languages(site: Flask) -> None:
    assert set(OWN) == set(UPLOADS)
    for kind in OWN:
        names = [one.name for one in dataclasses.fields(kind) if one.name != "field"]
        refusal = kind(**dict.fromkeys(names, 7))
        with site.test_request_context("/en/"):
            english = messages.sentence(refusal)
        with site.test_request_context("/ja/"):
            japanese = messages.sentence(refusal)
        assert english.endswith("."), english
        assert not JAPANESE.search(english)
        assert japanese.endswith("。"), japanese
        assert not ENGLISH_SENTENCE.search(japanese), japanese


def test_the_sheet_is_named_where_there_are_sheets(site: Flask) -> None:
    with site.test_request_context("/en/"):
        of_a_book = messages.sentence(upload_errors.FormulaInCell("Actions", "B7"))
        of_a_csv = messages.sentence(upload_errors.FormulaInCell("", "B7"))
    assert of_a_book.startswith("Sheet “Actions”, cell B7:")
    assert of_a_csv.startswith("Cell B7:")
