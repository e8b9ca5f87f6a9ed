"""The forms of a partner country's registry: versions of its own, made from those of Japan's.

Their titles and wording are this product's, as nothing of them is public. Names and addresses are
recorded in English and the name in the language of the country where there is one; what only
Japan asks for, such as readings in kana, seals and its postal codes, is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from app.domain.forms.spec import (
    CORPORATIONS,
    Applicant,
    Choice,
    Document,
    Field,
    Form,
    Kind,
    Script,
    Section,
    numbered,
    typed,
)
from app.domain.text import Text

#: The day of the latest change of what stands here.
UPDATED: Final = date(2026, 11, 23)
TITLES: Final = {
    1: Text("Opening of an entity holding account", "法人等保有口座の開設"),
    2: Text("Change of the information of an account", "口座の記録事項の変更"),
    3: Text("Certificate of the information of an account", "口座の記録事項の証明書の交付"),
    4: Text("Closure of an entity holding account", "法人等保有口座の閉鎖"),
    5: Text("New login ID or password", "ログインID・パスワードの再発行等"),
}
_OF_JAPAN: Final = frozenset({Kind.KATAKANA, Kind.CORPORATE_NUMBER, Kind.POSTAL_CODE})
_PAPERS_OF_JAPAN: Final = frozenset({"registered_matters", "seal_certificate"})
_NAMES: Final = frozenset({"name_en", "person_en"})
_LOCAL_NAME: Final = Field(
    "name_local",
    Text("Name in the language of the country", "現地語による名称"),
    hint=Text("If there is one.", "ある場合に記入してください。"),
    is_required=False,
)
#: Whoever stands in the examples is from nowhere in particular.
_EXAMPLES: Final = {"person_en": "Sarnai Sample", "country": "JP"}


def adapted(form: Form, registry: str) -> Form:
    """Return a version of a form of Japan's registry as another registry has it."""
    return replace(
        form,
        version=numbered(registry, form.version),
        title=TITLES[form.number],
        purpose=TITLES[form.number],
        updated=UPDATED,
        sections=tuple(_section(one, registry) for one in form.sections),
        documents=tuple(_document(one) for one in _needed(form.documents)),
    )


def _section(section: Section, registry: str) -> Section:
    return replace(section, fields=tuple(_fields(section, registry)))


def _fields(section: Section, registry: str) -> Iterator[Field]:
    for field in section.fields:
        if field.kind in _OF_JAPAN or field.script is Script.JAPANESE or field.key.endswith("_ja"):
            continue
        yield _field(field, registry)
        if section.key == "holder" and field.key in _NAMES:
            key = "name_local" if field.key == "name_en" else "person_local"
            yield replace(_LOCAL_NAME, key=key, applicants=field.applicants)


def _field(field: Field, registry: str) -> Field:
    example = field.example_abroad or field.example
    if field.key in _EXAMPLES:
        example = typed(_EXAMPLES[field.key])
    if field.kind is Kind.LOGIN_ID and example is not None:
        example = typed(registry + example.en[2:])
    field = replace(field, example=example)
    if field.kind is Kind.COUNTRY:
        # The one country that is not abroad.
        return replace(field, choices=(Choice(registry, typed(registry)),))
    if field.key == "registration_number":
        return replace(
            field, label=Text("Registration number", "登録番号"), applicants=CORPORATIONS
        )
    return field


def _needed(documents: Iterable[Document]) -> Iterator[Document]:
    return (one for one in documents if one.key not in _PAPERS_OF_JAPAN)


def _document(document: Document) -> Document:
    """Return a paper that corporations of the country attach as foreign ones do."""
    if Applicant.FOREIGN in document.applicants:
        return replace(document, applicants=document.applicants | CORPORATIONS)
    return document
