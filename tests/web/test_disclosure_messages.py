"""A sentence in both languages for every refusal about editions."""

from flask import Flask

from app.domain import disclosure_errors as errors
from app.web import messages
from app.web.disclosure_messages import DISCLOSURE
from tests.pages import ENGLISH_SENTENCE, JAPANESE

EXAMPLES = (errors.DayNotOver(), errors.EditionStands("JP-D-0001"), errors.TablesChanged())


def test_every_refusal_is_said_in_both_languages(site: Flask) -> None:
    assert {type(one) for one in EXAMPLES} == set(DISCLOSURE)
    for refusal in EXAMPLES:
        with site.test_request_context("/en/"):
            english = messages.sentence(refusal)
        with site.test_request_context("/ja/"):
            japanese = messages.sentence(refusal)
        assert english.endswith(".")
        assert not JAPANESE.search(english)
        assert japanese.endswith("。")
        assert not ENGLISH_SENTENCE.search(japanese)
    assert [messages.status(one) for one in EXAMPLES] == [422, 409, 409]
