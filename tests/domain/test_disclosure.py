"""The disclosure's values: what tables say, what an edition keeps, and how its number is read."""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain import disclosure as rules
from app.domain.accounts import Kind
from app.domain.disclosure import AMOUNTS, FIGURES, WORDS, Disclosure, Entity, Sheet, Standing, Year
from app.domain.ledger import Kind as Moved
from app.domain.text import Text

GOVERNMENT, ENTITY, RETIREMENT = Kind.GOVERNMENT, Kind.ENTITY, Kind.RETIREMENT
VOLUNTARY = Kind.VOLUNTARY_CANCELLATION
FIRST = {(Moved.ISSUANCE, None, ENTITY): 90, (Moved.ISSUANCE, None, GOVERNMENT): 10}
SECOND = FIRST | {
    (Moved.TRANSFER, ENTITY, ENTITY): 7,
    (Moved.TRANSFER, ENTITY, GOVERNMENT): 5,
    (Moved.RETIREMENT, GOVERNMENT, RETIREMENT): 3,
    (Moved.VOLUNTARY_CANCELLATION, ENTITY, VOLUNTARY): 4,
}
TABLES = Disclosure(
    as_of=date(2024, 7, 1),
    entities=(
        Entity("TechThinker Inc.", None, "Shinagawa-ku 142-0042", None),
        Entity("Sumitomo Corporation", "住友商事株式会社", None, "東京都", is_demo=True),
    ),
    amounts=rules.rows(rules.amounts(SECOND)),
    years=rules.years(2023, [FIRST, SECOND], last_is_over=False),
)
SHEET = Sheet(
    TABLES,
    Text("Registry", "登録簿"),
    Text("Administrator", "管理者"),
    "https://registry.example",
    "Asia/Tokyo",
    number="JP-D-0001",
    published_at=datetime(2024, 7, 2, tzinfo=UTC),
)


def test_what_moved_gives_what_lies_in_each_type_of_account() -> None:
    assert rules.amounts(SECOND) == {
        ENTITY: 81 - 7 + 7,
        GOVERNMENT: 12,
        RETIREMENT: 3,
        VOLUNTARY: 4,
    }
    assert [kind for kind, _ in TABLES.amounts] == list(AMOUNTS)
    assert [tonnes for _, tonnes in TABLES.amounts] == [12, 81, 3, 0, 4]
    assert TABLES.total == 100


def test_a_year_has_what_moved_in_it_and_what_was_held_at_its_end() -> None:
    assert TABLES.years == (
        Year(2023, 100, 0, 0, 0, 0, held=100, is_over=True),
        Year(2024, 0, 12, 3, 0, 4, held=93, is_over=False),
    )
    assert rules.years(2023, [FIRST, SECOND], last_is_over=True)[1].is_over


def test_frozen_bytes_say_everything_that_is_printed_and_never_differ() -> None:
    content = rules.frozen(SHEET)
    assert rules.frozen(rules.thawed(content)) == content
    again = rules.thawed(content)
    assert replace(again, words=WORDS) == SHEET
    assert again.words == dict(WORDS)
    other = replace(SHEET, disclosure=replace(TABLES, amounts=rules.rows({})))
    assert rules.frozen(other) != content
    assert rules.digest(other.disclosure) != rules.digest(TABLES)
    assert rules.digest(again.disclosure) == rules.digest(TABLES)


def test_a_holder_has_its_name_and_head_office_in_the_language_or_in_the_one_there_is() -> None:
    first, second = TABLES.entities
    assert [first.name(one) for one in ("en", "ja")] == ["TechThinker Inc."] * 2
    assert first.head_office("ja") == "Shinagawa-ku 142-0042"
    assert (second.name("ja"), second.head_office("en")) == ("住友商事株式会社", "東京都")
    assert Entity("A", None, None, None).head_office("en") == ""


def test_the_number_of_an_edition_is_read_as_it_is_printed_in_any_width() -> None:
    assert rules.number("JP", 1) == "JP-D-0001"
    for typed in ("JP-D-0001", " jp-d-0001 ", "ＪＰ－Ｄ－０００１", "JPD0001", "JP–D–0001"):
        assert rules.read_number(typed) == "JP-D-0001", typed
    assert rules.read_number("JP-D-12345") == "JP-D-12345"
    for wrong in ("", "JP-C-000001-19", "JP-D-1", "JP-D-00001", "JP-D-0001x", "D-0001", "9" * 999):
        assert rules.read_number(wrong) is None, wrong


def test_a_digest_is_read_in_groups_and_capitals_and_nothing_else_is_one() -> None:
    digest = "0123456789abcdef" * 4
    spaced = f"{digest[:32]} {digest[32:]}"
    for typed in (digest, digest.upper(), spaced, f"sha256:{digest}"):
        assert rules.read_digest(typed) == digest, typed
    for wrong in ("", digest[1:], f"{digest}0", "g" + digest[1:], "\0" * 64):
        assert rules.read_digest(wrong) is None, wrong


def test_an_edition_is_scheduled_then_published_and_withdrawn_at_last() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    later = now.replace(year=2027)
    assert rules.standing(later, None, now) is Standing.SCHEDULED
    assert rules.standing(now, None, now) is Standing.PUBLISHED
    assert rules.standing(later, now, now) is Standing.WITHDRAWN


def test_the_day_is_printed_as_the_registry_prints_it() -> None:
    assert rules.printed(date(2024, 7, 1), "en") == "1 / 7 / 2024"
    assert rules.printed(date(2024, 7, 1), "ja") == "2024年7月1日"


def test_every_word_that_tables_need_is_kept_with_them() -> None:
    needed = {*FIGURES, *(kind.value for kind in AMOUNTS), *(part.value for part in rules.Part)}
    assert needed <= set(WORDS)
