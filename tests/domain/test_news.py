"""News: where a piece stands, and how what is typed is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import Required, TooLong
from app.domain.news import STANDING_NAMES, TEXTS, Standing, fingerprint, standing, text

NOW = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_piece_of_news_is_public_from_its_first_moment_until_it_is_withdrawn() -> None:
    assert standing(NOW, None, NOW - SECOND) is Standing.SCHEDULED
    assert standing(NOW, None, NOW) is Standing.PUBLISHED
    assert standing(NOW, NOW + SECOND, NOW + SECOND) is Standing.WITHDRAWN
    assert standing(NOW + SECOND, NOW, NOW) is Standing.WITHDRAWN
    assert set(STANDING_NAMES) == set(Standing)


def test_a_title_is_one_line_and_a_text_keeps_its_lines() -> None:
    assert text(" A\r\n title ", "title_en") == "A title"
    assert text("一行目  \r\n\r\n二行目\n", "text_ja") == "一行目  \n\n二行目"
    for typed, field in (("\u3000", "title_ja"), ("\n", "text_en")):
        with pytest.raises(Required) as refused:
            text(typed, field)
        assert refused.value.field == field
    for length, field in ((200, "title_ja"), (10_000, "text_ja")):
        assert len(text("あ" * length, field)) == length
        with pytest.raises(TooLong):
            text("あ" * (length + 1), field)


def test_every_change_of_a_piece_gives_it_another_fingerprint() -> None:
    texts = {name: f"words of {name}" for name in TEXTS}
    prints = {fingerprint(texts | {name: "other"}, NOW) for name in TEXTS}
    prints |= {fingerprint(texts, NOW), fingerprint(texts, NOW + SECOND)}
    assert len(prints) == len(TEXTS) + 2
    assert fingerprint(dict(reversed(texts.items())), NOW) in prints
