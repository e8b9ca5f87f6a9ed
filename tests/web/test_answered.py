"""What was answered, in words: choices by their label, days as printed, beside what is recorded."""

from flask import Flask

from app.domain import forms
from app.domain.forms.spec import Applicant
from app.web.answered import answered


def test_answers_are_in_words_and_what_is_recorded_stands_beside(site: Flask) -> None:
    form = forms.latest(2)
    given = {"reason": {"changed_on": "2026-04-01"}, "contact": {"telephone": "03-1", "email": "a"}}
    before = {"contact": {"telephone": "03-1", "email": "b"}}
    with site.test_request_context("/en/"):
        parts = {part.key: part for part in answered(form, Applicant.DOMESTIC, given, before)}
        lines = {line.key: line for line in parts["contact"].lines}
        day = next(line for line in parts["reason"].lines if line.key == "changed_on")
        persons = answered(
            forms.latest(1),
            Applicant.DOMESTIC,
            {"person_1": {"right": "propose", "consent": "yes", "language": "xx"}},
            {},
        )
    assert day.new == "01/04/2026"
    assert not parts["reason"].is_recorded and parts["contact"].is_recorded
    assert (lines["telephone"].is_changed, lines["email"].is_changed) == (False, True)
    assert parts["holder"].is_empty
    first = next(part for part in persons if part.key == "person_1")
    said = {line.key: line.new for line in first.lines}
    # What is none of the choices is shown as it was typed.
    assert (said["right"], said["consent"], said["language"]) == ("Propose", "Yes", "xx")
    assert {line.key: line.language for line in first.lines}["name_ja"] == "ja"
