"""Annual information as files: of an edition from its frozen bytes, and of a year as it stands."""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, Final

from flask import Response, request
from flask_babel import gettext as _

from app.documents import aef_books
from app.documents.aef_books import Column, Sheet
from app.domain import aef_editions as rules
from app.domain import aef_formats
from app.domain.aef_checks import Finding, Level
from app.domain.aef_formats import Format
from app.domain.article6_errors import EditionDamaged
from app.registry import aef_editions
from app.registry.aef_editions import Year
from app.store.tables import AefEdition
from app.web import words
from app.web.sessions import now

ENDINGS: Final = ("xlsx", "csv", "json")
_PIECE: Final = 2**16
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES: Final = {"xlsx": _EXCEL, "csv": "text/csv", "json": "application/json"}


def of_edition(found: AefEdition, ending: str) -> Response:
    """Answer with a file of an edition, made of its frozen bytes alone.

    Raises:
        EditionDamaged: they are not those that were frozen.
    """
    if not rules.is_whole(found.content, found.digest):
        raise EditionDamaged
    head = rules.head(found.content)
    name = f"aef-{head.party}-{head.year}-{head.version}.{ending}"
    answer = _answer(ending, name)
    # The digest says what the file says; a reader who has it need not be sent it again.
    answer.set_etag(f"{found.digest.hex()[:32]}-{ending}")
    answer.make_conditional(request)
    if answer.status_code != HTTPStatus.OK:
        return answer
    sheets = aef_books.sheets(layout(found), rules.lines(found.content))
    match ending:
        case "csv":
            answer.response = (part.encode() for part in aef_books.table(sheets))
        case "json":
            answer.response = rules.opened(found.content)
        case _:
            _send(answer, sheets, found.made_at)
    return answer


def of_year(found: Year, format_: Format) -> Response:
    """Answer with an Excel file of a year as it stands, and what the pre-check finds in it."""
    told = found.report
    answer = _answer("xlsx", f"aef-{told.party}-{told.year}-draft.xlsx")
    answer.headers["Content-Language"] = words.language()

    def sheets() -> Iterator[Sheet]:
        lines = found.lines() if format_ is aef_formats.CURRENT else told.draft_lines()
        yield from aef_books.sheets(format_, lines)
        yield findings(aef_editions.checked(found).findings)

    return _send(answer, sheets(), now())


def layout(found: AefEdition) -> Format:
    """Return the layout in which an edition was frozen."""
    known = aef_formats.find(found.format)
    assert known is not None, "layouts are never removed"
    return known


def findings(found: list[Finding]) -> Sheet:
    """Return what the pre-check found as a sheet, in the language of the reader."""
    titles = (_("Level"), _("Table"), _("Row"), _("Field"), _("Rule"), _("Found"), _("What to do"))
    rows = [
        (
            _("Error") if one.level is Level.ERROR else _("Warning"),
            words.text(aef_formats.CURRENT.table(one.table).title),
            one.row,
            label(one),
            words.text(one.name),
            one.detail,
            words.text(one.remedy),
        )
        for one in found
    ]
    return Sheet(_("Pre-check"), [Column(title) for title in titles], rows)


def label(found: Finding) -> str:
    """Return what the field of a finding is called; nothing for a whole row or table."""
    if not found.field:
        return ""
    table = aef_formats.CURRENT.table(found.table)
    return words.text(table.fields[table.place(found.field)].label)


def _answer(ending: str, name: str) -> Response:
    answer = Response(mimetype=_TYPES[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _send(answer: Response, sheets: Iterator[Sheet], made_at: datetime) -> Response:
    """Write an Excel file beside the memory, and answer with it part by part."""
    kept = TemporaryFile()  # noqa: SIM115  it lives until the answer was sent
    aef_books.workbook(kept, sheets, made_at=made_at)
    kept.seek(0)
    answer.response = _parts(kept)
    answer.call_on_close(kept.close)
    return answer


def _parts(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while part := kept.read(_PIECE):
            yield part
