"""A sentence in both languages for every refusal of the interface for programs."""

from flask import Flask

from app.domain import open_data_errors as errors
from app.web import messages
from app.web.open_data_messages import OPEN_DATA
from tests.pages import ENGLISH_SENTENCE, JAPANESE

EXAMPLES = [
    errors.UnknownParameter(field="colour"),
    errors.ParameterTwice(field="partner"),
    errors.NotAsDescribed(field="project"),
    errors.OutOfBounds(1, 1_000, field="page_size"),
    errors.BrokenCursor(field="cursor"),
]


def test_every_refusal_is_said_in_both_languages(site: Flask) -> None:
    assert {type(one) for one in EXAMPLES} == set(OPEN_DATA)
    for refusal in EXAMPLES:
        with site.test_request_context("/en/"):
            english = messages.sentence(refusal)
        with site.test_request_context("/ja/"):
            japanese = messages.sentence(refusal)
        assert english.endswith(".")
        assert not JAPANESE.search(english)
        assert japanese.endswith("。")
        assert not ENGLISH_SENTENCE.search(japanese)
