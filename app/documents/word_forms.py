"""The five forms with their checklists as Word files, with boxes that can be ticked in Word."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from app.documents import form_contents
from app.documents.form_contents import Box, Contents, Filled, Group, Line, Mark, Point
from app.domain.forms.spec import Applicant, Form
from app.domain.text import Text

#: Fonts that office computers have: for Latin letters, and for Japanese ones.
_LATIN: Final = "Arial"
_JAPANESE: Final = "BIZ UDPゴシック"
_W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
_EMPTY, _TICKED = "☐", "☑"
_PALE: Final = "F0F3FF"
_GRAY: Final = RGBColor(0x59, 0x59, 0x59)
_INK: Final = RGBColor(0x1A, 0x1A, 0x1A)
_SIZES: Final = {"Normal": 10.0, "Title": 17.0, "Heading 1": 12.5}
_WIDTH: Final = Mm(170)
_LINE: Final = Mm(9)
_MORE: Final = Mm(5)
_SIGNATURE: Final = Mm(13)
#: Room within the cells of a table, in twentieths of a point.
_PADDING: Final = (
    f'<w:tblCellMar {nsdecls("w")}><w:top w:w="50" w:type="dxa"/><w:left w:w="90" w:type="dxa"/>'
    '<w:bottom w:w="50" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
)
#: What no XML file may hold.
_FORBIDDEN: Final = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: A moment for all parts of the file, so that the same form is the same file.
_MOMENT: Final = (2000, 1, 1, 0, 0, 0)


def form(
    of: Form,
    applicant: Applicant,
    language: str,
    registry: Text,
    filled: Filled | None = None,
) -> bytes:
    """Return a form with its checklist as a Word file; blank unless it is filled in."""
    found = form_contents.contents(of, applicant, language, filled)
    paper = _paper(found, language, registry.get(language))
    paper.add_paragraph(found.name)
    paper.add_heading(_clean(found.title), 0)
    _facts(paper, found.facts)
    if found.note:
        paper.add_paragraph(found.note)
    for group in found.groups:
        paper.add_heading(_clean(group.title), 1)
        if group.note:
            note = paper.add_paragraph()
            note.paragraph_format.keep_with_next = True
            _noted(note, group.note)
        _group(paper, group, language, is_blank=filled is None)
    paper.add_heading(form_contents.DECLARATION.get(language), 1)
    paper.add_paragraph(found.declaration)
    is_signed = any(value for _label, value in found.signature)
    _facts(paper, found.signature, None if is_signed else _SIGNATURE)
    paper.add_page_break()  # type: ignore[no-untyped-call]  # the library says no type here
    paper.add_heading(found.checklist, 1)
    _points(paper, found, language)
    return _packed(paper)


def _paper(found: Contents, language: str, registry: str) -> Document:
    """Return an empty paper: A4, fonts for both scripts, language, title and author."""
    paper = docx.Document()
    (section,) = paper.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    for name, size in _SIZES.items():
        _dress(paper.styles[name], size)
    _speak(paper, language)
    about = paper.core_properties
    about.title, about.subject, about.author = found.title, found.name, registry
    about.comments, about.language = "", language
    section.header.paragraphs[0].text = registry
    section.footer.paragraphs[0].text = found.name
    return paper


def _dress(style: Any, size: float) -> None:
    style.font.name = _LATIN
    style.font.size = Pt(size)
    style.font.color.rgb = _INK
    found = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        found.attrib.pop(qn(f"w:{theme}"), None)
    found.set(qn("w:eastAsia"), _JAPANESE)


def _speak(paper: Document, language: str) -> None:
    """Tell in which language the text is."""
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = properties.find(qn("w:lang"))
    if spoken is None:
        spoken = OxmlElement("w:lang")
        properties.append(spoken)
    # Word tells the language of Latin and of East Asian letters apart.
    spoken.set(qn("w:val"), "en-US" if language == "en" else "ja-JP")
    spoken.set(qn("w:eastAsia"), "ja-JP")


def _facts(paper: Document, facts: Iterable[tuple[str, str]], height: Any = None) -> None:
    table = _table(paper, (1.0, 2.1))
    for label, value in facts:
        cells = _row(table, height)
        _label(cells[0], label)
        _write(cells[1], value)


def _group(paper: Document, group: Group, language: str, *, is_blank: bool) -> None:
    heads = [form_contents.ITEM, form_contents.ANSWER]
    if group.is_change:
        heads[1:] = [form_contents.NOW, form_contents.NEW]
    shares = (1.0, 1.1, 1.1) if group.is_change else (1.0, 2.1)
    table = _table(paper, shares, [head.get(language) for head in heads])
    for line in group.lines:
        cells = _row(table, _LINE + _MORE * (line.lines - 1) if is_blank else None)
        _label(cells[0], line.label, line.note)
        if group.is_change:
            _write(cells[1], line.before)
        _answer(cells[-1], line, language, is_change=group.is_change)


def _answer(cell: _Cell, line: Line, language: str, *, is_change: bool) -> None:
    if line.boxes:
        _tick(cell, line.boxes)
    elif is_change and line.value and line.value == line.before:
        _write(cell, form_contents.UNCHANGED.get(language))
    else:
        _write(cell, line.value)


def _points(paper: Document, found: Contents, language: str) -> None:
    heads = (
        form_contents.POINT,
        form_contents.BY_APPLICANT,
        form_contents.BY_EXAMINER,
        form_contents.REMARK,
    )
    table = _table(paper, (3.4, 1.1, 1.9, 1.6), [head.get(language) for head in heads])
    for place, point in enumerate(found.points, 1):
        cells = _row(table, _LINE)
        _write(cells[0], f"{place}. {point.label}")
        if point.note:
            _noted(cells[0].add_paragraph(), point.note)
        if point.is_own:
            _tick(cells[1], (_own(point),))
        _tick(cells[2], _judged(point.mark, language))
        _write(cells[3], point.mark.remark if point.mark else "")


def _own(point: Point) -> Box:
    return Box("", point.is_ticked)


def _judged(mark: Mark | None, language: str) -> tuple[Box, Box]:
    return (
        Box(form_contents.FINE.get(language), mark is not None and mark.is_fine),
        Box(form_contents.PROBLEM.get(language), mark is not None and not mark.is_fine),
    )


def _table(paper: Document, shares: tuple[float, ...], heads: Iterable[str] = ()) -> Table:
    """Begin a table; its heads are repeated on every page."""
    table: Table = paper.add_table(rows=0, cols=len(shares), style="Table Grid")
    table.autofit = False
    properties = _xml(table).tblPr
    properties.find(qn("w:tblLook")).addprevious(parse_xml(_PADDING))
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(_WIDTH * share / sum(shares))
    titles = list(heads)
    if titles:
        row = _added(table, "w:tblHeader")
        for cell, title in zip(row.cells, titles, strict=True):
            _label(cell, title)
            cell.paragraphs[0].runs[0].bold = True
    return table


def _row(table: Table, height: Any) -> tuple[_Cell, ...]:
    row = _added(table, "w:cantSplit")
    if height is not None:
        row.height = int(height)
    return tuple(row.cells)


def _added(table: Table, mark: str) -> Any:
    """Add a row that Word treats as the mark says."""
    row = table.add_row()  # type: ignore[no-untyped-call]  # the library gives it no type
    _xml(row).get_or_add_trPr().append(OxmlElement(mark))
    return row


def _xml(part: Any) -> Any:
    """Return the element behind a table, row, cell or paragraph, for what has no call."""
    return part._element  # noqa: SLF001  the library names it publicly for whole documents only


def _label(cell: _Cell, words: str, note: str = "") -> None:
    _write(cell, words)
    if note:
        _noted(cell.add_paragraph(), note)
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_PALE}"/>')
    _xml(cell).get_or_add_tcPr().append(shade)


def _write(cell: _Cell, words: str) -> None:
    cell.paragraphs[0].add_run(_clean(words))


def _noted(paragraph: Paragraph, note: str) -> None:
    run = paragraph.add_run(_clean(note))
    run.font.size = Pt(8)
    run.font.color.rgb = _GRAY


def _tick(cell: _Cell, boxes: Iterable[Box]) -> None:
    """Write boxes that can be ticked, each with what it stands for."""
    paragraph = cell.paragraphs[0]
    for place, box in enumerate(boxes):
        if place:
            paragraph.add_run("\u3000")
        _xml(paragraph).append(_control(box))
        if box.words:
            paragraph.add_run(f"\xa0{_clean(box.words)}")


def _control(box: Box) -> Any:
    """Return a box as Word keeps one: with its state, and the signs for both states."""
    sign, state = (_TICKED, 1) if box.is_ticked else (_EMPTY, 0)
    face = "MS Gothic"
    return parse_xml(
        f'<w:sdt {nsdecls("w")} xmlns:w14="{_W14}"><w:sdtPr>'
        f'<w14:checkbox><w14:checked w14:val="{state}"/>'
        f'<w14:checkedState w14:val="2611" w14:font="{face}"/>'
        f'<w14:uncheckedState w14:val="2610" w14:font="{face}"/></w14:checkbox></w:sdtPr>'
        f'<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="{face}" w:hAnsi="{face}" '
        f'w:eastAsia="{face}"/></w:rPr><w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt>'
    )


def _clean(words: str) -> str:
    return _FORBIDDEN.sub("", words)


def _packed(paper: Document) -> bytes:
    """Return the file, the same for the same paper: no part carries the present moment."""
    loose, body = BytesIO(), BytesIO()
    paper.save(loose)
    with ZipFile(loose) as old, ZipFile(body, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            new.writestr(ZipInfo(name, _MOMENT), old.read(name), ZIP_DEFLATED)
    return body.getvalue()
