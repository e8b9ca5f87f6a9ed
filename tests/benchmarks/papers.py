"""Papers: a certificate against its own text drawn straight on a canvas; memory of statements."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from app.documents import account_statements as statements
from app.documents import certificates as papers
from app.documents import fonts
from app.domain import accounts, certificates, ledger
from app.domain.serials import Range, Serial
from app.domain.text import Text
from app.store import account_statements as questions
from app.store.databases import Database
from app.store.tables import Account

#: Movements of the two statements.
FEW, MANY = 1_000, 10_000
_EACH: Final = 40
_REGISTRY: Final = Text("JCM Registry of Japan", "日本国JCM登録簿")
_TOKYO: Final = ZoneInfo("Asia/Tokyo")
_AT: Final = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
_ISSUER: Final = papers.Issuer(_REGISTRY, _REGISTRY, "https://registry.example", _TOKYO)
#: A run of text on a page: face, size, place, letters.
_Run = tuple[str, float, float, float, str]


def issued() -> papers.Issued:
    """Return a certificate of a retirement that fills one page."""
    title = Text("Solar power in Đồng Nai", "ドンナイ省における太陽光発電システムの導入")
    blocks = [
        certificates.Block(Serial("JP", "VN", "VN004", 2022, Range(at, at + 99)), title)
        for at in range(1_000_000, 1_005_000, 1_000)
    ]
    moved = certificates.Moved(
        number="JP0000001234",
        kind=ledger.Kind.RETIREMENT,
        completed_at=_AT,
        holder=Text("Aoba Energy", "青葉エネルギー株式会社"),
        quantity=500,
        purpose="2025年度の事業所における排出量の埋め合わせ（CO₂）",
        beneficiary="Công ty TNHH Việt Nam",
        reference="",
        blocks=blocks,
    )
    paper = certificates.of_transaction(moved, "ja")
    return papers.Issued("JP-C-000012-98", "ABCDE-FGHJK-MNPQR-STUVW", "ja", _AT, paper)


def rate(make: Callable[[], bytes]) -> float:
    """Return how many files a second are made."""
    make()
    started = process_time()
    for _ in range(_EACH):
        make()
    return _EACH / (process_time() - started)


def by_document() -> Callable[[], bytes]:
    """Return what makes the certificate as the registry does."""
    one = issued()
    return lambda: papers.certificate(one, _ISSUER)


def by_canvas() -> Callable[[], bytes]:
    """Return what draws the same text, each run where it stands in that file, and no picture."""
    one = issued()
    reader = PdfReader(io.BytesIO(papers.certificate(one, _ISSUER)))
    assert len(reader.pages) == 1
    runs = _runs(reader)
    return lambda: _drawn(runs)


def _runs(reader: PdfReader) -> list[_Run]:
    found: list[_Run] = []

    def visit(text: str, _cm: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip():
            face = font["/BaseFont"].partition("+")[2].removesuffix("-Regular")
            found.append((face, size, matrix[4], matrix[5], text.strip("\n")))

    reader.pages[0].extract_text(visitor_text=visit)
    assert {face for face, *_rest in found} <= set(fonts.load()), found[0]
    return found


def _drawn(runs: list[_Run]) -> bytes:
    body = io.BytesIO()
    canvas = Canvas(body, pagesize=A4, pageCompression=1, initialFontName=fonts.REGULAR)
    for face, size, left, bottom, text in runs:
        canvas.setFont(face, size)
        canvas.drawString(left, bottom, text)
    canvas.save()
    return body.getvalue()


def memory(url: str, account: str, movements: int) -> float:
    """Return the most memory, in MB, that a process of its own takes for a statement."""
    command = [sys.executable, "-m", "tests.benchmarks.papers", url, account, str(movements)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    return float(done.stdout)


def _statement(url: str, number: str, movements: int) -> None:
    """Make the statement of the first movements of an account, and print what memory it took."""
    database = Database.connect(url)
    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.number == number)).one()
        since = _AT - timedelta(days=20_000)
        found = questions.lines(session, account.id, since, _AT)
        made = statements.Statement(
            account=number,
            kind=accounts.KIND_NAMES[account.kind],
            holder=_REGISTRY,
            since=date(2020, 1, 1),
            until=date(2026, 1, 1),
            opening=0,
            closing=0,
            made_at=_AT,
            lines=_lines(found, movements),
        )
        body = statements.paper(made, _REGISTRY, "ja", _TOKYO)
    print(_peak())
    assert len(PdfReader(io.BytesIO(body)).pages) > movements / 50


def _peak() -> float:
    """Return the most memory that this process has taken, in MB."""
    status = Path("/proc/self/status").read_text()
    # What getrusage tells begins with the memory of the process that started this one.
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _lines(found: Iterator[questions.Line], movements: int) -> Iterator[statements.Line]:
    count = 0
    for line in found:
        count += line.is_first
        if count > movements:
            return
        movement, run = line.movement, line.run
        yield statements.Line(
            at=movement.at,
            transaction=ledger.transaction_number("JP", movement.id),
            kind=movement.kind.value,
            kind_name=ledger.KIND_NAMES[movement.kind],
            other=movement.other,
            other_kind=accounts.KIND_NAMES[movement.other_kind] if movement.other_kind else None,
            serial=str(Serial("JP", run.partner, run.project, run.vintage, run.range)),
            first=run.range.first,
            last=run.range.last,
            quantity=run.range.quantity,
            moved=movement.quantity,
            balance=movement.balance,
            is_first=line.is_first,
        )
    assert count == movements, f"the account has {count} movements only"


if __name__ == "__main__":
    _statement(sys.argv[1], sys.argv[2], int(sys.argv[3]))
