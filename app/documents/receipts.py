"""The receipt of an application: its number, when it arrived, every file of it, what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from app.documents import moments
from app.documents.line_breaking import BREAK
from app.documents.typesetting import (
    NOTE,
    Block,
    Column,
    Facts,
    Heading,
    Paragraph,
    Table,
    document,
)
from app.domain import procedures
from app.domain.forms.spec import Applicant, Form
from app.domain.text import Text

TITLE: Final = Text("Receipt of application", "申請受付票")
_NUMBER: Final = Text("Receipt number", "受付番号")
_RECEIVED: Final = Text("Received at", "受付日時")
_FORM: Final = Text("Form", "申請の種類")
_APPLICANT: Final = Text("Applicant", "申請者の区分")
_NAME: Final = Text("Name", "名称・氏名")
_ACCOUNT: Final = Text("Account number", "口座番号")
_SUBMITTED_BY: Final = Text("Handed in by", "提出者")
_DUE: Final = Text("To be examined by", "審査期限")
_FILES: Final = Text("Files received", "受理したファイル")
_NO_FILES: Final = Text("No file was attached.", "添付ファイルはありません。")
_COUNT: Final = Text("{count} file(s), {size} bytes in all", "{count}件、合計{size}バイト")
_FILE: Final = Text("Document and file name", "書類・ファイル名")
_SIZE: Final = Text("Bytes", "バイト数")
_DIGEST: Final = Text("SHA-256", "SHA-256")
_COMPARE: Final = Text(
    "The SHA-256 of a file of yours is the same only if it is the file that arrived.",
    "お手元のファイルのSHA-256が上の値と一致すれば、受理したファイルと同一です。",
)
_ANSWERS: Final = Text("Digest of the answers (SHA-256)", "記載事項のハッシュ値（SHA-256）")
_NEXT: Final = Text("What happens next", "今後の流れ")
_WAY: Final = Text(
    "This is not an approval. You are told when the application is approved, when something needs "
    "to be corrected, and when it is rejected, with the reason.",
    "本票は承認を示すものではありません。承認、補正の依頼又は却下（理由を付します。）の際にお知らせします。",
)
#: Who handed in what came on paper.
ON_PAPER: Final = Text(
    "On paper; entered by the registry administrator", "書面による提出（登録簿管理者が入力）"
)
#: How many signs of a digest stand together on a line.
_GROUP: Final = 16


@dataclass(frozen=True, slots=True)
class File:
    """A file as it arrived, and the document that it is."""

    document: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt certifies.

    Args:
        name: of the applicant, as given in the form.
        signer: whoever handed it in.
        answers: the SHA-256 of the answers, as it was signed.
    """

    number: str
    form: Form
    applicant: Applicant
    received_at: datetime
    due_at: datetime | None
    name: str
    account: str
    signer: str
    answers: str
    files: Sequence[File]


def receipt(of: Receipt, language: str, registry: Text, zone: tzinfo) -> bytes:
    """Return a receipt as a PDF file; the same one gives the same bytes."""
    title = TITLE.get(language)
    return document(
        _story(of, language, zone),
        title=f"{title} {of.number}",
        language=language,
        author=registry.get(language),
        footer=f"{title} {of.number}",
    )


def _story(of: Receipt, language: str, zone: tzinfo) -> Iterator[Block]:
    due = moments.day(of.due_at.astimezone(zone), language) if of.due_at else ""
    facts = (
        (_NUMBER, of.number),
        (_RECEIVED, moments.moment(of.received_at, language, zone)),
        (_FORM, f"{of.form.name.get(language)}  {of.form.title.get(language)}"),
        (_APPLICANT, of.form.applicant_names[of.applicant].get(language)),
        (_NAME, of.name),
        (_ACCOUNT, of.account),
        (_SUBMITTED_BY, of.signer),
        (_DUE, due),
        (_ANSWERS, _grouped(of.answers)),
    )
    yield Heading(TITLE.get(language), 1)
    yield Facts([(label.get(language), value) for label, value in facts if value])
    yield Heading(_FILES.get(language))
    if of.files:
        total = sum(file.size for file in of.files)
        yield Paragraph(_COUNT.get(language).format(count=len(of.files), size=f"{total:,}"))
        yield _files(of.files, language)
        yield Paragraph(_COMPARE.get(language), NOTE)
    else:
        yield Paragraph(_NO_FILES.get(language))
    yield Heading(_NEXT.get(language))
    yield Paragraph(_WAY.get(language))
    for place, step in enumerate(procedures.EXAMINATION.steps, 1):
        yield Paragraph(step.get(language), mark=f"{place}.")


def _files(files: Sequence[File], language: str) -> Table:
    columns = (
        Column(_FILE.get(language), 2.2),
        Column(_SIZE.get(language), 0.8, is_number=True),
        Column(_DIGEST.get(language), 2.2),
    )
    rows = (
        (f"{file.document}\n{file.name}", f"{file.size:,}", _grouped(file.sha256)) for file in files
    )
    return Table(columns, rows, size=8.5)


def _grouped(digest: str) -> str:
    """Return a digest that may end a line after every sixteenth sign."""
    return BREAK.join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))
