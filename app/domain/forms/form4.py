"""Form 4: application form for closing an entity holding account."""

from datetime import date
from typing import Final

from app.domain.forms.spec import Applicant, Check, Document, Field, Form, Kind, Section, typed
from app.domain.text import Text

CLOSURE: Final = Section(
    "closure",
    Text("The closure", "閉鎖"),
    (
        Field(
            "reason",
            Text("Reason of the closure", "閉鎖の理由"),
            Kind.PARAGRAPH,
            length_max=1_000,
            example=Text("We no longer operate projects.", "プロジェクトの終了のため"),
            is_changeable=False,
        ),
        Field(
            "is_empty",
            Text(
                "The account holds no credits, and nothing is proposed from it or to it.",
                "口座にクレジットの残高はなく、手続中の移動もありません。",
            ),
            Kind.TICK,
            example=typed("yes"),
            is_changeable=False,
        ),
    ),
    hint=Text(
        "Credits must be transferred, retired or cancelled before.",
        "残高がある場合は、先に振替、無効化又は取消しを行ってください。",
    ),
)

_FIRST: Final = Form(
    number=4,
    version=1,
    title=Text(
        "Application form for closing an entity holding account", "法人保有口座の閉鎖申請書"
    ),
    purpose=Text("Closing an entity holding account", "法人保有口座の閉鎖"),
    updated=date(2015, 11, 13),
    sections=(CLOSURE,),
    documents=(
        Document(
            "seal_certificate",
            Text("Seal certificate of the representative", "代表者の印鑑証明書"),
            Text("Issued within the last three months.", "発行後3か月以内のもの"),
            frozenset({Applicant.DOMESTIC}),
        ),
        Document(
            "signature_certificate",
            Text("Signature certificate of the representative", "代表者の署名証明書"),
            Text(
                "By a notary or a consulate, within the last three months.",
                "公証人又は領事館が3か月以内に発行したもの",
            ),
            frozenset({Applicant.FOREIGN}),
        ),
        Document(
            "identity",
            Text("Identity document of the applicant", "申請者の本人確認書類"),
            Text(
                "Passport, driving licence or the like, valid and with a photograph.",
                "旅券、運転免許証など、有効期間内で顔写真のあるもの",
            ),
            frozenset({Applicant.INDIVIDUAL}),
        ),
        Document(
            "power_of_attorney",
            Text("Power of attorney", "委任状"),
            Text("When somebody else applies for the holder.", "代理人が申請する場合"),
            is_required=False,
        ),
    ),
    checks=(
        Check("authority", Text("The applicant acts for the holder", "申請者に権限がある")),
        Check(
            "no_claims", Text("No obligation speaks against the closure", "閉鎖を妨げる事由がない")
        ),
    ),
    declaration=Text(
        "I apply for the closure of the account. It cannot be opened again.",
        "口座の閉鎖を申請します。閉鎖後の口座は再開できません。",
    ),
)

VERSIONS: Final = (_FIRST,)
