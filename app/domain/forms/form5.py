"""Form 5: application form for reissuing or initialising login ID and password."""

from datetime import date
from typing import Final

from app.domain.forms.spec import (
    Applicant,
    Check,
    Choice,
    Document,
    Field,
    Form,
    Kind,
    Section,
    typed,
)
from app.domain.people import LOGIN_ID_MAX
from app.domain.requests import DELIVERY_NAMES, KIND_NAMES, Delivery
from app.domain.requests import Kind as Asked
from app.domain.text import Text

#: What Form 5 asks for: requests that the portal knows.
KINDS: Final = (Asked.REISSUE_LOGIN_ID, Asked.INITIALISE_PASSWORD)

CREDENTIALS: Final = Section(
    "credentials",
    Text("Login ID and password", "ログインID・パスワード"),
    (
        Field(
            "login_id",
            Text("Login ID of the user", "利用者のログインID"),
            Kind.LOGIN_ID,
            hint=Text(
                "As in the first letter or mail; who forgot it asks a colleague, who sees it under "
                "User.",
                "発行時の通知に記載のもの。不明な場合は、同じ口座の利用者が「利用者」画面で確認"
                "できます。",
            ),
            length_max=LOGIN_ID_MAX,
            example=typed("JP0000000046"),
            is_changeable=False,
        ),
        Field(
            "kind",
            Text("What is asked for", "申請の内容"),
            Kind.CHOICE,
            hint=Text(
                "Reissuing gives another login ID; initialising asks for a new password.",
                "再発行では新しいログインIDを、初期化では新しいパスワードの設定を案内します。",
            ),
            choices=tuple(Choice(kind.value, KIND_NAMES[kind]) for kind in KINDS),
            example=typed(Asked.INITIALISE_PASSWORD.value),
            is_changeable=False,
        ),
        Field(
            "reason",
            Text("Reason", "理由"),
            Kind.PARAGRAPH,
            length_max=1_000,
            example=Text("The user forgot the password.", "パスワードを忘れたため"),
            is_changeable=False,
        ),
        Field(
            "delivery",
            Text("How the way to a new password is sent", "パスワード再設定の案内方法"),
            Kind.CHOICE,
            choices=tuple(Choice(way.value, DELIVERY_NAMES[way]) for way in Delivery),
            example=typed(Delivery.LINK.value),
            is_changeable=False,
        ),
    ),
)

_FIRST: Final = Form(
    number=5,
    version=1,
    title=Text(
        "Application form for reissuing/initializing login ID & password",
        "ログインID・パスワード再発行/初期化申請書",
    ),
    purpose=Text(
        "Reissuing/initializing login ID & password", "ログインID・パスワードの再発行/初期化"
    ),
    updated=date(2019, 8, 26),
    sections=(CREDENTIALS,),
    documents=(
        Document(
            "identity_of_user",
            Text("Identity document of the user", "利用者の本人確認書類"),
            Text(
                "Passport, driving licence or the like, valid and with a photograph.",
                "旅券、運転免許証など、有効期間内で顔写真のあるもの",
            ),
        ),
        Document(
            "seal_certificate",
            Text("Seal certificate of the representative", "代表者の印鑑証明書"),
            Text(
                "When the user cannot sign in; issued within the last three months.",
                "利用者がログインできない場合（発行後3か月以内のもの）",
            ),
            frozenset({Applicant.DOMESTIC}),
            is_required=False,
        ),
        Document(
            "signature_certificate",
            Text("Signature certificate of the representative", "代表者の署名証明書"),
            Text(
                "When the user cannot sign in; by a notary or a consulate, within the last three "
                "months.",
                "利用者がログインできない場合（公証人又は領事館が3か月以内に発行したもの）",
            ),
            frozenset({Applicant.FOREIGN}),
            is_required=False,
        ),
    ),
    checks=(
        Check(
            "called_back",
            Text(
                "The user was called back on the recorded number",
                "登録済みの電話番号へ折り返し、本人を確認した",
            ),
        ),
    ),
    declaration=Text(
        "I apply for what is written here. The old login ID or password is void once approved.",
        "上記のとおり申請します。承認後、従前のログインID又はパスワードは無効となります。",
    ),
)

VERSIONS: Final = (_FIRST,)
