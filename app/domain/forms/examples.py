"""Filled examples of the forms: complete answers of an applicant that does not exist."""

from app.domain.forms.spec import Applicant, Form


def filled(form: Form, applicant: Applicant, language: str = "en") -> dict[str, dict[str, str]]:
    """Return answers that complete a form, by section key and field key, as `answers` keeps them.

    Sections and fields that may stay empty are left out.
    """
    found = {}
    for section in form.sections_for(applicant):
        shown = {
            field.key: example.get(language)
            for field in section.fields_for(applicant)
            if (example := field.example_for(applicant)) is not None
        }
        if shown:
            found[section.key] = shown
    return found
