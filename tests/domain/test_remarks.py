"""Remarks: what they may be about, and how they are kept."""

import pytest

from app.domain import remarks
from app.domain.errors import NotFound, Required, TooLong
from app.domain.remarks import TEXT_MAX, About, Subject


def test_what_a_remark_is_about_reads_back_to_itself() -> None:
    for subject in (
        Subject(About.AUTHORIZATION, ("JPN 2025-1",)),
        Subject(About.AEF, ("2025", "1.10")),
        Subject(About.ADJUSTMENTS, ("JPN",)),
    ):
        assert remarks.parse(str(subject)) == subject


def test_nothing_else_is_remarked_on() -> None:
    for text in (
        *("", "aef", "aef:", "aef:2025", "aef:2025:0.1", "aef:0025:1.0", "aef:2025:1.0:x"),
        *("authorization:", "authorization:a/b", "authorization:JPN\n", "users:1"),
        *("adjustments:", "adjustments:JP", "adjustments:jpn", "adjustments:JPN\0"),
    ):
        with pytest.raises(NotFound):
            remarks.parse(text)


def test_a_remark_keeps_its_lines_and_not_what_surrounds_them() -> None:
    assert remarks.kept("\r\n  one \r\n\r\n two\u3000\n") == "one\n\n two"
    assert remarks.kept("x" * TEXT_MAX) == "x" * TEXT_MAX
    for typed in ("", " \n\u3000"):
        with pytest.raises(Required) as refused:
            remarks.kept(typed)
        assert refused.value.field == "text"
    with pytest.raises(TooLong):
        remarks.kept("x" * (TEXT_MAX + 1))
