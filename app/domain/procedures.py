"""The procedures document: what to file when, in which steps, with which papers, and for how long.

Its words are this product's own, not the ministry's. The public page and the PDF file are both
made from it; the titles of the forms and the documents to attach come from `app.domain.forms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.domain import forms
from app.domain.attachments import APPLICANT_MEGABYTES_MAX, FILE_MEGABYTES_MAX, FILES_MAX
from app.domain.forms.regions import HOME
from app.domain.forms.spec import Applicant, Document, Form
from app.domain.text import Text


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the document: paragraphs, then numbered steps."""

    key: str
    title: Text
    paragraphs: tuple[Text, ...] = ()
    steps: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """When a form is filed, by whom, and what follows its approval."""

    form: int
    when: Text
    who: Text
    result: Text


TITLE: Final = Text("Application procedures of the registry", "登録簿の利用に係る申請手続の手引")
#: The day of the latest change of what stands here.
UPDATED: Final = date(2026, 11, 23)

#: Within how many days an application is examined, and a correction made.
EXAMINATION_DAYS: Final = 30
#: For how many days the link mailed to an applicant without a login ID is good.
LINK_DAYS: Final = 90

WHEN: Final = Text("When to file it", "申請が必要な場合")
WHO: Final = Text("Who files it", "申請できる方")
RESULT: Final = Text("After approval", "承認後の手続")

PROCEDURES: Final = (
    Procedure(
        1,
        Text(
            "A corporation, or an individual who operates a project, wants to hold credits.",
            "法人又は排出削減等協力事業者である個人が、クレジットを保有しようとするとき",
        ),
        Text(
            "Anybody who may act for the future holder. No login ID is needed.",
            "口座名義人となる方を代表する方（ログインIDは不要）",
        ),
        Text(
            "The account is opened, and every user receives a letter or a mail with the way to "
            "the first sign-in.",
            "口座を開設し、各利用者に最初のログインの案内を書面又はメールで送付します。",
        ),
    ),
    Procedure(
        2,
        Text(
            "What is recorded of the holder has changed or is about to change: name, "
            "representative, address, contact or department.",
            "名称、代表者、所在地、連絡先、担当部署などの記録事項に変更があったとき又は変更の予定があるとき",
        ),
        Text(
            "A user of the account with the right to propose.",
            "申請の権限を有する口座の利用者",
        ),
        Text(
            "The new record stands, and the old one is kept in its history.",
            "記録事項を変更し、変更前の記録を履歴として保存します。",
        ),
    ),
    Procedure(
        3,
        Text(
            "A written proof of what the registry records of the account is needed.",
            "口座に記録されている事項を証明する書面が必要なとき",
        ),
        Text(
            "A user of the account with the right to propose.",
            "申請の権限を有する口座の利用者",
        ),
        Text(
            "The certificate can be downloaded. It bears a number and a code with which anybody "
            "who holds it can check it.",
            "証明書をダウンロードできます。記載の番号とコードにより、証明書を持つ方は真正なものかを確認できます。",
        ),
    ),
    Procedure(
        4,
        Text(
            "The account is no longer needed. Its credits must have been transferred, retired or "
            "cancelled before.",
            "口座が不要となったとき（残高は、あらかじめ振替、無効化又は取消しを行ってください。）",
        ),
        Text(
            "A user of the account with the right to propose.",
            "申請の権限を有する口座の利用者",
        ),
        Text(
            "The account is closed for good. Its history is kept.",
            "口座を閉鎖します。閉鎖した口座は再び使用できません。記録は保存されます。",
        ),
    ),
    Procedure(
        5,
        Text(
            "A user has lost the login ID, or can no longer sign in with the password.",
            "利用者がログインIDを紛失したとき又はパスワードが分からなくなったとき",
        ),
        Text(
            "The user, or another user of the same account.",
            "利用者本人又は同じ口座の他の利用者",
        ),
        Text(
            "The old login ID or password is void, and the way to a new one is sent.",
            "従前のログインID又はパスワードを無効とし、新しいものの設定方法を案内します。",
        ),
    ),
)

ABOUT: Final = Part(
    "about",
    Text("About these procedures", "この手引について"),
    (
        Text(
            "Five forms open, change, certify and close an entity holding account, and renew the "
            "login IDs and passwords of its users. Each can be filled in and handed in online, or "
            "on paper. Corporations of Japan and of other countries may hold an account, and so "
            "may individuals who operate a project.",
            "法人等保有口座の開設、記録事項の変更、証明書の交付、口座の閉鎖、ログインID・パスワードの再発行等は、"
            "5種類の申請書により行います。いずれもオンライン又は書面で提出できます。"
            "内国法人、外国法人及び排出削減等協力事業者である個人が口座を保有できます。",
        ),
        Text(
            "These words explain how to use this system. Where an act, an ordinance or a notice "
            "says otherwise, it prevails.",
            "この手引は、本システムの利用方法を説明するものです。法令及び告示に別段の定めがある場合は、"
            "その定めによります。",
        ),
    ),
)

WHICH: Final = Part(
    "which",
    Text("Which form to file", "申請書の選び方"),
)

ONLINE: Final = Part(
    "online",
    Text("Applying online", "オンラインによる申請"),
    (
        Text(
            "Sign in and choose Application. For the opening of an account no login ID is needed: "
            f"a link with which you go on is mailed to you; it is good for {LINK_DAYS} days.",
            "ログインして「申請」を選択してください。口座の開設の申請にはログインIDは不要です。"
            f"入力を再開するためのリンクをメールでお送りします（有効期間{LINK_DAYS}日）。",
        ),
    ),
    (
        Text(
            "Choose the form. What the registry records of you is filled in already.",
            "申請書を選択します。登録簿に記録されている事項は、あらかじめ入力されています。",
        ),
        Text(
            "Fill in each section. A draft is kept and can be gone on with on another day and on "
            "another device. Full-width and half-width letters are both accepted.",
            "各項目を入力します。入力内容は下書きとして保存され、別の日や別の端末から再開できます。"
            "全角・半角はどちらでも入力できます。",
        ),
        Text(
            "Attach the documents that the checklist asks for, as PDF, PNG or JPEG: at most "
            f"{FILES_MAX} files of {FILE_MEGABYTES_MAX} MB each, and {APPLICANT_MEGABYTES_MAX} MB "
            "in all your applications.",
            "チェックリストに示す書類をPDF、PNG又はJPEG形式で添付します"
            f"（1件の申請につき{FILES_MAX}ファイルまで、1ファイル{FILE_MEGABYTES_MAX}MBまで、"
            f"申請者の合計{APPLICANT_MEGABYTES_MAX}MBまで）。",
        ),
        Text(
            "Check your answers and hand the application in: signed with your second factor, or "
            "without a login ID by declaring it and typing your name.",
            "入力内容を確認し、二要素認証（ログインIDをお持ちでない方は、宣誓の確認及び氏名の入力）により"
            "署名して提出します。",
        ),
        Text(
            "Keep the receipt: it names the number of your application, the time, and every file "
            "that arrived.",
            "受付票を保存してください。受付番号、受付日時及び受理したファイルが記載されています。",
        ),
    ),
)

PAPER: Final = Part(
    "paper",
    Text("Applying on paper", "書面による申請"),
    steps=(
        Text(
            "Download the form as PDF or Word, and the example and checklist for your kind of "
            "entity.",
            "申請書（PDF又はWord）と、申請者の区分に応じた記入例及びチェックリストをダウンロードします。",
        ),
        Text(
            "Fill in every item that is not marked as optional. Foreign corporations write in "
            "English.",
            "「任意」の表示がない項目をすべて記入します。外国法人は英語で記入します。",
        ),
        Text(
            "Sign it, tick off the checklist, and send it with the documents to the registry "
            "administrator.",
            "署名し、チェックリストを確認のうえ、添付書類とともに登録簿管理者に送付します。",
        ),
        Text(
            "The administrator enters it into the registry; from then on it goes the same way as "
            "an application made online.",
            "登録簿管理者が申請内容を登録します。その後の手続は、オンラインによる申請と同じです。",
        ),
    ),
)

DOCUMENTS: Final = Part(
    "documents",
    Text("Documents to attach", "添付書類"),
    (
        Text(
            "Certificates must have been issued within the last three months, unless stated "
            "otherwise. A document that is neither in Japanese nor in English needs a translation "
            "into one of them.",
            "証明書は、特に定めのない限り、発行後3か月以内のものとします。"
            "日本語又は英語以外で作成された書類には、日本語又は英語の訳文を添付してください。",
        ),
    ),
)

EXAMINATION: Final = Part(
    "examination",
    Text("Examination and time", "審査及び期間"),
    (
        Text(
            f"An application is examined within {EXAMINATION_DAYS} days of its arrival. The time "
            "in which it waits for a correction does not count.",
            f"申請は、受付から{EXAMINATION_DAYS}日以内に審査します（補正に要する期間を除きます）。",
        ),
        Text(
            "Fees, where a Cabinet Order asks for them, are paid apart from this system.",
            "手数料は、政令に定めがある場合にその定めによるものとし、本システムでは収納しません。",
        ),
    ),
    (
        Text(
            "A first administrator examines the application against its checklist.",
            "登録簿管理者がチェックリストに沿って審査します。",
        ),
        Text(
            "Where something is wrong or missing, you are told at which item and why. You correct "
            f"it within {EXAMINATION_DAYS} days and hand the application in again; nothing needs "
            "to be typed twice.",
            "不備があるときは、該当する項目と理由をお知らせします。"
            f"{EXAMINATION_DAYS}日以内に補正して再度提出してください（再入力は不要です）。",
        ),
        Text(
            "A second administrator approves the application, and at that moment it takes effect. "
            "An application is never rejected without a reason.",
            "別の登録簿管理者が承認し、その時点で効力を生じます。却下する場合は、必ず理由を示します。",
        ),
        Text(
            "The timeline of the application shows at any time where it stands. Until it is "
            "approved you may withdraw it.",
            "申請の状況はいつでも確認できます。承認されるまでは、取下げができます。",
        ),
    ),
)

CONTACT: Final = Part(
    "contact",
    Text("Contact", "お問合せ先"),
    (
        Text(
            "Ask the registry administrator, and name the number of your application.",
            "登録簿管理者にお問い合わせください。その際は受付番号をお知らせください。",
        ),
        Text(
            "The administrator never asks for your password, for a code of your second factor, or "
            "for the link to your application.",
            "登録簿管理者が、パスワード、二要素認証のコード又は申請のリンクをお尋ねすることはありません。",
        ),
    ),
)

#: The whole document, in order. WHICH is followed by `PROCEDURES`, DOCUMENTS by `papers()`.
PARTS: Final = (ABOUT, WHICH, ONLINE, PAPER, DOCUMENTS, EXAMINATION, CONTACT)


#: What is said otherwise in the registry of a partner country, by the English of what stands here.
_ELSEWHERE: Final[Mapping[str, Text]] = {
    ABOUT.paragraphs[0].en: Text(
        "Five forms open, change, certify and close an entity holding account, and renew the "
        "login IDs and passwords of its users. Each can be filled in and handed in online, or on "
        "paper. They are this product's own: what the country itself publishes was not found.",
        "法人等保有口座の開設、記録事項の変更、証明書の交付、口座の閉鎖、ログインID・パスワードの再発行等は、"
        "5種類の申請書により行います。いずれもオンライン又は書面で提出できます。様式は本システムが独自に"
        "定めたものであり、当該国が公表したものは確認できていません。",
    ),
    ABOUT.paragraphs[1].en: Text(
        "These words explain how to use this system. Where the rules of the country say "
        "otherwise, they prevail.",
        "この手引は、本システムの利用方法を説明するものです。当該国の規則に別段の定めがある場合は、"
        "その定めによります。",
    ),
    DOCUMENTS.paragraphs[0].en: Text(
        "Certificates must have been issued within the last three months, unless stated "
        "otherwise. A document that is neither in English nor in Japanese needs a translation "
        "into one of them.",
        "証明書は、特に定めのない限り、発行後3か月以内のものとします。"
        "英語又は日本語以外で作成された書類には、英語又は日本語の訳文を添付してください。",
    ),
    EXAMINATION.paragraphs[1].en: Text(
        "Fees, where the rules of the country ask for them, are paid apart from this system.",
        "手数料は、当該国の規則に定めがある場合にその定めによるものとし、本システムでは収納しません。",
    ),
    PROCEDURES[0].when.en: Text(
        "A corporation, or an individual who operates a project, wants to hold credits.",
        "法人又は事業を行う個人が、クレジットを保有しようとするとき",
    ),
}


def parts(registry: str) -> tuple[Part, ...]:
    """Return the whole document of a registry, in order."""
    if registry == HOME:
        return PARTS
    return tuple(
        replace(
            one,
            paragraphs=tuple(_said(words) for words in one.paragraphs),
            steps=tuple(_said(words) for words in one.steps),
        )
        for one in PARTS
    )


def told(registry: str) -> tuple[Procedure, ...]:
    """Return what a registry says of each form."""
    if registry == HOME:
        return PROCEDURES
    return tuple(replace(one, when=_said(one.when), who=_said(one.who)) for one in PROCEDURES)


def _said(words: Text) -> Text:
    return _ELSEWHERE.get(words.en, words)


def procedure(form: int) -> Procedure:
    """Return what is said of a form; KeyError: there is no such form."""
    return {one.form: one for one in PROCEDURES}[form]


def papers(registry: str = HOME) -> list[tuple[Form, dict[Applicant, tuple[Document, ...]]]]:
    """Return the documents to attach, by form and by kind of applicant."""
    latest = [forms.latest(number, registry) for number in sorted(forms.VERSIONS)]
    return [(form, {who: form.documents_for(who) for who in Applicant}) for form in latest]
