"""What is forgiven in a typed item, and what the rule of each kind of field refuses."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain import form_errors
from app.domain.errors import NotADate, Refusal, UnknownChoice
from app.domain.forms import readers
from app.domain.forms.regions import COUNTRIES, HOME
from app.domain.forms.spec import Choice, Field, Kind, Script
from app.domain.people_errors import NotAnEmail
from app.domain.text import Text
from app.registry import people

HIDDEN = "a\x00b\x1bc\u202ed\u2066e\u200bf\ufeffg\ud800h\uffff"
ANY = st.text(st.characters(codec=None, max_codepoint=0x10FFFF), max_size=40)


def field(kind: Kind, script: Script = Script.ANY) -> Field:
    offered = ("en", "ja") if kind is Kind.CHOICE else ()
    choices = tuple(Choice(key, Text(key, key)) for key in offered)
    return Field("item", Text("Item", "項目"), kind, script=script, choices=choices)


def kept(kind: Kind, typed: str, script: Script = Script.ANY) -> str:
    return readers.value(field(kind, script), readers.line(typed))


def refused(kind: Kind, *typed: str, by: type[Refusal]) -> None:
    for one in typed:
        with pytest.raises(by):
            kept(kind, one)


def test_widths_and_spaces_are_forgiven_and_everything_else_is_kept() -> None:
    for typed, expected in {
        "  Ａｏｂａ　１２３ \t Ｃｏ．，Ｌｔｄ． ": "Aoba 123 Co.,Ltd.",
        "ｱｵﾊﾞｼｮｳｼﾞ": "アオバショウジ",
        "カﾞ": "ガ",
        "e\u0301": "é",
        # Names as they are registered: a compatibility ideograph, a variant, a sign.
        "\ufa19田\u3000﨑": "\ufa19田 﨑",
        "葛\U000e0100城": "葛\U000e0100城",
        "㈱青葉": "㈱青葉",
        "CO₂ ①²": "CO₂ ①²",
        "Nguyễn Đạt": "Nguyễn Đạt",
        HIDDEN: "abcdefgh",
    }.items():
        assert readers.line(typed) == expected
    assert readers.paragraphs(" a \r\n\r\n\n\n b\x0bc ") == "a\n\nb c"


@given(ANY)
@example("a \u0301")
@example("\uffe3")
@settings(max_examples=100)
def test_nothing_that_is_seen_gets_lost_and_reading_twice_changes_nothing(typed: str) -> None:
    for reader in (readers.line, readers.paragraphs):
        once = reader(typed)
        assert reader(once) == once
        assert bare(once) == bare(readers.visible(typed))


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_a_reading_is_in_katakana_however_it_was_typed() -> None:
    for typed in ("あおばしょうじ", "ｱｵﾊﾞｼｮｳｼﾞ", "アオバショウジ"):
        assert kept(Kind.KATAKANA, typed) == "アオバショウジ"
    assert kept(Kind.KATAKANA, "カスミガセキ―センタ—") == "カスミガセキーセンター"
    assert kept(Kind.KATAKANA, "ｴﾑ･ｱﾝﾄﾞ･ﾋﾟｰ M&P") == "エム・アンド・ピー M&P"
    assert kept(Kind.KATAKANA, "いすゞ") == "イスヾ"
    refused(Kind.KATAKANA, "青葉", "Aoba", "アオバ青葉", "・ー", by=form_errors.NotKatakana)


ADDRESSES = (
    "taro@aoba.example", "t.a+x_y-z@sub.aoba.co.jp", "TARO@AOBA.Example", "a@b-c.de", "!#$%@a.jp",
    "a@a", "a@b.c1", "a@.jp", "a@b..jp", "a@-b.jp", "a@b-.jp", ".a@b.jp", "a.@b.jp", "a..b@b.jp",
    "@b.jp", "a@", "a@b@c.jp", "a b@c.jp", "a@ab--c.jp", "a@x.local", "a@localhost", "a@x.invalid",
    "a@x.test", "a@b.jp.", "a@[1.2.3.4]", '"a"@b.jp', "a,b@c.jp", "a@b_c.jp", "a@127.0.0.1",
    "a" * 64 + "@" + ("b" * 62 + ".") * 3 + "jp",
    "a" * 64 + "@b.jp", "a" * 65 + "@b.jp", "a@" + "b" * 63 + ".jp", "a@" + "b" * 64 + ".jp",
    "a@" + "b." * 126 + "jp", "a@" + "bb." * 83 + "jp", "a@b." + "j" * 63, "a@b." + "j" * 64,
)  # fmt: skip


def test_an_address_that_a_form_takes_is_one_that_the_registry_takes() -> None:
    for address in ADDRESSES:
        assert taken_by_the_form(address) == taken_by_the_registry(address), address


@given(st.text("aZ9.-_+@", max_size=12), st.text("aZ9.-", max_size=12))
@settings(max_examples=60)
def test_whatever_the_address_form_and_registry_agree(local: str, domain: str) -> None:
    for address in (f"{local}@{domain}", f"x{local}@a{domain}.jp"):
        assert taken_by_the_form(address) == taken_by_the_registry(address), address


def taken_by_the_form(address: str) -> str:
    try:
        return kept(Kind.EMAIL, address)
    except NotAnEmail:
        return ""


def taken_by_the_registry(address: str) -> str:
    try:
        return people.checked_email(address)
    except Refusal:
        return ""


def test_an_address_is_in_ascii() -> None:
    assert kept(Kind.EMAIL, "Ｔａｒｏ＠ＡＯＢＡ．example") == "Taro@aoba.example"
    refused(Kind.EMAIL, "太郎@aoba.jp", "taro@青葉.jp", "taro@xn--uny.jp", by=NotAnEmail)


def test_a_telephone_number_is_kept_as_it_is_grouped() -> None:
    for typed, expected in {
        "０３ー１２３４−５６７８": "03-1234-5678",
        "03(1234)5678": "03(1234)5678",
        "+81 (0)3 1234 5678": "+81 (0)3 1234 5678",
        "(+976) 11 000000": "(+976) 11 000000",
        "03-1234-5678 （内線１２）": "03-1234-5678 (内線12)",
        "+84.24.3936.0000 ext. 7": "+84.24.3936.0000 ext. 7",
        "119119": "119119",
    }.items():
        assert kept(Kind.TELEPHONE, typed) == expected
    wrong = (
        "12345",
        "1" * 17,
        "0①-1234-5678",
        "03-1234-5678x",
        "03(1234",
        "1+2345678",
        "ext 12345",
    )
    refused(
        Kind.TELEPHONE,
        *wrong,
        "n/a",
        "03-1234-5678 ext. 7 or 8",
        by=form_errors.NotATelephoneNumber,
    )


def test_a_postal_code_has_seven_digits_however_it_was_typed() -> None:
    for typed in ("〒１００−００１３", "100ー0013", "1000013", "〒 100 0013", "100-0013"):
        assert kept(Kind.POSTAL_CODE, typed) == "100-0013"
    refused(Kind.POSTAL_CODE, "100-001", "100-00134", "1OO-0013", by=form_errors.NotAPostalCode)


#: Of the National Tax Agency, other offices and a company.
CORPORATE_NUMBERS = (
    "7000012050002", "8000012010038", "8000012050001", "1000012110001", "4000012090001",
    "2000012020001", "8000020130001", "1180301018771",
)  # fmt: skip


def test_the_check_digit_of_a_corporate_number_finds_a_wrong_digit() -> None:
    for number in CORPORATE_NUMBERS:
        assert kept(Kind.CORPORATE_NUMBER, number) == number
        for place, right in enumerate(number):
            # The sum is divided by 9: of 0 and 9 one cannot be told from the other.
            alike = {right} if place == 0 or right not in "09" else {"0", "9"}
            for digit in set("0123456789") - alike:
                wrong = number[:place] + digit + number[place + 1 :]
                refused(Kind.CORPORATE_NUMBER, wrong, by=form_errors.WrongCorporateNumber)
    assert kept(Kind.CORPORATE_NUMBER, "Ｔ７－００００－１２０５－０００２") == "7000012050002"
    short = ("700001205000", "70000120500021", "T", "7000O12050002")
    refused(Kind.CORPORATE_NUMBER, *short, by=form_errors.NotACorporateNumber)


def test_a_foreign_corporation_is_established_in_a_country_that_exists() -> None:
    assert kept(Kind.COUNTRY, " ｍｎ ") == "MN"
    refused(Kind.COUNTRY, "ZZ", "Mongolia", "MNG", "1", by=UnknownChoice)
    refused(Kind.COUNTRY, "jp", by=form_errors.NotAbroad)
    assert len(COUNTRIES) == 250 and len(COUNTRIES - {HOME}) == 249
    assert all(len(one) == 2 and one.isupper() for one in COUNTRIES)


def test_a_date_is_of_the_calendar_and_of_a_time_that_can_be_meant() -> None:
    for typed in (
        "2026-04-01", "2026/4/1", "２０２６．４．１", "2026年4月1日", "2026 年 4 月 1 日",
        "2026−04−01",
        "令和8年4月1日", "R8.4.1", "R.8/4/1", "平成38年4月1日",
    ):  # fmt: skip
        assert kept(Kind.DATE, typed) == "2026-04-01"
    assert kept(Kind.DATE, "令和元年5月1日") == "2019-05-01"
    assert kept(Kind.DATE, "S64.1.7") == "1989-01-07"
    wrong = ("2026-02-30", "2026-13-01", "26-4-1", "20260401", "2026-W14-3", "R0.0.0", "tomorrow")
    refused(Kind.DATE, *wrong, "2026-04-01x", by=NotADate)
    refused(Kind.DATE, "0226-04-01", "1867-12-31", "2101-01-01", by=form_errors.DateImplausible)


def test_a_choice_a_tick_and_a_login_id_are_what_they_are() -> None:
    assert kept(Kind.CHOICE, "ja") == "ja"
    refused(Kind.CHOICE, "fr", "EN", by=UnknownChoice)
    assert kept(Kind.TICK, "yes") == "yes"
    refused(Kind.TICK, "on", "1", by=UnknownChoice)
    assert kept(Kind.LOGIN_ID, "ｊｐ００００００００４６") == "JP0000000046"
    assert kept(Kind.LOGIN_ID, "Demo.operator") == "Demo.operator"


def test_an_item_recorded_in_english_is_in_latin_letters_with_whatever_accents() -> None:
    latin = ("Nguyễn Đạt", "O\u02bbzbekiston №5", "3M", "1-2-3", "Ærø & Cº", "Straße", "Fun\u0301")
    for typed in latin:
        assert kept(Kind.LINE, typed, Script.LATIN) == readers.line(typed)
    for typed in ("青葉", "Улаанбаатар", "Αθήνα", "--", "Aobа", "アオバ Aoba"):
        with pytest.raises(form_errors.NotLatin):
            kept(Kind.LINE, typed, Script.LATIN)


def test_an_item_recorded_in_japanese_has_a_japanese_letter() -> None:
    for typed in ("青葉", "アオバ", "あおば", "LINE株式会社", "𠮷", "\ufa19", "ｱｵﾊﾞ"):
        assert kept(Kind.LINE, typed, Script.JAPANESE) == readers.line(typed)
    for typed in ("Aoba", "1-2-3", "서울", "。"):
        with pytest.raises(form_errors.NotJapanese):
            kept(Kind.LINE, typed, Script.JAPANESE)
