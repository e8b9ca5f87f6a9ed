"""What stands on a form: every item once, examples that complete it, old beside new."""

from app.documents.form_contents import Filled, Mark, contents, example
from app.domain import forms
from app.domain.forms import answers
from app.domain.forms.spec import Applicant


def test_every_item_of_every_form_stands_on_its_blank_once() -> None:
    for number in forms.VERSIONS:
        form = forms.latest(number)
        for applicant in Applicant:
            found = contents(form, applicant, "ja")
            sections = form.sections_for(applicant)
            assert len(found.groups) == len(sections)
            for group, section in zip(found.groups, sections, strict=True):
                assert len(group.lines) == len(section.fields_for(applicant))
                assert not any(line.value for line in group.lines)
                assert not any(box.is_ticked for line in group.lines for box in line.boxes)
            assert len(found.points) == len(list(form.items_for(applicant)))


def test_an_example_is_a_form_that_could_be_handed_in() -> None:
    for number in (1, 3, 4, 5):
        form = forms.latest(number)
        for applicant in Applicant:
            assert not answers.problems(form, applicant, example(form, applicant, "en").answers)


def test_a_change_shows_old_and_new_side_by_side_and_only_what_is_given() -> None:
    form = forms.latest(2)
    moved = example(form, Applicant.DOMESTIC, "ja")
    reason, office = contents(form, Applicant.DOMESTIC, "ja", moved).groups
    assert (reason.is_change, office.is_change) == (False, True)
    for line in office.lines:
        assert line.value and line.before and line.value != line.before, line.label
    blank = contents(form, Applicant.DOMESTIC, "ja")
    assert blank.note == "変更のある項目のみ記入してください。"
    assert [group.is_change for group in blank.groups] == [False, *[True] * 5]


def test_persons_that_are_not_named_are_left_out_but_nothing_that_is_missing() -> None:
    form = forms.latest(1)
    filled = Filled({"person_1": {"name_en": "Aoba"}})
    titles = [group.title for group in contents(form, Applicant.FOREIGN, "en", filled).groups]
    assert "User 1 of the account" in titles
    assert "User 2 of the account" in titles
    assert "User 3 of the account" not in titles
    assert "Account holder" in titles


def test_choices_are_boxes_and_the_checklist_shows_what_is_there_and_how_it_was_found() -> None:
    form = forms.latest(5)
    marks = {"section:credentials": Mark(is_fine=False, remark="Unreadable")}
    filled = Filled(
        {"credentials": {"kind": "initialise_password", "login_id": "JP0000000046"}},
        attached=frozenset({"identity_of_user"}),
        marks=marks,
    )
    found = contents(form, Applicant.DOMESTIC, "en", filled)
    (group,) = found.groups
    boxes = {box.words: box.is_ticked for line in group.lines for box in line.boxes}
    assert boxes["Initialise the password"] is True
    assert sum(boxes.values()) == 1
    section, identity, seal, *_rest, check = found.points
    assert section.is_ticked and section.mark == marks["section:credentials"]
    assert identity.is_ticked and identity.mark is None
    assert seal.is_own and not seal.is_ticked
    assert not check.is_own
