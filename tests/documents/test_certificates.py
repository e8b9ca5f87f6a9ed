"""The certificate on paper: all of it, the same bytes each time, and the way to check it."""

import io
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from app.documents import certificates
from app.documents.certificates import Issued, Issuer
from app.domain.certificates import Paper, Section
from app.domain.text import Text

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
ISSUER = Issuer(
    Text("JCM Registry of Japan", "日本国JCM登録簿"),
    Text("Administrator of the registry", "登録簿管理者"),
    "https://registry.example/",
    ZoneInfo("Asia/Tokyo"),
)


def issued(language: str, blocks: int = 2) -> Issued:
    rows = tuple(
        (f"JP-VN-VN004-2022-{at}-{at}", "VN004 Đồng Nai", "2022", "1")
        for at in range(1, blocks + 1)
    )
    sections = (
        Section("取引", (("Beneficiary", "Công ty Өвөрхангай <b>髙﨑</b>"), ("Completed", AT))),
        Section("クレジット", (), ("Serial", "Project", "Vintage", "tCO₂"), rows),
    )
    paper = Paper("Certificate of retirement 無効化証明書", "This certifies …", sections)
    return Issued("JP-C-000012-98", "ABCDE-FGHJK-MNPQR-STUVW", language, AT, paper)


def text(body: bytes) -> str:
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return re.sub(r"\s+", " ", found)


def test_everything_is_printed_on_one_page_and_the_same_each_time() -> None:
    for language, date in (("en", "10:30 02/11/2026 (JST)"), ("ja", "2026年11月2日 10:30（JST）")):
        body = certificates.certificate(issued(language), ISSUER)
        assert body == certificates.certificate(issued(language), ISSUER)
        reader = PdfReader(io.BytesIO(body))
        assert len(reader.pages) == 1
        assert reader.trailer["/Root"]["/Lang"] == language
        said = text(body)
        for words in (
            "JP-C-000012-98",
            "ABCDE-FGHJK-MNPQR-STUVW",
            "Công ty Өвөрхангай <b>髙﨑</b>",
            "JP-VN-VN004-2022-2-2",
            "tCO₂",
            ISSUER.registry.get(language),
            ISSUER.authority.get(language),
            f"https://registry.example/{language}/certificates",
        ):
            assert words in said, words
        assert said.count(date) == 2
        assert "〓" not in said


def test_the_picture_leads_to_the_page_of_the_very_certificate() -> None:
    address = urlsplit(certificates.address(issued("ja"), ISSUER))
    assert (address.netloc, address.path) == ("registry.example", "/ja/certificates")
    assert parse_qs(address.query) == {
        "number": ["JP-C-000012-98"],
        "code": ["ABCDE-FGHJK-MNPQR-STUVW"],
    }
    page = PdfReader(io.BytesIO(certificates.certificate(issued("ja"), ISSUER))).pages[0]
    links = [one.get_object()["/A"]["/URI"] for one in page["/Annots"]]
    assert certificates.address(issued("ja"), ISSUER) in links


def test_many_blocks_fill_as_many_pages_as_they_need() -> None:
    body = certificates.certificate(issued("en", blocks=300), ISSUER)
    said = text(body)
    assert len(PdfReader(io.BytesIO(body)).pages) > 5
    for at in (1, 150, 300):
        assert f"JP-VN-VN004-2022-{at}-{at}" in said
