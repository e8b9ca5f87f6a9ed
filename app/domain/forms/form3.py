"""Form 3: application form for issuing a certificate of entity account information."""

from datetime import date
from typing import Final

from app.domain.forms.spec import Check, Choice, Document, Field, Form, Kind, Section, typed
from app.domain.text import Text

CERTIFICATE: Final = Section(
    "certificate",
    Text("The certificate", "証明書"),
    (
        Field(
            "language",
            Text("Language of the certificate", "証明書の言語"),
            Kind.CHOICE,
            choices=(
                Choice("en", Text("English", "英語")),
                Choice("ja", Text("Japanese", "日本語")),
            ),
            example=Text("en", "ja"),
            example_abroad=typed("en"),
            is_changeable=False,
        ),
        Field(
            "purpose",
            Text("What the certificate is for", "使用目的"),
            Kind.PARAGRAPH,
            hint=Text("It is not printed on the certificate.", "証明書には記載されません。"),
            length_max=1_000,
            example=Text("For submission to our auditor.", "監査法人への提出のため"),
            is_changeable=False,
        ),
        Field(
            "with_credits",
            Text("State the credits held as well", "保有クレジットの数量も記載する"),
            Kind.TICK,
            is_required=False,
            is_changeable=False,
        ),
    ),
)

_FIRST: Final = Form(
    number=3,
    version=1,
    title=Text(
        "Application form for issuing a certificate of entity account information",
        "法人保有口座に記録されている事項を証明した書面の交付申請書",
    ),
    purpose=Text(
        "Issuing a certificate of entity account information",
        "法人保有口座に記録されている事項を証明した書面の交付",
    ),
    updated=date(2015, 11, 13),
    sections=(CERTIFICATE,),
    documents=(
        Document(
            "power_of_attorney",
            Text("Power of attorney", "委任状"),
            Text("When somebody else applies for the holder.", "代理人が申請する場合"),
            is_required=False,
        ),
    ),
    checks=(Check("entitled", Text("The applicant acts for the holder", "申請者に権限がある")),),
    declaration=Text(
        "I apply for a certificate of what is recorded of the account.",
        "口座に記録されている事項を証明した書面の交付を申請します。",
    ),
)

VERSIONS: Final = (_FIRST,)
