"""What the registry publishes as data: every column of every file, its licence, and examples.

One table for all: the description of the API is made from it, the daily files are written after it,
the page on open data shows it, and tests hold the files that people download against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.accounts import Holding, Kind
from app.domain.projects import STAGE_NAMES, Stage, UnitClass
from app.domain.references import Standing
from app.domain.text import Text


class Form(StrEnum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    DAY = "day"
    TRUTH = "truth"
    TEXTS = "texts"


FORM_NAMES: Final = {
    Form.TEXT: Text("text", "文字列"),
    Form.NUMBER: Text("whole number", "整数"),
    Form.DECIMAL: Text("decimal number", "小数"),
    Form.DAY: Text("date, as 2026-01-30", "日付（例：2026-01-30）"),
    Form.TRUTH: Text("true or false, in CSV yes or no", "真偽値（true・false、CSVではyes・no）"),
    Form.TEXTS: Text(
        "several texts, in CSV separated by semicolons", "複数の文字列（CSVではセミコロン区切り）"
    ),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how it is written, what it means, and whether it may be empty.

    What is in the words of a page's language stands only in the files of the pages themselves.
    """

    name: str
    form: Form
    meaning: Text
    may_be_empty: bool = False
    choices: tuple[str, ...] = ()
    is_in_words: bool = False


def _column(
    name: str, form: Form, en: str, ja: str, choices: type[StrEnum] | None = None
) -> Column:
    """Make a column; a question mark after the name says that it may be empty."""
    plain = name.removesuffix("?")
    offered = tuple(choice.value for choice in choices) if choices else ()
    return Column(plain, form, Text(en, ja), plain != name, offered)


def _in_words(name: str) -> Column:
    meaning = Text("The same in the language of the page", "同上（ページの言語による表記）")
    return Column(name, Form.TEXT, meaning, may_be_empty=True, is_in_words=True)


def _tonnes(name: str, en: str, ja: str) -> Column:
    return _column(f"{name}_tco2", Form.NUMBER, f"Tonnes {en}", f"{ja}（tCO2）")


_REFERENCE: Final = _column("reference", Form.TEXT, "Reference", "番号")
_PARTNER: Final = _column(
    "partner",
    Form.TEXT,
    "Partner country, by its code of two letters (ISO 3166-1)",
    "パートナー国（ISO 3166-1の2文字コード）",
)
_TITLE_JA: Final = _column("title_ja?", Form.TEXT, "Title in Japanese", "名称（日本語）")
_AMOUNTS: Final = (
    _tonnes("issued", "issued in this registry", "本登録簿における発行量"),
    _tonnes("acquired", "that came from other registries", "他の登録簿からの取得量"),
    _tonnes("held", "of both that are held", "いずれも含む保有量"),
    _tonnes("retired", "of both that are retired", "いずれも含む無効化量"),
    _tonnes("cancelled", "of both that are cancelled", "いずれも含む取消量"),
    _tonnes("external", "of both that lie in other registries", "いずれも含む他の登録簿での保有量"),
)

CREDITS: Final = (
    _column("serial", Form.TEXT, "The block as it is printed", "識別番号（印字の形）"),
    _column("first", Form.NUMBER, "First serial number of the block", "先頭の識別番号"),
    _column("last", Form.NUMBER, "Last serial number of the block", "末尾の識別番号"),
    _column("quantity", Form.NUMBER, "Tonnes of CO2 equivalent", "数量（tCO2）"),
    _column("project", Form.TEXT, "Reference of the project", "プロジェクトの番号"),
    _PARTNER,
    _in_words("partner_name"),
    _column("vintage", Form.NUMBER, "Year in which emissions were reduced", "削減が生じた年"),
    _column(
        "unit_class",
        Form.TEXT,
        "JCM credit of before 2021, or ITMO",
        "2020年以前のJCMクレジット又はITMOの別",
        UnitClass,
    ),
    _column("kind", Form.TEXT, "Kind of account it lies in", "記録されている口座の種類", Kind),
    _in_words("kind_name"),
    _column("state", Form.TEXT, "Held, retired or cancelled", "保有・無効化・取消しの別", Holding),
    _in_words("state_name"),
    _column(
        "is_demo",
        Form.TRUTH,
        "Whether it lies with a fictional holder of the demonstration",
        "デモ用の架空の名義人の口座にあるか",
    ),
)

PROJECTS: Final = (
    _REFERENCE,
    _PARTNER,
    _in_words("partner_name"),
    _column("title_en", Form.TEXT, "Title in English", "名称（英語）"),
    _TITLE_JA,
    _column("stage", Form.TEXT, "Stage of the project cycle", "プロジェクトサイクルの段階", Stage),
    _in_words("stage_name"),
    _column("registered_on?", Form.DAY, "Day of registration", "登録日"),
    _column(
        "methodologies", Form.TEXTS, "Methodologies used, with their versions", "適用方法論と版"
    ),
    _column(
        "sectoral_scopes",
        Form.TEXTS,
        "Numbers of their sectoral scopes",
        "方法論のセクトラルスコープの番号",
    ),
    _column(
        "participants_japan",
        Form.TEXTS,
        "Participants of Japan's side",
        "日本側のプロジェクト参加者",
    ),
    _column(
        "participants_partner",
        Form.TEXTS,
        "Participants of the partner country's side",
        "パートナー国側のプロジェクト参加者",
    ),
    _column(
        "focal_points", Form.TEXTS, "Those of them who are focal points", "うちフォーカルポイント"
    ),
    _column(
        "expected_ktco2_per_year?",
        Form.DECIMAL,
        "Reduction expected in a year, in thousand tonnes",
        "年間の想定削減量（千tCO2）",
    ),
    *_AMOUNTS,
)

METHODOLOGIES: Final = (
    _REFERENCE,
    _column("version", Form.TEXT, "Version", "版"),
    _PARTNER,
    _in_words("partner_name"),
    _column("title_en?", Form.TEXT, "Title in English", "名称（英語）"),
    _TITLE_JA,
    _column(
        "title_is_official",
        Form.TRUTH,
        "Whether the title is the official one, or a short description",
        "正式な名称か（それ以外は簡単な説明）",
    ),
    _column("sectoral_scope?", Form.NUMBER, "Number of the sectoral scope", "セクトラルスコープ"),
    _in_words("sectoral_scope_name"),
    _column("approved_on?", Form.DAY, "Day of approval", "承認日"),
    _column("proponent?", Form.TEXT, "Who proposed it", "提案者"),
    _column("projects", Form.NUMBER, "How many projects use it", "適用プロジェクトの件数"),
)

PARTNER_COUNTRIES: Final = (
    _column("code", Form.TEXT, "Code of two letters (ISO 3166-1)", "2文字コード（ISO 3166-1）"),
    _column("alpha3", Form.TEXT, "Code of three letters (ISO 3166-1)", "3文字コード（ISO 3166-1）"),
    _column("name_en", Form.TEXT, "Name in English", "国名（英語）"),
    _column("name_ja", Form.TEXT, "Name in Japanese", "国名（日本語）"),
    _column(
        "bilateral_document_on", Form.DAY, "Day of the bilateral document", "二国間文書の署名日"
    ),
    _column("date_is_certain", Form.TRUTH, "Whether that day is certain", "その日付が確実であるか"),
    _column("note_en?", Form.TEXT, "Note on that day, in English", "日付に関する注（英語）"),
    _column("note_ja?", Form.TEXT, "Note on that day, in Japanese", "日付に関する注（日本語）"),
    _column("projects", Form.NUMBER, "How many projects there are", "プロジェクトの件数"),
    *(
        _column(
            f"projects_{stage.value}",
            Form.NUMBER,
            f"Those of them at the stage “{STAGE_NAMES[stage].en}”",
            f"うち「{STAGE_NAMES[stage].ja}」の件数",
        )
        for stage in Stage
    ),
    _column(
        "projects_with_credits",
        Form.NUMBER,
        "Those of them with credits issued",
        "うちクレジットが発行された件数",
    ),
    _column("methodologies", Form.NUMBER, "How many methodologies there are", "方法論の件数"),
    _column(
        "third_party_entities",
        Form.NUMBER,
        "How many third-party entities there are",
        "第三者機関の件数",
    ),
    _column("rules", Form.NUMBER, "How many rules and forms there are", "規則・様式の件数"),
    *_AMOUNTS,
)

THIRD_PARTY_ENTITIES: Final = (
    _REFERENCE,
    _PARTNER,
    _in_words("partner_name"),
    _column("name", Form.TEXT, "Name of the entity", "機関の名称"),
    _column("standing", Form.TEXT, "Designated or withdrawn", "指定・指定取下げの別", Standing),
    _in_words("standing_name"),
    _column("valid_until?", Form.DAY, "Until when it is designated", "指定の期限"),
    _column("source", Form.TEXT, "Where it was published", "公表元"),
)

#: The tables by the name that addresses and files bear.
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "projects": PROJECTS,
    "credits": CREDITS,
    "methodologies": METHODOLOGIES,
    "partner-countries": PARTNER_COUNTRIES,
    "third-party-entities": THIRD_PARTY_ENTITIES,
}

TABLE_NAMES: Final[Mapping[str, Text]] = {
    "projects": Text("JCM projects", "JCMプロジェクト"),
    "credits": Text("JCM credits", "JCMクレジット"),
    "methodologies": Text("JCM methodologies", "JCM方法論"),
    "partner-countries": Text("Partner countries", "パートナー国"),
    "third-party-entities": Text("Third-party entities", "第三者機関"),
}


def record(table: str) -> tuple[Column, ...]:
    """Return the columns of a table that do not depend on a language."""
    return tuple(column for column in TABLES[table] if not column.is_in_words)


LICENCE: Final = Text(
    "The data may be used free of charge for any purpose, also commercially, as long as the "
    "registry is named as its source and changes are marked as such, after the Public Data License "
    "(Version 1.0) of the Digital Agency of Japan, which is compatible with CC BY 4.0. "
    "What is marked as belonging to the demonstration is fictional.",
    "出典として本登録簿を明示し、加工した場合はその旨を記載すれば、商用を含むあらゆる目的に無償で利用できます"
    "（デジタル庁「公共データ利用規約（第1.0版）」に準拠し、CC BY 4.0と互換性があります）。"
    "デモ用と示されたデータは架空のものです。",
)
#: That of Japan's registry follows a licence of Japan; nothing is known of other countries'.
_LICENCE_ELSEWHERE: Final = Text(
    "The data may be used free of charge for any purpose, also commercially, as long as the "
    "registry is named as its source and changes are marked as such, as under CC BY 4.0. "
    "What is marked as belonging to the demonstration is fictional.",
    "出典として本登録簿を明示し、加工した場合はその旨を記載すれば、商用を含むあらゆる目的に無償で利用できます"
    "（CC BY 4.0に準拠）。デモ用と示されたデータは架空のものです。",
)


def licence(*, is_japan: bool) -> Text:
    """Return the terms under which a registry's data may be used."""
    return LICENCE if is_japan else _LICENCE_ELSEWHERE


@dataclass(frozen=True, slots=True)
class Example:
    """A question to the API as anyone may copy it, and what it answers."""

    address: str
    meaning: Text


EXAMPLES: Final = (
    Example(
        "/api/v1/credits?partner=MN&state=held",
        Text(
            "Credits of one partner country that are held", "あるパートナー国の保有中のクレジット"
        ),
    ),
    Example(
        "/api/v1/credits?vintage=2019&page_size=10",
        Text("Ten blocks of one vintage", "あるビンテージの10件"),
    ),
    Example(
        "/api/v1/blocks/1",
        Text("Where one serial number lies, and its life", "ある識別番号の所在と履歴"),
    ),
    Example(
        "/api/v1/projects?q=solar",
        Text("Projects whose words contain “solar”", "「solar」を含むプロジェクト"),
    ),
    Example("/api/v1/projects/MN003", Text("One project", "一つのプロジェクト")),
    Example(
        "/api/v1/methodologies?partner=VN",
        Text("Methodologies of one partner country", "あるパートナー国の方法論"),
    ),
    Example("/api/v1/partner-countries", Text("All partner countries", "すべてのパートナー国")),
    Example(
        "/api/v1/disclosure?date=2026-10-31",
        Text("The disclosure as of one day", "ある日現在の情報公開"),
    ),
    Example(
        "/api/v1/transactions/JP0000000001", Text("One completed transaction", "一つの完了した取引")
    ),
)
