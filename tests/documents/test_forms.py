"""The forms on paper: readable in both languages, with every label, value, box and remark."""

from app.documents import form_contents
from app.documents.form_contents import Filled, Mark
from app.documents.forms import example, form
from app.domain import forms
from app.domain.forms.spec import Applicant, Kind
from app.domain.text import Text
from tests.papers import FACES, faces, read, squeezed, words

REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")


def test_every_blank_says_everything_in_both_languages() -> None:
    for number in forms.VERSIONS:
        of = forms.latest(number)
        for applicant, language in ((Applicant.DOMESTIC, "ja"), (Applicant.FOREIGN, "en")):
            body = form(of, applicant, language, REGISTRY)
            text = words(body)
            assert "〓" not in text
            assert faces(body) <= FACES
            said = [of.title, of.name, of.declaration]
            said += [label for _item, label in of.items_for(applicant)]
            for section in of.sections_for(applicant):
                said += [one.label for one in section.fields_for(applicant)]
            for label in said:
                assert squeezed(label.get(language)) in text, label


def test_examples_show_every_answer_and_say_that_they_are_examples() -> None:
    of = forms.latest(1)
    for applicant in Applicant:
        text = words(example(of, applicant, "ja", REGISTRY))
        assert "記入例：" + squeezed(of.title.ja) in text
        given = form_contents.example(of, applicant, "ja").answers
        for section in of.sections_for(applicant):
            for item in section.fields_for(applicant):
                answer = given.get(section.key, {}).get(item.key, "")
                assert item.choices or item.kind is Kind.TICK or squeezed(answer) in text, answer


def test_a_change_has_old_and_new_beside_each_other() -> None:
    filled = Filled(
        {"contact": {"telephone": "03-1111-1111", "email": "a@b.example"}},
        number="A-000012",
        before={"contact": {"telephone": "03-2222-2222", "email": "a@b.example"}},
    )
    body = form(forms.latest(2), Applicant.DOMESTIC, "en", REGISTRY, filled)
    text = words(body)
    assert "RecordednowNew" in text
    assert "03-2222-222203-1111-1111" in text
    assert "a@b.example(unchanged)" in text
    assert text.count("Form2A-000012") == len(read(body).pages)


def test_what_was_typed_is_printed_as_it_is_and_the_same_each_time() -> None:
    typed = "<b>Батсүх</b> & Đỗ {0} %s \N{RIGHT-TO-LEFT OVERRIDE}x\0"
    filled = Filled(
        {"closure": {"reason": f"{typed}\nsecond line", "is_empty": "yes"}},
        account="JP-100-000012-0-84",
        number="A-000012",
        handed_in="2026年11月23日 01:03（JST）",
        signer="見本 一郎",
        marks={"check:authority": Mark(is_fine=False, remark="委任状がない")},
    )
    one, other = (
        form(forms.latest(4), Applicant.DOMESTIC, "ja", REGISTRY, filled) for _time in range(2)
    )
    assert one == other
    text = words(one)
    for said in ("<b>Батсүх</b>&Đỗ{0}%sx", "secondline", "JP-100-000012-0-84", "見本一郎"):
        assert said in text
    assert "■口座にクレジットの残高はなく" in text
    assert "□適■不備委任状がない" in text
    # Signed in the registry, it is not signed by hand.
    assert "署名又は記名押印" not in text
