"""The five forms with their checklists as PDF: blank, filled in, or as an example."""

from collections.abc import Iterator
from typing import Final

from app.documents import form_contents
from app.documents.form_contents import Box, Contents, Filled, Group, Line, Mark, Point
from app.documents.typesetting import (
    NOTE,
    Block,
    Column,
    Entry,
    Facts,
    Gap,
    Heading,
    NewPage,
    Noted,
    Paragraph,
    Style,
    Table,
    document,
)
from app.domain.forms.spec import Applicant, Form
from app.domain.text import Text

_NAME: Final = Style(size=10.0, bold=True, before=4.0, after=0.0)
_EMPTY, _TICKED = "□", "■"
_GAP: Final = "　"
#: A space at which no line ends.
_TIE: Final = "\xa0"
#: Room for what is written by hand, in millimetres: a line, a signature.
_LINE: Final = 9.0
_SIGNATURE: Final = 13.0


def form(
    of: Form,
    applicant: Applicant,
    language: str,
    registry: Text,
    filled: Filled | None = None,
    *,
    is_example: bool = False,
) -> bytes:
    """Return a form with its checklist as a PDF file; blank unless it is filled in."""
    found = form_contents.contents(of, applicant, language, filled)
    title = found.title
    if is_example:
        title = form_contents.EXAMPLE.get(language).format(title=title)
    number = filled.number if filled else ""
    return document(
        _story(found, title, language, is_blank=filled is None),
        title=title,
        subject=found.name,
        language=language,
        author=registry.get(language),
        footer=" ".join(part for part in (found.name, number) if part),
    )


def example(of: Form, applicant: Applicant, language: str, registry: Text) -> bytes:
    """Return the example of a filled form with its checklist."""
    filled = form_contents.example(of, applicant, language)
    return form(of, applicant, language, registry, filled, is_example=True)


def _story(found: Contents, title: str, language: str, *, is_blank: bool) -> Iterator[Block]:
    yield Paragraph(found.name, _NAME)
    yield Heading(title, 1)
    yield Facts(found.facts)
    if found.note:
        yield Paragraph(found.note)
    for group in found.groups:
        yield Heading(group.title)
        if group.note:
            yield Paragraph(group.note, NOTE)
        yield _table(group, language, is_blank=is_blank)
    yield Heading(form_contents.DECLARATION.get(language))
    yield Paragraph(found.declaration)
    is_signed = any(value for _label, value in found.signature)
    yield Facts(found.signature, row_height=0.0 if is_signed else _SIGNATURE)
    yield NewPage()
    yield Paragraph(found.name, _NAME)
    yield Heading(found.checklist)
    yield Gap(1)
    yield _points(found, language)


def _table(group: Group, language: str, *, is_blank: bool) -> Table:
    """Return the items of a section, with what is recorded now beside them in a change."""
    columns = [Column("", 1.0, is_label=True)]
    if group.is_change:
        columns = [
            Column(form_contents.ITEM.get(language), 1.0, is_label=True),
            Column(form_contents.NOW.get(language), 1.1),
            Column(form_contents.NEW.get(language), 1.1),
        ]
    else:
        columns.append(Column("", 2.1))
    rows = [_row(line, group, language, is_blank=is_blank) for line in group.lines]
    return Table(columns, rows, row_height=_LINE if is_blank else 0.0, size=9.5)


def _row(line: Line, group: Group, language: str, *, is_blank: bool) -> list[Entry]:
    label: Entry = Noted(line.label, line.note) if line.note else line.label
    answer = _boxes(line.boxes) if line.boxes else line.value
    if is_blank and not line.boxes:
        answer = "\n" * (line.lines - 1)
    if not group.is_change:
        return [label, answer]
    if answer and answer == line.before:
        answer = form_contents.UNCHANGED.get(language)
    return [label, line.before, answer]


def _boxes(boxes: tuple[Box, ...]) -> str:
    return _GAP.join(f"{_TICKED if box.is_ticked else _EMPTY}{_TIE}{box.words}" for box in boxes)


def _points(found: Contents, language: str) -> Table:
    columns = (
        Column("", 0.35, is_centred=True),
        Column(form_contents.POINT.get(language), 3.4),
        Column(form_contents.BY_APPLICANT.get(language), 0.85, is_centred=True),
        Column(form_contents.BY_EXAMINER.get(language), 1.7),
        Column(form_contents.REMARK.get(language), 1.7),
    )
    rows = (
        [
            str(place),
            Noted(point.label, point.note) if point.note else point.label,
            _own(point),
            _judged(point.mark, language),
            point.mark.remark if point.mark else "",
        ]
        for place, point in enumerate(found.points, 1)
    )
    return Table(columns, rows, row_height=_LINE)


def _own(point: Point) -> str:
    if not point.is_own:
        return ""
    return _TICKED if point.is_ticked else _EMPTY


def _judged(mark: Mark | None, language: str) -> str:
    return _boxes(
        (
            Box(form_contents.FINE.get(language), mark is not None and mark.is_fine),
            Box(form_contents.PROBLEM.get(language), mark is not None and not mark.is_fine),
        )
    )
