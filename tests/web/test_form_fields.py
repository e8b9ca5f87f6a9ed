"""The fields of a form as a page shows them."""

from flask import Flask

from app.domain.forms import form1, form2
from app.domain.forms.record import CONTACT, HOLDER
from app.domain.forms.spec import Applicant
from app.web import form_fields

DOMESTIC = Applicant.DOMESTIC


def test_a_field_says_how_it_is_typed_and_in_which_language(site: Flask) -> None:
    with site.test_request_context("/en/"):
        fields = {one.key: one for one in form_fields.shown(HOLDER, DOMESTIC, {})}
        assert fields["name_ja"].attributes["lang"] == "ja"
        assert "lang" not in fields["name_en"].attributes
        assert fields["corporate_number"].input_mode == "numeric"
        contact = {one.key: one for one in form_fields.shown(CONTACT, DOMESTIC, {})}
        assert (contact["email"].input_mode, contact["telephone"].input_mode) == ("email", "tel")
        assert contact["email"].attributes["autocapitalize"] == "none"
    with site.test_request_context("/ja/"):
        fields = {one.key: one for one in form_fields.shown(HOLDER, DOMESTIC, {})}
        assert fields["name_en"].attributes["lang"] == "en"
        assert "lang" not in fields["name_ja"].attributes


def test_each_kind_of_field_has_its_control(site: Flask) -> None:
    with site.test_request_context("/en/"):
        person = form_fields.shown(form1.PERSONS[0], DOMESTIC, {})
        kinds = {one.key: one.kind for one in person}
        assert (kinds["language"], kinds["right"], kinds["consent"]) == ("radios", "radios", "tick")
        reason = form_fields.shown(form2.REASON, DOMESTIC, {"changed_on": "2026-04-01"})
        assert {one.key: one.kind for one in reason} == {
            "reason": "paragraph",
            "changed_on": "date",
        }
        wrong = form_fields.shown(form2.REASON, DOMESTIC, {"changed_on": "April"})
        # What is no date is shown as it was typed.
        assert {one.key: one.kind for one in wrong}["changed_on"] == "text"


def test_free_text_is_marked_by_the_letters_in_it(site: Flask) -> None:
    with site.test_request_context("/en/"):
        reason, _day = form2.REASON.fields
        assert form_fields.spoken_in(reason, "本店移転") == "ja"
        assert form_fields.spoken_in(reason, "Moved") == ""
        assert form_fields.marked("Such as 代表取締役.") == (
            'Such as <span lang="ja">代表取締役</span>.'
        )
        assert form_fields.marked("<b>") == "&lt;b&gt;"


def test_what_is_typed_is_taken_for_the_fields_of_the_section_alone(site: Flask) -> None:
    sent = {"name_en": "Aoba\0", "other": "x"}
    with site.test_request_context("/en/", method="POST", data=sent):
        typed = form_fields.typed(HOLDER, DOMESTIC)
    assert typed["name_en"] == "Aoba"
    assert "other" not in typed and typed["name_ja"] == ""
