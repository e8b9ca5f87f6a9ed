"""The forms of a partner country: versions of its own, complete, and without what is Japan's."""

from datetime import date

import pytest

from app.domain import form_errors, forms
from app.domain.forms import answers, examples, partners, readers, rules
from app.domain.forms.record import published
from app.domain.forms.spec import Applicant, Kind, Script, numbered, registry_of
from tests.domain.forms.test_versions import digest

#: Drafts and applications were written in these: what changes makes another version.
DIGESTS = {
    1: "eca16088fd6f688e",
    2: "60ada6990c0cb096",
    3: "6343c79a7a93036b",
    4: "319ba744f74f5f44",
    5: "fa9c48a452c2cbf3",
}
FORMS = [forms.latest(number, "MN") for number in sorted(forms.VERSIONS)]


def test_a_version_in_use_is_never_edited() -> None:
    assert {form.number: digest(form) for form in FORMS} == DIGESTS


def test_a_version_says_whose_it_is_and_is_found_again() -> None:
    for form in FORMS:
        assert (form.registry, form.edition) == ("MN", "MN-1")
        assert forms.edition(form.number, form.version) == form
        assert forms.newest(form.number, form.version) == form
        assert forms.edition(form.number, 1).registry == "JP"
        with pytest.raises(KeyError):
            forms.edition(form.number, form.version + 1)
    for code in ("AA", "JP", "MN", "TH", "ZZ"):
        assert registry_of(numbered(code, 7)) == code
        assert numbered(code, 7) % 100 == 7


def test_nothing_official_of_japan_is_shown_as_another_country_s() -> None:
    for form in FORMS:
        japanese = forms.latest(form.number)
        assert form.title != japanese.title and form.title == partners.TITLES[form.number]
        assert form.updated != japanese.updated and "様式第" not in form.name.ja
        assert not {"registered_matters", "seal_certificate"} & {one.key for one in form.documents}
        for section in form.sections:
            for field in section.fields:
                assert field.script is not Script.JAPANESE and not field.key.endswith("_ja")
                assert field.kind not in {Kind.KATAKANA, Kind.CORPORATE_NUMBER, Kind.POSTAL_CODE}
        assert form.applicant_names[Applicant.DOMESTIC].en == "Corporation of the country"


def test_every_example_is_complete_and_of_nobody_in_japan() -> None:
    for form in FORMS:
        for applicant in Applicant:
            filled = examples.filled(form, applicant)
            assert answers.problems(form, applicant, filled) == {}
            assert rules.wrong(form, applicant, filled, begun=date(2026, 4, 1)) == []
            assert "Mihon" not in str(filled) and "Tokyo" not in str(filled)
    shown = published(Applicant.DOMESTIC, examples.filled(FORMS[0], Applicant.DOMESTIC))
    assert shown["name_en"] and shown["name_ja"] is None and shown["head_office_ja"] is None


def test_abroad_is_every_country_but_the_registry_s() -> None:
    (field,) = (one for one in FORMS[0].sections[0].fields if one.kind is Kind.COUNTRY)
    assert readers.value(field, "jp") == "JP"
    with pytest.raises(form_errors.NotAbroad):
        readers.value(field, "mn")
