"""What a password must be, as far as the person's own words tell."""

import pytest

from app.domain import passwords
from app.domain.errors import Refusal, TooLong
from app.domain.people_errors import PasswordIsContext, PasswordTooShort

OWN = [
    "JP0000000142",
    "Hanako Aoba",
    "青葉 花子",
    "hanako.aoba@aoba-energy.example",
    "JCM Registry",
]


def check(password: str, *, has_second_factor: bool = True) -> None:
    passwords.check(password, has_second_factor=has_second_factor, context=OWN)


@pytest.mark.parametrize(("has_second_factor", "least"), [(True, 8), (False, 15)])
def test_a_password_is_long_enough_by_characters(*, has_second_factor: bool, least: int) -> None:
    for password in ("vexing zephyrs blow", "山の上に雪が降り川の水は冷たい", "ﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙ"):
        check(password[:least], has_second_factor=has_second_factor)
        with pytest.raises(PasswordTooShort) as refused:
            check(password[: least - 1], has_second_factor=has_second_factor)
        assert (refused.value.length_min, refused.value.field) == (least, "password")


def test_there_are_no_rules_of_composition() -> None:
    for password in ("lowercase only", "UPPERCASE ONLY", "7159 3852 6047", "ひらがなだけの言葉"):
        check(password)


def test_a_password_may_be_very_long_and_never_is_cut() -> None:
    check("x1" * 500)
    with pytest.raises(TooLong):
        check("x" * 1_001)


@pytest.mark.parametrize(
    "password",
    [
        "hanakoaoba",
        "Hanako-Aoba1",
        "HANAKO.AOBA@aoba",
        "JCMregistry1",
        "jp0000000142",
        "ｈａｎａｋｏａｏｂａ１",
        "registry2026",
        "青葉花子青葉花子",
    ],
)
def test_little_more_than_ones_own_words_is_refused(password: str) -> None:
    with pytest.raises(PasswordIsContext) as refused:
        check(password)
    assert refused.value.field == "password"


def test_ones_own_words_may_be_part_of_a_long_one() -> None:
    check("Hanako plants seven maples")


def test_a_password_is_the_same_from_every_keyboard_and_nothing_is_trimmed() -> None:
    assert passwords.prepared("ﾊﾟｽﾜｰﾄﾞ １２３ cafe\u0301") == "パスワード 123 caf\u00e9"
    assert passwords.prepared(" two  spaces ") == " two  spaces "


def test_short_words_are_no_hint() -> None:
    assert passwords.words(["Jo Ng 林 花子", "mail@energy-co.example"]) == [
        "花子",
        "mail",
        "energy",
        "example",
    ]


def test_no_refusal_tells_the_password() -> None:
    for password in ("short", "hanakoaoba"):
        with pytest.raises(Refusal) as refused:
            check(password)
        assert password not in str(refused.value)
