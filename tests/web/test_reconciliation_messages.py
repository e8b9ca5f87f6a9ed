"""A sentence for every refusal about reconciliation, in both languages."""

from flask import Flask

from app.domain import reconciliation_errors
from app.domain.errors import Refusal
from app.web import messages
from tests.pages import JAPANESE
from tests.web.test_messages import example


def test_every_refusal_has_its_sentence(site: Flask) -> None:
    kinds = [
        kind
        for kind in vars(reconciliation_errors).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
    ]
    assert kinds
    for kind in kinds:
        refusal = example(kind)
        with site.test_request_context("/en/"):
            english = messages.sentence(refusal)
        with site.test_request_context("/ja/"):
            japanese = messages.sentence(refusal)
        assert english.endswith(".") and not JAPANESE.search(english)
        assert japanese.endswith("。") and JAPANESE.search(japanese)
