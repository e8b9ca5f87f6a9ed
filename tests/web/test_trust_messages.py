"""A sentence in both languages for every refusal about trust."""

import pytest
from flask import Flask

from app.domain import trust_errors as errors
from app.domain.errors import Refusal
from app.web import messages
from app.web.trust_messages import TRUST
from tests.pages import ENGLISH_SENTENCE, JAPANESE

EXAMPLES = [
    errors.AboveLimit(2_000_000),
    errors.NotTrusted("JP-100-000012-0-84"),
    errors.AlreadyApproved("2026-11-10T01:00:00+00:00"),
    errors.ApproverStopped(),
    errors.SameHolder("JP"),
    errors.TrustedAlready("JP"),
    errors.AdditionPending("JP"),
    errors.AdditionEnded(),
    errors.NotReturnable(),
    errors.AlreadyReturned("JP0000000001"),
    errors.TooLateToReturn(30),
    errors.NotHeldAnyMore(1, 1),
    errors.NotHeldAnyMore(1, 9),
]


def test_every_refusal_has_a_sentence() -> None:
    assert {type(one) for one in EXAMPLES} == set(TRUST)


@pytest.mark.parametrize("refusal", EXAMPLES, ids=str)
def test_a_refusal_is_said_in_both_languages(site: Flask, refusal: Refusal) -> None:
    with site.test_request_context("/en/"):
        english = messages.sentence(refusal)
    with site.test_request_context("/ja/"):
        japanese = messages.sentence(refusal)
    assert english.endswith(".")
    assert not JAPANESE.search(english)
    assert JAPANESE.search(japanese)
    assert japanese.endswith("。")
    assert not ENGLISH_SENTENCE.search(japanese)


def test_o36_the_hint_says_where_the_rule_can_be_met(site: Flask) -> None:
    with site.test_request_context("/en/"):
        said = messages.sentence(errors.NotTrusted("JP-100-000012-0-84"))
    assert "JP-100-000012-0-84" in said
    assert "on the page of your account" in said


def test_the_time_is_that_of_the_registry(site: Flask) -> None:
    with site.test_request_context("/en/"):
        said = messages.sentence(errors.AlreadyApproved("2026-11-10T01:00:00+00:00"))
    assert "10:00 10/11/2026" in said
