"""Answers of a section: what is kept, what is wrong, how far it is, and what a form takes over."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import forms
from app.domain.errors import Refusal, Required, TooLong
from app.domain.form_errors import NotAPostalCode, NotTicked
from app.domain.forms import answers, examples, readers
from app.domain.forms.answers import Progress
from app.domain.forms.spec import Applicant, Field, Form, Kind, Section
from app.domain.text import Text

EVERY = [
    (form, one) for versions in forms.VERSIONS.values() for form in versions for one in Applicant
]
OPENING = forms.latest(1)


def section(form: Form, key: str, applicant: Applicant = Applicant.DOMESTIC) -> Section:
    found = form.section(key, applicant)
    assert found is not None
    return found


@given(st.text(max_size=30), st.sampled_from(["", "yes", "ja", "2026-04-01", "１００−００１３"]))
@settings(max_examples=25)
def test_whatever_is_typed_is_kept_or_refused_and_never_lost(odd: str, even: str) -> None:
    for form, applicant in EVERY:
        for one in form.sections_for(applicant):
            given_ = {
                field.key: (odd, even)[place % 2]
                for place, field in enumerate(one.fields_for(applicant))
            }
            kept, wrong = answers.read(one, applicant, given_)
            assert kept.keys() == given_.keys()
            assert all(isinstance(refusal, Refusal) for refusal in wrong)
            again, still = answers.read(one, applicant, kept)
            assert again == kept
            assert [(type(a), a.field) for a in still] == [(type(a), a.field) for a in wrong]
            for key in {refusal.field for refusal in wrong}:
                assert kept[key] == readers.visible(given_[key])


def test_o30_each_mandatory_item_left_empty_is_named_and_the_rest_stays() -> None:
    for form, applicant in EVERY:
        complete = examples.filled(form, applicant)
        for one in form.sections_for(applicant):
            for field in one.fields_for(applicant):
                if one.is_optional or not field.is_required:
                    continue
                for empty in ("", " \u3000\u200b"):
                    kept, wrong = answers.read(
                        one, applicant, complete[one.key] | {field.key: empty}
                    )
                    missing = NotTicked if field.kind is Kind.TICK else Required
                    assert [(type(found), found.field) for found in wrong] == [(missing, field.key)]
                    rest = {
                        key: text for key, text in complete[one.key].items() if key != field.key
                    }
                    assert rest.items() <= kept.items()


def test_o19_each_part_left_out_or_begun_only_is_named() -> None:
    for form, applicant in EVERY:
        complete = examples.filled(form, applicant)
        assert answers.problems(form, applicant, complete) == {}
        for one in form.sections_for(applicant):
            if one.is_optional:
                continue
            given_ = complete[one.key]
            assert answers.progress(one, applicant, complete) is Progress.DONE
            without = {key: part for key, part in complete.items() if key != one.key}
            assert answers.problems(form, applicant, without).keys() == {one.key}
            assert answers.progress(one, applicant, without) is Progress.NOT_STARTED
            if len(given_) > 1:
                begun = complete | {one.key: dict(list(given_.items())[:1])}
                assert answers.problems(form, applicant, begun).keys() == {one.key}
                assert answers.progress(one, applicant, begun) is Progress.IN_PROGRESS


def test_what_is_given_and_wrong_is_a_problem() -> None:
    office = section(OPENING, "head_office")
    given_ = examples.filled(OPENING, Applicant.DOMESTIC)
    given_["head_office"]["postal_code"] = "100"
    assert answers.progress(office, Applicant.DOMESTIC, given_) is Progress.PROBLEM
    (found,) = answers.problems(OPENING, Applicant.DOMESTIC, given_)["head_office"]
    assert isinstance(found, NotAPostalCode) and found.field == "postal_code"
    long = {"address_ja": "東" * 201}
    assert TooLong in map(type, answers.read(office, Applicant.DOMESTIC, long)[1])


def test_an_optional_section_is_complete_when_empty_and_once_begun_it_is_finished() -> None:
    person = section(OPENING, "person_3")
    assert answers.progress(person, Applicant.DOMESTIC, {}) is Progress.NOT_STARTED
    saved = {"person_3": answers.read(person, Applicant.DOMESTIC, {})[0]}
    assert answers.progress(person, Applicant.DOMESTIC, saved) is Progress.DONE
    begun = {"person_3": {"name_ja": "見本 三郎"}}
    assert answers.progress(person, Applicant.DOMESTIC, begun) is Progress.IN_PROGRESS
    assert "person_3" in answers.problems(OPENING, Applicant.DOMESTIC, begun)


def test_what_a_form_does_not_ask_of_an_applicant_is_left_out() -> None:
    holder = section(OPENING, "holder", Applicant.FOREIGN)
    kept, _ = answers.read(
        holder, Applicant.FOREIGN, {"name_ja": "青葉", "name_en": "Aoba", "x": ""}
    )
    assert kept.keys() == {"name_en", "country", "registration_number"}
    assert OPENING.section("head_office", Applicant.INDIVIDUAL) is None
    assert OPENING.section("nothing", Applicant.DOMESTIC) is None


def test_a_change_is_what_differs_from_the_record_as_it_would_be_kept() -> None:
    form, applicant = forms.latest(2), Applicant.DOMESTIC
    filled = examples.filled(form, applicant)
    recorded = {key: part for key, part in filled.items() if key != "reason"}
    loosely = recorded | {"contact": recorded["contact"] | {"telephone": " ０３−００００−００００"}}
    assert answers.changed(form, applicant, filled, loosely).keys() == {"reason"}
    moved = filled | {"contact": filled["contact"] | {"telephone": "03-1111-1111"}}
    found = answers.changed(form, applicant, moved, recorded)
    assert found == {"reason": ["reason", "changed_on"], "contact": ["telephone"]}
    assert answers.changed(form, applicant, {"contact": filled["contact"]}, {}) == {
        "contact": ["telephone", "email"]
    }


@pytest.mark.parametrize("applicant", Applicant)
def test_a_newer_version_takes_over_all_but_what_has_no_place(applicant: Applicant) -> None:
    contact, *_ = (one for one in OPENING.sections if one.key == "contact")
    fax = Field("fax", Text("Fax", "ファックス"), Kind.TELEPHONE, is_required=False)
    renewed = replace(contact, fields=(*(f for f in contact.fields if f.key != "email"), fax))
    newer = replace(
        OPENING,
        version=2,
        sections=tuple(
            renewed if one.key == "contact" else one
            for one in OPENING.sections
            if one.key != "person_2"
        ),
    )
    wrong = {"holder": {"name_en": "青葉", "name_ja": "", "corporate_number": "12"}}
    older = examples.filled(OPENING, applicant) | wrong
    expected = {key: dict(part) for key, part in older.items() if key != "person_2"}
    del expected["contact"]["email"]
    asked = {one.key for one in section(newer, "holder", applicant).fields_for(applicant)}
    expected["holder"] = {key: text for key, text in wrong["holder"].items() if key in asked}
    assert answers.fitted(newer, applicant, older) == expected
    assert answers.fitted(newer, applicant, {}) == {}
    assert "fax" not in answers.fitted(newer, applicant, older)["contact"]


def test_the_examples_of_one_form_are_those_of_another_for_the_same_record() -> None:
    for applicant in Applicant:
        opened = examples.filled(OPENING, applicant)
        for key, part in examples.filled(forms.latest(2), applicant).items():
            if key != "reason":
                assert part.items() <= opened[key].items()
