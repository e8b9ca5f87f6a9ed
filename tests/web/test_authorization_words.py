"""What an authorization says in the words of pages, and what a version changes."""

from dataclasses import replace

from flask import Flask

from app.domain.nomenclature import Definition
from app.web import authorization_words
from app.web.authorization_words import Frame
from tests.domain.test_authorization_elements import SAID


def test_all_fourteen_elements_are_printed_in_their_order(site: Flask) -> None:
    with site.test_request_context("/ja/"):
        said = authorization_words.elements(SAID, Frame("CA0004"))
    assert "".join(sorted({one.letter for one in said})) == "abcdefghijklmn"
    letters = [one.letter for one in said if one.letter]
    assert letters == sorted(letters)
    assert ("発行",) in [one.lines for one in said if one.letter == "d"]


def test_only_what_a_version_says_otherwise_is_a_change(site: Flask) -> None:
    with site.test_request_context("/en/"):
        frame = Frame("CA0004", Definition.ISSUANCE)
        assert authorization_words.changed(SAID, SAID, frame) == []
        other = replace(SAID, quantity=9, vintage_last=2025, entities=())
        changed = authorization_words.changed(SAID, other, frame)
    assert [(one.label, one.before, one.after) for one in changed] == [
        ("Largest quantity", ("No limit",), ("9 tCO₂",)),
        ("Vintages", ("Not limited",), ("until 2025",)),
        ("Entities", ("Aoba Energy (JPN 1234567890123)",), ("None",)),
    ]
