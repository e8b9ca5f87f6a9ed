"""The receipt: number, time in the registry's zone, every file with its digest, what is next."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.documents.receipts import File, Receipt, receipt
from app.domain import forms
from app.domain.forms.spec import Applicant
from app.domain.text import Text
from tests.papers import faces, read, words

REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")
TOKYO = ZoneInfo("Asia/Tokyo")
DIGEST = hashlib.sha256(b"file").hexdigest()
RECEIPT = Receipt(
    number="A-000012",
    form=forms.latest(1),
    applicant=Applicant.DOMESTIC,
    received_at=datetime(2026, 11, 22, 16, 3, tzinfo=UTC),
    due_at=datetime(2026, 12, 22, 16, 3, tzinfo=UTC),
    name="見本商事株式会社",
    account="",
    signer="Ichiro Mihon",
    answers=hashlib.sha256(b"answers").hexdigest(),
    files=(
        File("登記事項証明書", "履歴事項全部証明書（2026年）.pdf", 1_234_567, DIGEST),
        File("委任状", "<b>\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe" + "長" * 150, 1, DIGEST),
    ),
)


def test_a_receipt_says_what_arrived_when_and_what_comes_next() -> None:
    said = {
        "ja": ("受付番号A-000012", "2026年11月23日01:03（JST）", "審査期限2026年12月23日", "補正"),
        "en": ("ReceiptnumberA-000012", "01:0323/11/2026(JST)", "examinedby23/12/2026", "correct"),
    }
    for language, parts in said.items():
        body = receipt(RECEIPT, language, REGISTRY, TOKYO)
        text = words(body)
        for part in (*parts, "履歴事項全部証明書（2026年）.pdf", "1,234,567", "IchiroMihon"):
            assert part in text, part
        assert "<b>gnp.exe長" in text
        assert text.count(DIGEST[:32]) == 2
        assert "〓" not in text
        faces(body)
        assert body == receipt(RECEIPT, language, REGISTRY, TOKYO)


def test_twenty_files_and_none_find_their_place() -> None:
    many = receipt(replace(RECEIPT, files=RECEIPT.files * 10), "ja", REGISTRY, TOKYO)
    assert words(many).count(DIGEST[:16]) == 20
    assert len(read(many).pages) > 1
    assert "Nofilewasattached." in words(receipt(replace(RECEIPT, files=()), "en", REGISTRY, TOKYO))
