"""The certificate on paper: what was kept when it was issued, and the way to check it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from urllib.parse import urlencode

from app.documents import moments
from app.documents.typesetting import (
    Block,
    Code,
    Column,
    Facts,
    Heading,
    Paragraph,
    Style,
    Table,
    document,
)
from app.domain.certificates import Paper, Section, Value
from app.domain.text import Text

#: Where a certificate is checked; it follows the registry's address and the language.
PAGE: Final = "certificates"

_NUMBER: Final = Text("Certificate No. {number}", "証明書番号 {number}")
_ISSUED: Final = Text("Issued at {at}", "発行日時 {at}")
_CHECK: Final = Text(
    "Whether this certificate is genuine, and whether what it says is still so, is shown at this "
    "address when its number and code are entered, or the picture is read:",
    "本書の真正性と、記載事項が現在もそのとおりであるかは、次のページで証明書番号と確認コードを入力するか、"
    "左の二次元コードを読み取ることで確認できます。",
)
_CODE: Final = Text("Number: {number}   Code: {code}", "証明書番号：{number}　確認コード：{code}")
_END: Final = Style(size=9.5, align=1.0, after=1.0)
_SIGNED: Final = Style(size=10.5, bold=True, align=1.0, before=6.0, after=4.0)
_SAID: Final = Style(size=9.5, after=2.0)
_FACT_SIZE: Final = 8.5
_ROW_SIZE: Final = 8.5
#: How wide the columns are of serial numbers that moved, and of what an account holds.
_SERIALS: Final = (2.3, 2.6, 0.75, 1.0)
_HELD: Final = (0.8, 3.6, 0.75, 1.1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it was issued."""

    number: str
    code: str
    language: str
    issued_at: datetime
    paper: Paper


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose paper it is: registry and authority by name, the registry's address and time zone."""

    registry: Text
    authority: Text
    address: str
    zone: tzinfo


def address(issued: Issued, issuer: Issuer) -> str:
    """Return the address at which a certificate is checked, as its QR code has it."""
    query = urlencode({"number": issued.number, "code": issued.code})
    return f"{_page(issued, issuer)}?{query}"


def certificate(issued: Issued, issuer: Issuer) -> bytes:
    """Return a certificate as a PDF file; the same one gives the same bytes."""
    language, paper = issued.language, issued.paper
    at = moments.moment(issued.issued_at, language, issuer.zone)
    number = _NUMBER.get(language).format(number=issued.number)
    story: list[Block] = [
        Paragraph(number, _END),
        Paragraph(_ISSUED.get(language).format(at=at), _END),
        Heading(paper.title, 1),
        Paragraph(paper.statement, _SAID),
    ]
    for section in paper.sections:
        story += _section(section, language, issuer.zone)
    words = (
        _CHECK.get(language),
        _page(issued, issuer),
        _CODE.get(language).format(number=issued.number, code=issued.code),
    )
    story += [
        Paragraph(issuer.authority.get(language), _SIGNED),
        Code(address(issued, issuer), words),
    ]
    return document(
        story,
        title=f"{paper.title} {issued.number}",
        language=language,
        author=issuer.registry.get(language),
        footer=number,
    )


def _page(issued: Issued, issuer: Issuer) -> str:
    return f"{issuer.address.rstrip('/')}/{issued.language}/{PAGE}"


def _section(section: Section, language: str, zone: tzinfo) -> list[Block]:
    story: list[Block] = [Heading(section.title, 3)]
    if section.lines:
        rows = [(label, _printed(value, language, zone)) for label, value in section.lines]
        story.append(Facts(rows, size=_FACT_SIZE))
    if section.rows:
        last = len(section.headings) - 1
        shares = _SERIALS if "-" in section.rows[0][0] else _HELD
        columns = [
            Column(title, share, is_number=place == last, is_label=place == 0)
            for place, (title, share) in enumerate(zip(section.headings, shares, strict=True))
        ]
        story.append(Table(columns, section.rows, size=_ROW_SIZE))
    return story


def _printed(value: Value, language: str, zone: tzinfo) -> str:
    return moments.moment(value, language, zone) if isinstance(value, datetime) else value
