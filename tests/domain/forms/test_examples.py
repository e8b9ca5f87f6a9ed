"""The example of a filled form is complete, keeps to every rule, and is about nobody."""

from datetime import date

from app.domain import forms
from app.domain.forms import answers, examples, rules
from app.domain.forms.spec import Applicant, Kind


def test_every_example_is_complete_in_both_languages_and_kept_as_it_stands() -> None:
    for versions in forms.VERSIONS.values():
        for form in versions:
            for applicant in Applicant:
                for language in ("en", "ja"):
                    filled = examples.filled(form, applicant, language)
                    assert answers.problems(form, applicant, filled) == {}
                    assert rules.wrong(form, applicant, filled, begun=date(2026, 4, 1)) == []
                    for section in form.sections_for(applicant):
                        given = filled.get(section.key, {})
                        kept, _ = answers.read(section, applicant, given)
                        assert given.items() <= kept.items()


def test_no_example_is_somebody_s() -> None:
    for form in (versions[-1] for versions in forms.VERSIONS.values()):
        for applicant in Applicant:
            filled = examples.filled(form, applicant)
            for section in form.sections_for(applicant):
                for field in section.fields_for(applicant):
                    shown = filled.get(section.key, {}).get(field.key, "")
                    if field.kind is Kind.EMAIL and shown:
                        assert shown.endswith(".example")
                    if field.kind is Kind.TELEPHONE and shown:
                        assert shown.endswith(("000000", "0000-0000"))


def test_a_foreign_corporation_s_example_has_no_japanese_and_not_a_japanese_s_names() -> None:
    shown = str(examples.filled(forms.latest(1), Applicant.FOREIGN))
    assert shown.isascii()
    assert "Mihon" not in shown and "Tokyo" not in shown
    assert "見本商事" in str(examples.filled(forms.latest(1), Applicant.DOMESTIC, "en"))
    assert examples.filled(forms.latest(3), Applicant.DOMESTIC, "ja")["certificate"] == {
        "language": "ja",
        "purpose": "監査法人への提出のため",
    }
