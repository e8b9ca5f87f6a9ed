"""What stands on a form and its checklist, blank or filled in: the same for PDF and Word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain.accounts import AccountNumber
from app.domain.accounts import Kind as AccountKind
from app.domain.forms import examples, rules
from app.domain.forms.answers import Answers, Given
from app.domain.forms.record import RECORD
from app.domain.forms.regions import HOME
from app.domain.forms.spec import (
    Applicant,
    Document,
    Field,
    Form,
    Kind,
    Section,
)
from app.domain.text import Text

NOW: Final = Text("Recorded now", "現在の記録")
NEW: Final = Text("New", "変更後")
ITEM: Final = Text("Item", "項目")
ANSWER: Final = Text("To be filled in", "記入欄")
EXAMPLE: Final = Text("Example: {title}", "記入例：{title}")
CHECKLIST: Final = Text("Checklist ({name}, {applicant})", "チェックリスト（{name}・{applicant}）")
POINT: Final = Text("Point", "確認事項")
BY_APPLICANT: Final = Text("Applicant", "申請者")
BY_EXAMINER: Final = Text("Registry administrator", "登録簿管理者")
REMARK: Final = Text("Remark", "備考")
DECLARATION: Final = Text("Declaration", "申請及び宣誓")
DOCUMENTS: Final = Text("Documents to attach", "添付書類")
OPTIONAL: Final = Text(" (optional)", "（任意）")
UNCHANGED: Final = Text("(unchanged)", "（変更なし）")
ONLY_CHANGES: Final = Text(
    "Fill in only the items that change.", "変更のある項目のみ記入してください。"
)
FINE: Final = Text("in order", "適")
PROBLEM: Final = Text("problem", "不備")
#: What is filled in at the head and at the foot of a form.
APPLICANT: Final = Text("Applicant", "申請者の区分")
NUMBER: Final = Text("Number of the application", "受付番号")
ACCOUNT: Final = Text("Account number", "口座番号")
DATE: Final = Text("Date", "申請年月日")
SIGNER: Final = Text("Name and position of the signer", "申請者の役職・氏名")
SIGNATURE: Final = Text("Signature or seal", "署名又は記名押印")
#: Form 1 asks for an account; every other is about one.
_OPENING: Final = 1
_CHANGE: Final = 2
_RECORDED: Final = frozenset(section.key for section in RECORD)
#: What changes in the example of Form 2: where the office was before.
_MOVED: Final = frozenset({"head_office", "project_office"})
_FORMER: Final = {
    "postal_code": "100-0014",
    "address_ja": "東京都千代田区永田町四丁目5番6号 見本会館2階",
    "address_en": "Mihon Hall 2F, 4-5-6 Nagatacho, Chiyoda-ku, Tokyo 100-0014, Japan",
}
_FORMER_ABROAD: Final = {"address_en": "3 Example Avenue, Ulaanbaatar, Mongolia"}
#: What the examples show beside the examples of the items.
_ACCOUNT: Final = 12
_HANDED_IN: Final = "2026-04-15"
_SIGNERS: Final = {
    Applicant.DOMESTIC: Text("Ichiro Mihon, Representative Director", "代表取締役　見本 一郎"),
    Applicant.FOREIGN: Text("Bold Sample, Chief Executive Officer", "Bold Sample"),
    Applicant.INDIVIDUAL: Text("Hanako Mihon", "見本 花子"),
}
_SIGNERS_ELSEWHERE: Final = {
    Applicant.DOMESTIC: _SIGNERS[Applicant.FOREIGN],
    Applicant.FOREIGN: _SIGNERS[Applicant.FOREIGN],
    Applicant.INDIVIDUAL: Text("Sarnai Sample", "Sarnai Sample"),
}
#: How many lines a long answer is given on paper.
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """How the examiner found a point of the checklist."""

    is_fine: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """An application as it stands.

    Args:
        number: empty for what has none, such as an example.
        before: what was recorded when it was begun.
        attached: keys of the documents that are there.
        handed_in: time of submission, as it is printed; empty for a draft.
        signer: whoever handed it in.
        marks: of the examiner, by checklist item; for the administrators' copy.
    """

    answers: Answers
    number: str = ""
    account: str = ""
    before: Answers = field(default_factory=dict)
    attached: frozenset[str] = frozenset()
    handed_in: str = ""
    signer: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick, and what it stands for."""

    words: str
    is_ticked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a form: boxes to tick, or a value; `lines` is its room on paper.

    Args:
        before: what is recorded now, where the form shows it beside the new value.
    """

    label: str
    note: str = ""
    value: str = ""
    before: str = ""
    boxes: tuple[Box, ...] = ()
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one section.

    Args:
        is_change: whether it shows what is recorded now beside what is asked for.
    """

    title: str
    note: str
    lines: tuple[Line, ...]
    is_change: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the checklist; `is_own` if the applicant ticks it off as well."""

    label: str
    note: str
    is_own: bool
    is_ticked: bool
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Contents:
    """A form with its checklist in one language."""

    name: str
    title: str
    note: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    declaration: str
    signature: tuple[tuple[str, str], ...]
    checklist: str
    points: tuple[Point, ...]


def contents(
    form: Form, applicant: Applicant, language: str, filled: Filled | None = None
) -> Contents:
    """Return what stands on a form: blank unless it is filled in."""
    given = filled or Filled({})
    sections = form.sections_for(applicant)
    shown = [
        one for one in sections if not filled or not _is_left_out(form, one, applicant, filled)
    ]
    kind = form.applicant_names[applicant].get(language)
    note = ONLY_CHANGES.get(language) if form.number == _CHANGE and not filled else ""
    return Contents(
        name=form.name.get(language),
        title=form.title.get(language),
        note=note,
        facts=_facts(form, kind, given, language),
        groups=tuple(
            _group(form, section, applicant, language, filled, given) for section in shown
        ),
        declaration=form.declaration.get(language),
        signature=(
            (DATE.get(language), given.handed_in),
            (SIGNER.get(language), given.signer),
            *([] if given.number and given.handed_in else [(SIGNATURE.get(language), "")]),
        ),
        checklist=CHECKLIST.get(language).format(name=form.name.get(language), applicant=kind),
        points=tuple(_points(form, applicant, language, given)),
    )


def example(form: Form, applicant: Applicant, language: str) -> Filled:
    """Return a form filled in with the examples of its items, in the language of the applicant."""
    is_abroad = applicant is Applicant.FOREIGN or form.registry != HOME
    spoken = "en" if is_abroad else language
    answers, before = examples.filled(form, applicant, spoken), {}
    if form.number == _CHANGE:
        answers = {key: one for key, one in answers.items() if key not in _RECORDED - _MOVED}
        former = _FORMER_ABROAD if is_abroad else _FORMER
        before = {key: answers[key] | former for key in _MOVED & answers.keys()}
    needed = rules.needed(form, applicant, answers, before)
    is_opening = form.number == _OPENING
    signers = _SIGNERS if form.registry == HOME else _SIGNERS_ELSEWHERE
    return Filled(
        answers,
        account=""
        if is_opening
        else str(AccountNumber(form.registry, AccountKind.ENTITY, _ACCOUNT)),
        before=before,
        attached=frozenset(one.key for one in needed),
        handed_in=_HANDED_IN,
        signer=signers[applicant].get(spoken),
    )


def value(item: Field, given: Given, language: str) -> str:
    """Return an answer as it is read: a choice by its name, a tick as nothing but a tick."""
    answer = given.get(item.key, "")
    return next((one.label.get(language) for one in item.choices if one.key == answer), answer)


def _facts(form: Form, kind: str, given: Filled, language: str) -> tuple[tuple[str, str], ...]:
    about = [] if form.number == _OPENING else [(ACCOUNT.get(language), given.account)]
    return (
        (NUMBER.get(language), given.number),
        *about,
        (APPLICANT.get(language), kind),
    )


def _is_left_out(form: Form, section: Section, applicant: Applicant, filled: Filled) -> bool:
    """Tell whether nothing is to be said in a section: nobody more to name, nothing to change."""
    is_change = form.number == _CHANGE and section.key in _RECORDED
    if not section.is_optional and not is_change:
        return False
    given = filled.answers.get(section.key, {})
    return not any(given.get(item.key) for item in section.fields_for(applicant))


def _group(
    form: Form,
    section: Section,
    applicant: Applicant,
    language: str,
    filled: Filled | None,
    given: Filled,
) -> Group:
    answers = given.answers.get(section.key, {})
    before = given.before.get(section.key, {})
    note = section.hint.get(language) if section.hint and not filled else ""
    is_change = form.number == _CHANGE and section.key in _RECORDED
    lines = tuple(
        _line(item, answers, before, language, is_blank=filled is None)
        for item in section.fields_for(applicant)
    )
    optional = OPTIONAL.get(language) if section.is_optional and not filled else ""
    title = section.title.get(language)
    return Group(title + optional, note, lines, is_change)


def _line(item: Field, answers: Given, before: Given, language: str, *, is_blank: bool) -> Line:
    note = item.hint.get(language) if item.hint and is_blank else ""
    label = item.label.get(language)
    choices = item.choices if item.kind is Kind.CHOICE else ()
    boxes = tuple(Box(one.label.get(language), one.key == answers.get(item.key)) for one in choices)
    if item.kind is Kind.TICK:
        label, boxes = "", (Box(label, bool(answers.get(item.key))),)
    if is_blank and not item.is_required and label:
        label += OPTIONAL.get(language)
    return Line(
        label=label,
        note=note,
        value="" if boxes else value(item, answers, language),
        before=value(item, before, language),
        boxes=boxes,
        lines=_LINES if item.kind is Kind.PARAGRAPH else 1,
    )


def _points(form: Form, applicant: Applicant, language: str, given: Filled) -> Iterator[Point]:
    documents = {f"document:{one.key}": one for one in form.documents_for(applicant)}
    for item, label in form.items_for(applicant):
        kind, _colon, key = item.partition(":")
        own = {
            "section": any(given.answers.get(key, {}).values()),
            "document": key in given.attached,
        }
        yield Point(
            label=label.get(language),
            note=_document_note(documents.get(item), language),
            is_own=kind in own,
            is_ticked=own.get(kind, False),
            mark=given.marks.get(item),
        )


def _document_note(document: Document | None, language: str) -> str:
    if document is None:
        return ""
    optional = "" if document.is_required else OPTIONAL.get(language).strip()
    hint = document.hint.get(language) if document.hint else ""
    return " ".join(part for part in (optional, hint) if part)
