"""Form 1: application form for opening an entity holding account."""

from datetime import date
from typing import Final, NamedTuple

from app.domain.forms.record import RECORD
from app.domain.forms.spec import (
    CORPORATIONS,
    IN_JAPANESE,
    Applicant,
    Check,
    Choice,
    Document,
    Field,
    Form,
    Kind,
    Script,
    Section,
    typed,
)
from app.domain.people import EMAIL_MAX
from app.domain.roles import RIGHT_NAMES, Right
from app.domain.text import Text

_DOMESTIC: Final = frozenset({Applicant.DOMESTIC})
_FOREIGN: Final = frozenset({Applicant.FOREIGN})
_INDIVIDUAL: Final = frozenset({Applicant.INDIVIDUAL})

#: Persons who may act on the account: two at least, so that one proposes and another approves.
PERSONS_MAX: Final = 5
PERSONS_MIN: Final = 2


class _Example(NamedTuple):
    """Who stands in the example of a filled form."""

    name_ja: str
    name_en: str
    name_abroad: str
    mailbox: str
    right: Right


_EXAMPLES: Final = {
    1: _Example("見本 花子", "Hanako Mihon", "Sarnai Sample", "user1", Right.PROPOSE),
    2: _Example("見本 太郎", "Taro Mihon", "Temur Sample", "user2", Right.APPROVE),
}


def _person(place: int) -> Section:
    shown = _EXAMPLES.get(place)
    return Section(
        f"person_{place}",
        Text(f"User {place} of the account", f"口座の利用者（{place}人目）"),
        (*_identity(shown), *_powers(shown)),
        hint=Text(
            "Two persons at least; one proposes and another approves.",
            "申請する方と承認する方を含め、2人以上が必要です。",
        ),
        is_optional=place > PERSONS_MIN,
    )


def _identity(shown: _Example | None) -> tuple[Field, ...]:
    """Return the fields that say who a user is."""
    return (
        Field(
            "login_id",
            Text("Login ID, if the person has one", "ログインID（お持ちの場合）"),
            Kind.LOGIN_ID,
            hint=Text(
                "Whoever acts on another account already goes on with the same login ID.",
                "既に他の口座を利用している方は、同じログインIDを引き続き使用します。",
            ),
            is_required=False,
            is_changeable=False,
        ),
        *_names(shown),
        Field(
            "email",
            Text("E-mail address", "メールアドレス"),
            Kind.EMAIL,
            length_max=EMAIL_MAX,
            hint=Text(
                "This person's own; the way to the first sign-in is sent there.",
                "本人専用のもの。最初のログインの案内を送ります。",
            ),
            needs_consent=True,
            example=shown and typed(f"{shown.mailbox}@mihon.example"),
            example_abroad=shown and typed(f"{shown.mailbox}@sample.example"),
            is_changeable=False,
        ),
    )


def _names(shown: _Example | None) -> tuple[Field, ...]:
    """Return the fields of a user's name."""
    return (
        Field(
            "name_ja",
            Text("Name (Japanese)", "氏名（日本語）"),
            hint=Text(
                "As in the identity document; in katakana if there is no other Japanese writing.",
                "本人確認書類のとおりに記入してください。漢字表記がない場合はカタカナで記入して"
                "ください。",
            ),
            applicants=IN_JAPANESE,
            script=Script.JAPANESE,
            length_max=100,
            needs_consent=True,
            example=shown and typed(shown.name_ja),
            is_changeable=False,
        ),
        Field(
            "name_en",
            Text("Name (English)", "氏名（英語）"),
            hint=Text("As in the passport.", "旅券のとおりに記入してください。"),
            script=Script.LATIN,
            length_max=100,
            needs_consent=True,
            example=shown and typed(shown.name_en),
            example_abroad=shown and typed(shown.name_abroad),
            is_changeable=False,
        ),
    )


def _powers(shown: _Example | None) -> tuple[Field, ...]:
    """Return the fields that say how a user acts on the account."""
    return (
        Field(
            "language",
            Text("Language of mails and pages", "メール・画面の言語"),
            Kind.CHOICE,
            choices=(
                Choice("en", Text("English", "英語")),
                Choice("ja", Text("Japanese", "日本語")),
            ),
            example=shown and typed("ja"),
            example_abroad=shown and typed("en"),
            is_changeable=False,
        ),
        Field(
            "right",
            Text("Right on the account", "口座での権限"),
            Kind.CHOICE,
            hint=Text(
                "Nobody approves what the same person proposed.",
                "申請した本人は、その申請を承認できません。",
            ),
            choices=tuple(Choice(right.value, RIGHT_NAMES[right]) for right in Right),
            example=shown and typed(shown.right.value),
            is_changeable=False,
        ),
        Field(
            "consent",
            Text(
                "This person agrees to being recorded as a user.",
                "本人は、利用者として登録されることに同意しています。",
            ),
            Kind.TICK,
            example=shown and typed("yes"),
            is_changeable=False,
        ),
    )


PERSONS: Final = tuple(_person(place) for place in range(1, PERSONS_MAX + 1))

_FIRST: Final = Form(
    number=1,
    version=1,
    title=Text(
        "Application form for opening an entity holding account", "法人保有口座の開設申請書"
    ),
    purpose=Text("Opening an entity holding account", "法人保有口座の開設"),
    updated=date(2015, 11, 13),
    sections=(*RECORD, *PERSONS),
    documents=(
        Document(
            "registered_matters",
            Text("Certificate of registered matters", "登記事項証明書"),
            Text("Issued within the last three months.", "発行後3か月以内のもの"),
            _DOMESTIC,
        ),
        Document(
            "seal_certificate",
            Text("Seal certificate of the representative", "代表者の印鑑証明書"),
            Text("Issued within the last three months.", "発行後3か月以内のもの"),
            _DOMESTIC,
        ),
        Document(
            "incorporation",
            Text("Proof of incorporation", "設立を証する書面"),
            Text(
                "Issued by an authority within the last three months, with a translation into "
                "English or Japanese.",
                "公的機関が3か月以内に発行したもの（英語又は日本語の訳文を添付）",
            ),
            _FOREIGN,
        ),
        Document(
            "signature_certificate",
            Text("Signature certificate of the representative", "代表者の署名証明書"),
            Text(
                "By a notary or a consulate, within the last three months.",
                "公証人又は領事館が3か月以内に発行したもの",
            ),
            _FOREIGN,
        ),
        Document(
            "identity",
            Text("Identity document of the applicant", "申請者の本人確認書類"),
            Text(
                "Passport, driving licence or the like, valid and with a photograph.",
                "旅券、運転免許証など、有効期間内で顔写真のあるもの",
            ),
            _INDIVIDUAL,
        ),
        Document(
            "identity_of_users",
            Text("Identity documents of the users of the account", "口座の利用者の本人確認書類"),
            Text("One for each user; several files are possible.", "利用者ごとに1点（複数可）"),
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
            "names_agree",
            Text(
                "Names and addresses agree with the certificates", "名称・所在地が証明書と一致する"
            ),
        ),
        Check(
            "operates_project",
            Text("The person operates the project named", "記載されたプロジェクトの実施者である"),
            _INDIVIDUAL,
        ),
        Check(
            "not_held",
            Text(
                "It was looked up whether the holder has an account already",
                "既に口座を保有していないか確認した",
            ),
        ),
        Check(
            "authority",
            Text("Whoever applies may act for the corporation", "申請者に法人を代表する権限がある"),
            CORPORATIONS,
        ),
    ),
    declaration=Text(
        "I apply for an entity holding account. What is written here is true, and the persons "
        "named have agreed to being recorded.",
        "法人等保有口座の開設を申請します。記載事項は事実に相違なく、記載した者は登録に同意しています。",
    ),
)

VERSIONS: Final = (_FIRST,)
