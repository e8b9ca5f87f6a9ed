"""The forms in Word: boxes that can be ticked, both scripts, heads that repeat, and any text."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
from docx.oxml.ns import qn

from app.documents.form_contents import Filled, example
from app.documents.word_forms import form
from app.domain import forms
from app.domain.forms.spec import Applicant
from app.domain.text import Text

REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def opened(body: bytes) -> Any:
    return docx.Document(BytesIO(body))


def text(paper: Any) -> str:
    return "\n".join(found.text or "" for found in paper.element.body.iter(qn("w:t")))


def test_every_form_opens_with_its_labels_headings_and_heads() -> None:
    for number in forms.VERSIONS:
        of = forms.latest(number)
        for applicant, language in ((Applicant.DOMESTIC, "ja"), (Applicant.FOREIGN, "en")):
            paper = opened(form(of, applicant, language, REGISTRY))
            said = text(paper)
            for section in of.sections_for(applicant):
                for item in section.fields_for(applicant):
                    assert item.label.get(language) in said
            headings = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
            assert len(headings) == len(of.sections_for(applicant)) + 2
            heads = list(paper.element.body.iter(qn("w:tblHeader")))
            assert len(heads) == len(of.sections_for(applicant)) + 1
            about = paper.core_properties
            assert (about.title, about.language) == (of.title.get(language), language)


def test_boxes_are_controls_of_word_and_hold_their_state() -> None:
    of = forms.latest(5)
    filled = example(of, Applicant.DOMESTIC, "ja")
    body = opened(form(of, Applicant.DOMESTIC, "ja", REGISTRY, filled)).element.body
    states = {
        "".join(sign.text for sign in control.iter(qn("w:t"))): checked.get(f"{_W14}val")
        for control in body.iter(qn("w:sdt"))
        for checked in control.iter(f"{_W14}checked")
    }
    assert states == {"☑": "1", "☐": "0"}


def test_both_scripts_have_their_font_and_the_language_is_told() -> None:
    for language, spoken in (("ja", "ja-JP"), ("en", "en-US")):
        paper = opened(form(forms.latest(3), Applicant.DOMESTIC, language, REGISTRY))
        for name in ("Normal", "Title", "Heading 1"):
            fonts = paper.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) == "BIZ UDPゴシック"
            assert fonts.get(qn("w:eastAsiaTheme")) is None
        told = next(paper.styles.element.iter(qn("w:lang")))
        assert (told.get(qn("w:val")), told.get(qn("w:eastAsia"))) == (spoken, "ja-JP")


def test_any_text_is_kept_and_the_same_form_is_the_same_file() -> None:
    filled = Filled({"closure": {"reason": "<w:p>&\0\ud800 Батсүх 𠮷"}})
    one, other = (
        form(forms.latest(4), Applicant.FOREIGN, "en", REGISTRY, filled) for _time in range(2)
    )
    assert one == other
    assert "<w:p>& Батсүх 𠮷" in text(opened(one))
    with ZipFile(BytesIO(one)) as packed:
        assert packed.testzip() is None
        assert {part.date_time for part in packed.infolist()} == {(2000, 1, 1, 0, 0, 0)}
