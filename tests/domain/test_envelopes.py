"""Envelopes: the bytes that are signed, and everything that is not laid out exactly like them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import envelopes
from app.domain.envelopes import Envelope, Reply
from app.domain.exchange import Answer, Code, Message
from app.domain.exchange_errors import MessageRefused

AT = datetime(2026, 11, 2, 1, 30, 0, 123456, tzinfo=UTC)
MESSAGE = Envelope("JP", "MN", 7, AT, "0123456789abcdef", Message.PROPOSAL, {"to": "モンゴル"})
REPLY = Reply("MN", "JP", 7, "ab" * 32, AT, "0123456789abcdef", Answer.REJECTED, "5902", {"a": 1})
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**63, 2**63 - 1)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("xyz"), values, max_size=4), st.integers(1, 2**62))
def test_a_message_is_read_as_it_was_written(content: dict[str, Any], number: int) -> None:
    written = replace(MESSAGE, content=content, number=number)
    assert envelopes.decode(written.encode()) == written


def test_an_answer_is_read_as_it_was_written() -> None:
    assert envelopes.decode_reply(REPLY.encode()) == REPLY


def test_what_is_said_does_not_depend_on_when_and_under_which_key() -> None:
    later = replace(MESSAGE, sent_at=AT + timedelta(seconds=1), key="f" * 16)
    assert later.said == MESSAGE.said
    for other in (replace(MESSAGE, number=8), replace(MESSAGE, content={})):
        assert other.said != MESSAGE.said


def altered(**changes: Any) -> bytes:
    """Return the message with fields changed, or left out, still in canonical form."""
    told = json.loads(MESSAGE.encode()) | changes
    told = {name: value for name, value in told.items() if value is not ...}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def test_a_message_laid_out_otherwise_is_refused() -> None:
    good = MESSAGE.encode()
    wrong = [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        good + b" ",
        good.replace(b'"number":7', b'"number": 7'),
        good.replace(b'"number":7', b'"number":7.0'),
        good.replace(b'"number":7', b'"number":NaN'),
        good.replace(b'"number":7', b'"number":7,"number":7'),
        b"[" * 100_000,
        b'{"a":"\\ud800"}',
        altered(number=0),
        altered(number=-1),
        altered(number=True),
        altered(number="7"),
        altered(number=2**63),
        altered(version=2),
        altered(content=[]),
        altered(key="short"),
        altered(key=None),
        altered(sent_at="2026-11-02"),
        altered(sent_at="2026-13-02T01:30:00.123456Z"),
        altered(sent_at=7),
        altered(more=1),
        altered(content=...),
        altered(**{"from": "Japan"}),
        altered(to=["MN"]),
    ]
    for raw in wrong:
        with pytest.raises(MessageRefused) as refused:
            envelopes.decode(raw)
        assert refused.value.reason == Code.MALFORMED, raw[:80]


def test_a_kind_that_does_not_exist_has_a_code_of_its_own() -> None:
    with pytest.raises(MessageRefused) as refused:
        envelopes.decode(altered(kind="greeting"))
    assert refused.value.reason == Code.UNKNOWN_KIND


def test_an_answer_laid_out_otherwise_is_refused() -> None:
    good = REPLY.encode()
    for raw in (
        b"{}",
        good + b"\n",
        good.replace(b'"rejected"', b'"perhaps"'),
        good.replace(b'"number":7', b'"number":null'),
        good.replace(b'"code":"5902"', b'"code":5902'),
        good.replace(b'"version":1', b'"version":2'),
    ):
        with pytest.raises(MessageRefused):
            envelopes.decode_reply(raw)
