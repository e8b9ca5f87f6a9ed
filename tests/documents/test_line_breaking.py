"""Where lines end: kinsoku kept, numbers whole, nothing lost, no line too wide."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import fonts
from app.documents.line_breaking import BREAK, NOT_FIRST, NOT_LAST, fill, is_whole

SERIAL = "JP-MN-MN001-2015-1-50"
ACCOUNT = "JP-100-000012-0-84"
measure = partial(fonts.width, size=10)

#: Parts of sentences with everything that no line may begin or end with.
PARTS = st.sampled_from(
    [
        *("あ", "漢字", "（仮名）。", "「口座」、", "ファイルー", "しょっちゅう", "々", "……"),
        *("JCM", SERIAL, "1,234", "2026年", "“引用”", "［注］", "50％", "￥100"),
    ]
)
TEXTS = st.lists(PARTS, min_size=1, max_size=40).map("".join)
WIDTHS = st.floats(min_value=70, max_value=500)


@settings(max_examples=150, deadline=None)
@given(TEXTS, WIDTHS)
def test_kinsoku_is_kept_and_nothing_is_lost_or_too_wide(text: str, width: float) -> None:
    lines = fill(text, width, measure)
    assert "".join(lines) == text
    for line in lines[1:]:
        assert line[0] not in NOT_FIRST, lines
    for line in lines[:-1]:
        assert line[-1] not in NOT_LAST, lines
    for line in lines:
        assert measure(line) <= width + 0.01 or SERIAL in line, lines


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(("of", "(credits),", "transferred.", "JCM", SERIAL, ACCOUNT))))
def test_words_and_numbers_are_never_cut(words: list[str]) -> None:
    text = " ".join(words)
    lines = fill(text, 100, measure)
    assert " ".join(lines).split() == words


def test_only_a_word_wider_than_the_line_is_cut() -> None:
    address = "https://registry.example/" + "very-long-" * 10
    lines = fill(f"See {address} now", 100, measure)
    assert (lines[0], "".join(lines).replace(" ", "")) == ("See", f"See{address}now")
    assert all(measure(line) <= 100 for line in lines)
    # A number is not, however narrow the line.
    assert fill(SERIAL, 30, measure) == [SERIAL]
    assert fill(f"（{SERIAL}）。", 30, measure) == [f"（{SERIAL}）。"]


def test_what_is_never_cut() -> None:
    for word in (SERIAL, ACCOUNT, f"（{ACCOUNT}）、", "1,234,567", "-50", "0.5"):
        assert is_whole(word), word
    for word in ("head-office", "https://a.example/x", "JCM", "ab-12"):
        assert not is_whole(word), word


def test_lines_end_where_the_text_says_so() -> None:
    assert fill("a\n\nb", 100, measure) == ["a", "", "b"]
    assert fill(f"aaaa{BREAK}bbbb{BREAK}cc", measure("aaaabbbb"), measure) == ["aaaabbbb", "cc"]
    # A box stays with what it stands for.
    lines = fill("□\xa0fine □\xa0problem", measure("□ fine □ prob"), measure)
    assert lines == ["□\xa0fine", "□\xa0problem"]
