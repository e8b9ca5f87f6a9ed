"""The procedures document tells of every form, and of the limits that the system really sets."""

from app.domain import forms, procedures
from app.domain.attachments import FILE_MEGABYTES_MAX, FILES_MAX
from app.registry import applications, resumptions


def test_every_form_has_its_procedure_and_its_papers() -> None:
    assert {one.form for one in procedures.PROCEDURES} == set(forms.VERSIONS)
    assert [form.number for form, _papers in procedures.papers()] == sorted(forms.VERSIONS)
    assert procedures.procedure(3).form == 3


def test_the_times_are_those_that_the_verbs_keep() -> None:
    assert applications.LIFE.days == procedures.EXAMINATION_DAYS
    assert resumptions.LIFE.days == procedures.LINK_DAYS
    online = " ".join(step.en for step in procedures.ONLINE.steps)
    assert f"{FILES_MAX} files of {FILE_MEGABYTES_MAX} MB" in online


def test_a_partner_s_registry_tells_of_its_own_rules_and_forms() -> None:
    words = [words for part in procedures.parts("MN") for words in part.paragraphs]
    words += [told for one in procedures.told("MN") for told in (one.when, one.who, one.result)]
    for one in words:
        assert "Cabinet Order" not in one.en and "Corporations of Japan" not in one.en
        assert "政令" not in one.ja and "内国法人" not in one.ja and "排出削減等" not in one.ja
    assert {form.registry for form, _papers in procedures.papers("MN")} == {"MN"}
    assert procedures.parts("JP") is procedures.PARTS
    assert procedures.told("JP") is procedures.PROCEDURES


def test_the_parts_are_told_apart() -> None:
    keys = [part.key for part in procedures.PARTS]
    assert len(set(keys)) == len(keys)
