"""Form 2: application form for changing entity account information."""

from dataclasses import replace
from datetime import date
from typing import Final

from app.domain.forms.record import RECORD
from app.domain.forms.spec import Applicant, Check, Document, Field, Form, Kind, Section, typed
from app.domain.text import Text

_DOMESTIC: Final = frozenset({Applicant.DOMESTIC})
_FOREIGN: Final = frozenset({Applicant.FOREIGN})
_INDIVIDUAL: Final = frozenset({Applicant.INDIVIDUAL})

#: A change of these is proven by a paper.
_PROVEN: Final = frozenset({"holder", "signatory", "head_office", "project_office"})

#: The recorded items that may change, each section as it is recorded now when the form is begun.
CHANGEABLE: Final = tuple(
    replace(section, fields=tuple(field for field in section.fields if field.is_changeable))
    for section in RECORD
)

REASON: Final = Section(
    "reason",
    Text("Reason and date of the change", "変更の理由・変更日"),
    (
        Field(
            "reason",
            Text("Reason", "変更の理由"),
            Kind.PARAGRAPH,
            length_max=1_000,
            example=Text("The head office moved.", "本店移転のため"),
            is_changeable=False,
        ),
        Field(
            "changed_on",
            Text("Date of the change", "変更年月日"),
            Kind.DATE,
            hint=Text("Such as 2026-04-01; it may lie ahead.", "例：2026-04-01（将来の日付も可）"),
            example=typed("2026-04-01"),
            is_changeable=False,
        ),
    ),
)

_FIRST: Final = Form(
    number=2,
    version=1,
    title=Text("Application form for changing entity account information", "記録事項の変更申請書"),
    purpose=Text("Changing entity account information", "記録事項の変更"),
    updated=date(2015, 11, 13),
    sections=(REASON, *CHANGEABLE),
    documents=(
        Document(
            "registered_matters",
            Text("Certificate of registered matters", "登記事項証明書"),
            Text(
                "When the name, the representative or the head office changes; issued within the "
                "last three months.",
                "名称、代表者又は本店所在地の変更の場合（発行後3か月以内のもの）",
            ),
            _DOMESTIC,
            is_required=False,
            when_changed=_PROVEN,
        ),
        Document(
            "proof_of_change",
            Text("Proof of the change", "変更を証する書面"),
            Text(
                "When the name, the representative, the head office or the office of the project "
                "changes; with a translation into English or Japanese.",
                "名称（氏名）、代表者、本店又は事務所の所在地の変更の場合"
                "（英語又は日本語の訳文を添付）",
            ),
            _FOREIGN | _INDIVIDUAL,
            is_required=False,
            when_changed=_PROVEN,
        ),
        Document(
            "power_of_attorney",
            Text("Power of attorney", "委任状"),
            Text("When somebody else applies for the holder.", "代理人が申請する場合"),
            is_required=False,
        ),
    ),
    checks=(
        Check(
            "change_proven",
            Text("The change is proven by the papers", "変更が提出書類により確認できる"),
        ),
        Check("authority", Text("The applicant acts for the holder", "申請者に権限がある")),
    ),
    declaration=Text(
        "I apply for the change of the recorded items. What is written here is true, and the "
        "persons named have agreed to being recorded.",
        "記録事項の変更を申請します。記載事項は事実に相違なく、記載した者は登録に同意しています。",
    ),
)

VERSIONS: Final = (_FIRST,)
