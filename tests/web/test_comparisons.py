"""Old and new side by side, for every kind of request, in both languages."""

import pytest
from flask import Flask

from app.domain.requests import Kind
from app.web.comparisons import compared
from tests.pages import JAPANESE

BEFORE = {
    "login_id": "JP0000000123",
    "state": "active",
    "role": None,
    "right": "propose",
    "acting": "active",
    "name_en": "Old",
    "email": "old@example.com",
}
FACTS = {
    Kind.ADD_REPRESENTATIVE: {"right": "read", "name_en": "New", "delivery": "link"},
    Kind.CHANGE_RIGHT: {"right": "both"},
    Kind.ISSUE_LOGIN_ID: {"name_en": "New", "language": "ja", "role": "auditor"},
    Kind.CHANGE_ROLE: {"role": "operator"},
    Kind.CHANGE_DETAILS: {"name_en": "New", "email": "new@example.com"},
    Kind.REISSUE_LOGIN_ID: {"delivery": "letter"},
    Kind.INITIALISE_PASSWORD: {"delivery": "letter"},
    Kind.REPLACE_SECOND_FACTOR: {"delivery": "link"},
}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_says_what_would_change(site: Flask, kind: Kind) -> None:
    with site.test_request_context("/en/"):
        english = compared(kind, FACTS.get(kind, {}), BEFORE)
    with site.test_request_context("/ja/"):
        japanese = compared(kind, FACTS.get(kind, {}), BEFORE)
    assert english and all(line.label and line.new for line in english)
    assert not any(JAPANESE.search(line.label + line.old) for line in english)
    assert all(JAPANESE.search(line.label) for line in japanese)


def test_old_and_new_stand_side_by_side(site: Flask) -> None:
    with site.test_request_context("/en/"):
        (right,) = compared(Kind.CHANGE_RIGHT, {"right": "both"}, BEFORE)
        (role,) = compared(Kind.CHANGE_ROLE, {"role": "operator"}, BEFORE)
        (state,) = compared(Kind.SUSPEND_PERSON, {}, BEFORE)
        (acting,) = compared(Kind.SUSPEND_REPRESENTATIVE, {}, BEFORE)
        (gone,) = compared(Kind.REMOVE_REPRESENTATIVE, {}, BEFORE)
    assert (right.old, right.new) == ("Propose", "Propose and approve")
    assert (role.old, role.new) == ("none", "Operator")
    assert (state.old, state.new) == ("Active", "Suspended")
    assert (acting.old, acting.new) == ("Active", "Suspended on this account")
    assert (gone.old, gone.new) == ("Propose", "none")


def test_names_say_in_which_language_they_are(site: Flask) -> None:
    with site.test_request_context("/ja/"):
        lines = compared(Kind.ISSUE_LOGIN_ID, {"name_en": "New", "name_ja": "新"}, {})
    assert [line.language for line in lines] == ["en", "ja"]
