"""The procedures document on paper says all that its page says, in both languages."""

from app.documents.procedures import procedures_document
from app.domain import procedures
from app.domain.text import Text
from tests.papers import faces, squeezed, words

REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")


def test_the_document_says_everything_in_both_languages() -> None:
    for language in ("en", "ja"):
        body = procedures_document(
            language, REGISTRY, address="https://registry.example", mail="a@registry.example"
        )
        text = words(body)
        faces(body)
        assert "〓" not in text
        said = [procedures.TITLE]
        for part in procedures.PARTS:
            said += [part.title, *part.paragraphs, *part.steps]
        for one in procedures.PROCEDURES:
            said += [one.when, one.who, one.result]
        for form, by_applicant in procedures.papers():
            said += [form.title, form.name, form.purpose]
            said += [paper.label for papers in by_applicant.values() for paper in papers]
        for wording in said:
            # What goes on on the next page is parted by its head and foot.
            begins = squeezed(wording.get(language))[:12]
            assert begins in text, wording
        assert "https://registry.example" in text and "a@registry.example" in text


def test_without_an_address_there_is_no_table_of_addresses() -> None:
    text = words(procedures_document("en", REGISTRY))
    assert "E-mailaddress" not in text
