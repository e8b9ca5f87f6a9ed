"""What the registry records of an account holder (ordinance of 2025, article 3), as form sections.

The names, representatives, offices and departments are recorded in Japanese with their English
rendering; foreign corporations give English only.
"""

from collections.abc import Mapping
from typing import Final

from app.domain.forms.spec import (
    CORPORATIONS,
    IN_JAPANESE,
    Applicant,
    Field,
    Kind,
    Script,
    Section,
    typed,
)
from app.domain.people import EMAIL_MAX
from app.domain.text import Text

_DOMESTIC: Final = frozenset({Applicant.DOMESTIC})
_FOREIGN: Final = frozenset({Applicant.FOREIGN})
_INDIVIDUAL: Final = frozenset({Applicant.INDIVIDUAL})

_CONVERTED: Final = Text(
    "Hiragana and half-width kana are converted.", "ひらがな・半角カナは全角カナに変換します。"
)
_ABROAD: Final = "Sample Building 5F, 1 Peace Avenue, Sukhbaatar District, Ulaanbaatar, Mongolia"

_CORPORATION: Final = (
    Field(
        "name_ja",
        Text("Name of the corporation (Japanese)", "法人の名称（日本語）"),
        hint=Text(
            "As in the certificate of registered matters, with the kind of corporation.",
            "登記事項証明書のとおりに、法人の種類（株式会社など）を含めて記入してください。",
        ),
        applicants=_DOMESTIC,
        script=Script.JAPANESE,
        is_public=True,
        autocomplete="organization",
        example=typed("見本商事株式会社"),
    ),
    Field(
        "name_kana",
        Text("Name of the corporation (kana)", "法人の名称（フリガナ）"),
        Kind.KATAKANA,
        hint=_CONVERTED,
        applicants=_DOMESTIC,
        example=typed("ミホンショウジカブシキガイシャ"),
    ),
    Field(
        "name_en",
        Text("Name of the corporation (English)", "法人の名称（英語）"),
        hint=Text(
            "As in the articles of incorporation, if they give one; it is published.",
            "定款に英語表記がある場合はそのとおりに記入してください。公表されます。",
        ),
        applicants=CORPORATIONS,
        script=Script.LATIN,
        is_public=True,
        autocomplete="organization",
        example=typed("Mihon Trading Co., Ltd."),
        example_abroad=typed("Sample Energy LLC"),
    ),
)

_PERSON: Final = (
    Field(
        "person_ja",
        Text("Name (Japanese)", "氏名（日本語）"),
        hint=Text(
            "As in the identity document; in katakana if there is no other Japanese writing.",
            "本人確認書類のとおりに記入してください。漢字表記がない場合はカタカナで記入してください。",
        ),
        applicants=_INDIVIDUAL,
        script=Script.JAPANESE,
        needs_consent=True,
        is_public=True,
        autocomplete="name",
        example=typed("見本 花子"),
    ),
    Field(
        "person_kana",
        Text("Name (kana)", "氏名（フリガナ）"),
        Kind.KATAKANA,
        hint=_CONVERTED,
        applicants=_INDIVIDUAL,
        needs_consent=True,
        example=typed("ミホン ハナコ"),
    ),
    Field(
        "person_en",
        Text("Name (English)", "氏名（英語）"),
        hint=Text("As in the passport; it is published.", "旅券のとおりに。公表されます。"),
        applicants=_INDIVIDUAL,
        script=Script.LATIN,
        needs_consent=True,
        is_public=True,
        autocomplete="name",
        example=typed("Hanako Mihon"),
    ),
)

HOLDER: Final = Section(
    "holder",
    Text("Account holder", "口座名義人"),
    (
        *_CORPORATION,
        *_PERSON,
        Field(
            "corporate_number",
            Text("Corporate number", "法人番号"),
            Kind.CORPORATE_NUMBER,
            hint=Text(
                "13 digits, as on the National Tax Agency's corporate number site.",
                "13桁（国税庁法人番号公表サイトに掲載の番号）",
            ),
            applicants=_DOMESTIC,
            is_changeable=False,
            example=typed("9000000000000"),
        ),
        Field(
            "country",
            Text("Country of establishment", "設立準拠法国"),
            Kind.COUNTRY,
            hint=Text(
                "Under whose law the corporation was founded: two letters, such as MN or SG.",
                "法人の設立に適用された法律の国。国コード2文字（例：MN、SG）",
            ),
            applicants=_FOREIGN,
            is_changeable=False,
            autocomplete="country",
            example=typed("MN"),
        ),
        Field(
            "registration_number",
            Text("Registration number in that country", "設立国での登録番号"),
            hint=Text("As in the proof of incorporation.", "設立を証する書面のとおりに。"),
            applicants=_FOREIGN,
            is_changeable=False,
            length_max=100,
            example=typed("0000000"),
        ),
    ),
)

SIGNATORY: Final = Section(
    "signatory",
    Text("Representative of the corporation", "代表者"),
    (
        Field(
            "name_ja",
            Text("Name (Japanese)", "氏名（日本語）"),
            hint=Text(
                "As in the certificate of registered matters.",
                "登記事項証明書のとおりに記入してください。",
            ),
            applicants=_DOMESTIC,
            script=Script.JAPANESE,
            length_max=100,
            needs_consent=True,
            example=typed("見本 一郎"),
        ),
        Field(
            "name_en",
            Text("Name (English)", "氏名（英語）"),
            script=Script.LATIN,
            length_max=100,
            needs_consent=True,
            example=typed("Ichiro Mihon"),
            example_abroad=typed("Bold Sample"),
        ),
        Field(
            "title_ja",
            Text("Title (Japanese)", "役職（日本語）"),
            hint=Text("Such as 代表取締役.", "例：代表取締役"),
            applicants=_DOMESTIC,
            length_max=100,
            example=typed("代表取締役"),
        ),
        Field(
            "title_en",
            Text("Title (English)", "役職（英語）"),
            hint=Text("Such as Representative Director.", "例：Representative Director"),
            script=Script.LATIN,
            length_max=100,
            example=typed("Representative Director"),
            example_abroad=typed("Chief Executive Officer"),
        ),
    ),
    hint=Text(
        "Who may act for the corporation by law.",
        "法人を代表する権限を有する方を記入してください。",
    ),
    applicants=CORPORATIONS,
)


def _address(what_en: str, what_ja: str, *, is_public: bool = False) -> tuple[Field, ...]:
    """Return the fields of an address."""
    return (
        Field(
            "postal_code",
            Text(f"Postal code of the {what_en}", f"{what_ja}の郵便番号"),
            Kind.POSTAL_CODE,
            hint=Text("Seven digits, with or without hyphen.", "7桁（ハイフンの有無は問いません）"),
            applicants=IN_JAPANESE,
            is_public=is_public,
            autocomplete="postal-code",
            example=typed("100-0013"),
        ),
        Field(
            "address_ja",
            Text(f"Address of the {what_en} (Japanese)", f"{what_ja}の所在地（日本語）"),
            Kind.PARAGRAPH,
            hint=Text("From the prefecture to building and floor.", "都道府県から建物名・階まで。"),
            applicants=IN_JAPANESE,
            script=Script.JAPANESE,
            is_public=is_public,
            autocomplete="street-address",
            example=typed("東京都千代田区霞が関一丁目2番3号 見本ビル4階"),
        ),
        Field(
            "address_en",
            Text(f"Address of the {what_en} (English)", f"{what_ja}の所在地（英語）"),
            Kind.PARAGRAPH,
            hint=Text(
                "From building and street to postal code and country.",
                "建物名・番地から、郵便番号・国名まで。",
            ),
            script=Script.LATIN,
            is_public=is_public,
            autocomplete="street-address",
            example=typed(
                "Mihon Building 4F, 1-2-3 Kasumigaseki, Chiyoda-ku, Tokyo 100-0013, Japan"
            ),
            example_abroad=typed(_ABROAD),
        ),
    )


def _reached(of_en: str = "", of_ja: str = "") -> tuple[Field, ...]:
    """Return the fields of a telephone number and a mail address."""
    return (
        Field(
            "telephone",
            Text(f"Telephone{of_en}", f"{of_ja}電話番号"),
            Kind.TELEPHONE,
            hint=Text(
                "From abroad with country code, such as +976 11 000000.",
                "市外局番から。海外の番号は国番号から（例：+976 11 000000）",
            ),
            autocomplete="tel",
            example=typed("03-0000-0000"),
            example_abroad=typed("+976 11 000000"),
        ),
        Field(
            "email",
            Text(f"E-mail address{of_en}", f"{of_ja}メールアドレス"),
            Kind.EMAIL,
            length_max=EMAIL_MAX,
            autocomplete="email",
            example=typed("credits@mihon.example"),
            example_abroad=typed("credits@sample.example"),
        ),
    )


HEAD_OFFICE: Final = Section(
    "head_office",
    Text("Head office", "本店等の所在地"),
    _address("head office", "本店等", is_public=True),
    hint=Text("Name and head office are published.", "名称と本店等の所在地は公表されます。"),
    applicants=CORPORATIONS,
)

PROJECT_OFFICE: Final = Section(
    "project_office",
    Text("Office of the project", "事業を行う事務所の所在地"),
    (
        Field(
            "project",
            Text("Project that you operate", "実施しているプロジェクト"),
            hint=Text("Its reference, such as MN001.", "プロジェクト番号（例：MN001）"),
            script=Script.LATIN,
            length_max=100,
            example=typed("MN001"),
        ),
        *_address("office of the project", "事務所", is_public=True),
    ),
    hint=Text("Name and office are published.", "氏名と事務所の所在地は公表されます。"),
    applicants=_INDIVIDUAL,
)

CONTACT: Final = Section(
    "contact",
    Text("Contact", "連絡先"),
    _reached(),
    hint=Text(
        "Where the registry reaches the holder; this is not published.",
        "登録簿からの連絡先です。公表されません。",
    ),
)

DEPARTMENT: Final = Section(
    "department",
    Text("Department managing the credits", "クレジットの管理を行う部署"),
    (
        Field(
            "name_ja",
            Text("Name of the department (Japanese)", "部署の名称（日本語）"),
            applicants=_DOMESTIC,
            length_max=100,
            example=typed("環境推進部"),
        ),
        Field(
            "name_en",
            Text("Name of the department (English)", "部署の名称（英語）"),
            script=Script.LATIN,
            length_max=100,
            example=typed("Sustainability Department"),
        ),
        *_address("department", "部署"),
        *_reached(" of the department", "部署の"),
    ),
    hint=Text("This is not published.", "公表されません。"),
    applicants=CORPORATIONS,
)

#: Every section of the record, in the order of the forms.
RECORD: Final = (HOLDER, SIGNATORY, HEAD_OFFICE, PROJECT_OFFICE, CONTACT, DEPARTMENT)


def published(
    applicant: Applicant, answers: Mapping[str, Mapping[str, str]]
) -> dict[str, str | None]:
    """Return what the registry publishes of a holder, as its own columns have it."""
    is_individual = applicant is Applicant.INDIVIDUAL
    name = "person" if is_individual else "name"
    holder = answers.get("holder", {})
    office = answers.get("project_office" if is_individual else "head_office", {})
    japanese = applicant in IN_JAPANESE
    return {
        "name_en": holder.get(f"{name}_en", ""),
        "name_ja": (holder.get(f"{name}_ja") or None) if japanese else None,
        "head_office_en": office.get("address_en") or None,
        "head_office_ja": (office.get("address_ja") or None) if japanese else None,
    }
