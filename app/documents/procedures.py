"""The procedures document as PDF, from the same words as its web page."""

from collections.abc import Iterator
from typing import Final

from app.documents import moments
from app.documents.typesetting import (
    Block,
    Column,
    Facts,
    Heading,
    Paragraph,
    Style,
    Table,
    document,
)
from app.domain import forms, procedures
from app.domain.forms.regions import HOME
from app.domain.forms.spec import Document, Form
from app.domain.procedures import Part
from app.domain.text import Text

_UPDATED: Final = Text("As of {day}", "{day}現在")
_FORM: Final = Text("Form", "様式")
_TYPE: Final = Text("Application type", "申請の種類")
_FORM_UPDATED: Final = Text("Latest update", "最終更新日")
_OPTIONAL: Final = Text(" (if it applies)", "（該当する場合）")
_NO_DOCUMENTS: Final = Text("None", "なし")
_ADDRESS: Final = Text("Address of the registry", "登録簿のアドレス")
_MAIL: Final = Text("E-mail address", "メールアドレス")
_AS_OF: Final = Style(size=9.5, align=1.0, after=6.0)
_DOT: Final = "•\xa0"


def procedures_document(
    language: str, registry: Text, *, code: str = HOME, address: str = "", mail: str = ""
) -> bytes:
    """Return the procedures document as a PDF file.

    Args:
        code: of the registry, whose forms and rules it tells of.
        address: where the registry is on the web.
        mail: where its administrator is written to.
    """
    title = procedures.TITLE.get(language)
    return document(
        _story(language, code, address=address, mail=mail),
        title=title,
        language=language,
        author=registry.get(language),
        footer=title,
    )


def _story(language: str, code: str, *, address: str, mail: str) -> Iterator[Block]:
    day = moments.day(procedures.UPDATED, language)
    yield Heading(procedures.TITLE.get(language), 1)
    yield Paragraph(_UPDATED.get(language).format(day=day), _AS_OF)
    for place, part in enumerate(procedures.parts(code), 1):
        yield from _part(part, place, language)
        if part.key == procedures.WHICH.key:
            yield _table(language, code)
            yield from _forms(language, code)
        elif part.key == procedures.DOCUMENTS.key:
            yield from _papers(language, code)
        elif part.key == procedures.CONTACT.key:
            yield from _contact(language, address, mail)


def _part(part: Part, place: int, language: str) -> Iterator[Block]:
    yield Heading(f"{place}. {part.title.get(language)}")
    for words in part.paragraphs:
        yield Paragraph(words.get(language))
    for number, step in enumerate(part.steps, 1):
        yield Paragraph(step.get(language), mark=f"({number})")


def _table(language: str, code: str) -> Table:
    columns = (
        Column(_FORM.get(language), 1.0),
        Column(_TYPE.get(language), 4.0),
        Column(_FORM_UPDATED.get(language), 1.4),
    )
    latest = [forms.latest(number, code) for number in sorted(forms.VERSIONS)]
    rows = [
        (
            form.name.get(language),
            form.purpose.get(language),
            moments.day(form.updated, language),
        )
        for form in latest
    ]
    return Table(columns, rows)


def _forms(language: str, code: str) -> Iterator[Block]:
    for one in procedures.told(code):
        yield Heading(_named(forms.latest(one.form, code), language), 3)
        facts = (
            (procedures.WHEN, one.when),
            (procedures.WHO, one.who),
            (procedures.RESULT, one.result),
        )
        yield Facts([(label.get(language), words.get(language)) for label, words in facts])


def _papers(language: str, code: str) -> Iterator[Block]:
    for form, by_applicant in procedures.papers(code):
        yield Heading(_named(form, language), 3)
        yield Facts(
            [
                (form.applicant_names[applicant].get(language), _listed(documents, language))
                for applicant, documents in by_applicant.items()
            ]
        )


def _listed(documents: tuple[Document, ...], language: str) -> str:
    if not documents:
        return _NO_DOCUMENTS.get(language)
    return "\n".join(f"{_DOT}{_described(one, language)}" for one in documents)


def _described(document: Document, language: str) -> str:
    words = document.label.get(language)
    if not document.is_required:
        words += _OPTIONAL.get(language)
    if document.hint is not None:
        words += f"{'：' if language == 'ja' else ': '}{document.hint.get(language)}"
    return words


def _contact(language: str, address: str, mail: str) -> Iterator[Block]:
    facts = [
        (label.get(language), value)
        for label, value in ((_ADDRESS, address), (_MAIL, mail))
        if value
    ]
    if facts:
        yield Facts(facts)


def _named(form: Form, language: str) -> str:
    return f"{form.name.get(language)}  {form.title.get(language)}"
