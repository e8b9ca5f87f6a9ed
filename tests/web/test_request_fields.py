"""The forms of requests: every kind has one, and what is typed in them is read field by field."""

import pytest
from flask import Flask

from app.domain.requests import Asked, Delivery, Kind
from app.domain.roles import Right, Role
from app.store.tables import User
from app.web.request_fields import FORMS, WORDS, Typed, asked

PERSON = User(id=7, login_id="JP0000000123")


def test_every_kind_of_request_has_one_form_with_a_word_for_its_address() -> None:
    assert {form.kind for form in FORMS.values()} == set(Kind)
    assert {FORMS[word].kind for word in WORDS.values()} == set(Kind)
    assert all(word.replace("-", "").isalpha() and word.islower() for word in FORMS)


def test_a_form_that_is_filled_in_is_read() -> None:
    typed = Typed.of(
        FORMS["add-representative"],
        {
            "account": "JP-100-000012-0-84",
            "right": "both",
            "name_en": "Hanako Mori",
            "email": "mori@aoba.example",
            "language": "ja",
            "delivery": "letter",
            "comment": "Ours",
            "role": "operator",
        },
    )
    assert asked(typed, None) == Asked(
        Kind.ADD_REPRESENTATIVE,
        account="JP-100-000012-0-84",
        right=Right.BOTH,
        name_en="Hanako Mori",
        email="mori@aoba.example",
        language="ja",
        delivery=Delivery.LETTER,
        comment="Ours",
    )
    assert not typed.refusals


def test_who_has_a_login_id_needs_no_name_and_no_delivery() -> None:
    given = {"account": "JP-100-000012-0-84", "right": "read", "login_id": "JP0000000123"}
    typed = Typed.of(FORMS["add-representative"], given)
    found = asked(typed, None)
    assert found is not None and found.login_id == "JP0000000123"
    assert found.delivery is Delivery.LINK


def test_all_that_is_wrong_is_said_at_once(site: Flask) -> None:
    typed = Typed.of(
        FORMS["add-representative"],
        {
            "account": "12",
            "right": "rule",
            "email": "nobody",
            "name_ja": "長" * 101,
            "language": "fr",
        },
    )
    assert asked(typed, None) is None
    with site.test_request_context("/en/"):
        assert set(typed.errors()) == {
            *("account", "right", "name_en", "name_ja", "email", "language", "delivery"),
        }


def test_the_person_of_the_page_is_the_one_who_is_asked_about() -> None:
    given = {"person": "7", "role": "auditor", "login_id": "somebody-else"}
    found = asked(Typed.of(FORMS["change-role"], given), PERSON)
    assert found == Asked(Kind.CHANGE_ROLE, login_id=PERSON.login_id, role=Role.AUDITOR)
    nobody = asked(Typed.of(FORMS["change-role"], {"person": "7", "role": ""}), PERSON)
    assert nobody is not None and nobody.role is None


@pytest.mark.parametrize("field", ["name_en", "name_ja", "email"])
def test_a_change_of_details_leaves_no_field_empty(field: str) -> None:
    given = {"person": "7", "name_en": "A", "name_ja": "あ", "email": "a@example.com", field: "  "}
    typed = Typed.of(FORMS["change-details"], given)
    assert asked(typed, PERSON) is None
    assert set(typed.refusals) == {field}


def test_a_comment_has_a_limit_and_no_signs_that_no_database_keeps() -> None:
    typed = Typed.of(FORMS["suspend-person"], {"person": "7", "comment": "x" * 1_025 + "\0"})
    assert asked(typed, PERSON) is None
    assert set(typed.refusals) == {"comment"}
    assert "\0" not in typed.values["comment"]


def test_the_signature_covers_every_field_and_the_key() -> None:
    given = {"person": "7", "account": "JP-100-000012-0-84", "right": "read", "comment": ""}
    plain = Typed.of(FORMS["change-right"], {**given, "key": "k"}).signed()
    for name in given:
        changed = Typed.of(FORMS["change-right"], {**given, "key": "k", name: "other"}).signed()
        assert changed != plain
    assert Typed.of(FORMS["change-right"], {**given, "key": "l"}).signed() != plain
