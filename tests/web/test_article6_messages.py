"""A sentence in both languages for every refusal about Article 6.2."""

import dataclasses
from typing import Any

from flask import Flask

from app.domain import article6_errors as errors
from app.domain.authorizations import Standing
from app.domain.errors import Refusal
from app.domain.nomenclature import Definition
from app.web import messages
from app.web.article6_messages import ARTICLE_6
from tests.pages import ENGLISH_SENTENCE, JAPANESE

#: Facts that must be words of a list.
WORDS = {"definition": Definition.ISSUANCE.value, "standing": Standing.REJECTED.value}
MOVED_ON = {errors.VersionPending, errors.VersionDecided, errors.AuthorizationRevoked}


def example(kind: type[Refusal]) -> Refusal:
    facts: dict[str, Any] = {}
    for item in dataclasses.fields(kind):
        if item.name != "field":
            is_number = item.type is int
            facts[item.name] = 2031 if is_number else WORDS.get(item.name, "CA0004")
    return kind(**facts)


def test_every_refusal_is_said_in_both_languages(site: Flask) -> None:
    for kind in ARTICLE_6:
        refusal = example(kind)
        with site.test_request_context("/en/"):
            english = messages.sentence(refusal)
        with site.test_request_context("/ja/"):
            japanese = messages.sentence(refusal)
        assert english.endswith("."), kind
        assert not JAPANESE.search(english), kind
        assert japanese.endswith(("。", "）。")), kind
        assert not ENGLISH_SENTENCE.search(japanese), kind


def test_a_moved_world_is_told_from_a_wrong_entry() -> None:
    for kind in MOVED_ON:
        assert messages.status(example(kind)) == 409
    assert messages.status(errors.VersionUnchanged()) == 422
