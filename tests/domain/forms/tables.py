"""The tables of docs/forms.md, written from the forms: `python -m tests.domain.forms.tables`."""

import re
from collections.abc import Iterable
from pathlib import Path

from app.domain import forms
from app.domain.forms.form1 import PERSONS
from app.domain.forms.record import RECORD
from app.domain.forms.spec import EVERYONE, Applicant, Field, Form, Section

DOCUMENT = Path(__file__).parents[3] / "docs" / "forms.md"
LETTERS = {Applicant.DOMESTIC: "J", Applicant.FOREIGN: "F", Applicant.INDIVIDUAL: "I"}
#: These have the fields of person_1 once more.
REPEATED = {section.key for section in PERSONS[1:]}
HEAD = "| field | English | 日本語 | of whom | required | changeable | consent | public |"
RULE = "|---|---|---|---|---|---|---|---|"


def tables() -> dict[str, str]:
    """Return the tables by the names of their places in the document."""
    found = {"record": table(RECORD)}
    recorded = {section.key for section in RECORD}
    for versions in forms.VERSIONS.values():
        form = versions[-1]
        own = [one for one in form.sections if one.key not in recorded | REPEATED]
        found[f"form {form.number}"] = table(own)
        found[f"papers {form.number}"] = papers(form)
    return found


def table(sections: Iterable[Section]) -> str:
    """Return a line for each field of the sections."""
    lines = [HEAD, RULE]
    for section in sections:
        lines += [line(section, field) for field in section.fields]
    return "\n".join(lines)


def line(section: Section, field: Field) -> str:
    cells = [
        f"`{section.key}.{field.key}`",
        field.label.en,
        field.label.ja,
        of_whom(section.applicants & field.applicants),
        "yes" if field.is_required and not section.is_optional else "",
        "yes" if field.is_changeable else "no",
        "yes" if field.needs_consent else "",
        "yes" if field.is_public else "",
    ]
    return f"| {' | '.join(cells)} |"


def papers(form: Form) -> str:
    """Return a line for each document and each point of the examiner's."""
    lines = ["| item | English | 日本語 | of whom | required |", "|---|---|---|---|---|"]
    for document in form.documents:
        hint = document.hint
        cells = [
            f"`document:{document.key}`",
            f"{document.label.en}. {hint.en}" if hint else document.label.en,
            f"{document.label.ja}（{hint.ja}）" if hint else document.label.ja,
            of_whom(document.applicants),
            "yes"
            if document.is_required
            else "when one of these changes: " + ", ".join(sorted(document.when_changed))
            if document.when_changed
            else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    for check in form.checks:
        cells = [f"`check:{check.key}`", check.label.en, check.label.ja, of_whom(check.applicants)]
        lines.append(f"| {' | '.join(cells)} | by the examiner |")
    return "\n".join(lines)


def of_whom(applicants: frozenset[Applicant]) -> str:
    if applicants == EVERYONE:
        return "all"
    return " ".join(letter for one, letter in LETTERS.items() if one in applicants)


def marked(name: str) -> re.Pattern[str]:
    """Return the pattern that finds a table between its marks."""
    return re.compile(rf"(<!-- table: {name} -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)


def write() -> None:
    """Write the tables as they are now into the document."""
    text = DOCUMENT.read_text()
    for name, written in tables().items():
        text = marked(name).sub(lambda match, new=written: match[1] + new + match[3], text)
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    write()
