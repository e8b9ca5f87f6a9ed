"""Certificates: their kinds, numbers and codes, and what stands on the paper of each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from app.domain import accounts, ledger
from app.domain.accounts import State
from app.domain.forms.record import RECORD
from app.domain.forms.spec import Applicant
from app.domain.serials import Serial
from app.domain.text import Text, numerals


class Kind(StrEnum):
    """What a certificate certifies."""

    ACCOUNT = "account"
    RETIREMENT = "retirement"
    CANCELLATION = "cancellation"


TITLES: Final = {
    Kind.ACCOUNT: Text(
        "Certificate of entity account information",
        "法人等保有口座に記録されている事項を証明した書面",
    ),
    Kind.RETIREMENT: Text("Certificate of retirement", "無効化証明書"),
    Kind.CANCELLATION: Text("Certificate of cancellation", "取消し証明書"),
}

#: The movements that are certified, and as what.
CERTIFIED: Final = {
    ledger.Kind.RETIREMENT: Kind.RETIREMENT,
    ledger.Kind.VOLUNTARY_CANCELLATION: Kind.CANCELLATION,
    ledger.Kind.MANDATORY_CANCELLATION: Kind.CANCELLATION,
}


class Change(StrEnum):
    """What may have changed since a certificate was issued, in general."""

    RECORD = "record"
    STATE = "state"
    BALANCES = "balances"
    TRANSACTION = "transaction"


CHANGE_NAMES: Final = {
    Change.RECORD: Text(
        "What is recorded of the account holder has changed.",
        "口座名義人について記録されている事項が変更されています。",
    ),
    Change.STATE: Text("The state of the account has changed.", "口座の状態が変わっています。"),
    Change.BALANCES: Text(
        "The credits held have changed.", "保有するクレジットの数量が変わっています。"
    ),
    Change.TRANSACTION: Text(
        "The transaction does not stand as it was certified.",
        "証明した取引は、証明したとおりには成立していません。",
    ),
}

# Numbers and codes

#: Letters that are not taken for one another or for a digit: no I, L, O.
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, LETTERS = 4, 5
_NUMBER: Final = re.compile(r"([A-Z]{2})-?C-?([0-9]{6,12})-?([0-9]{2})")
_BETWEEN: Final = str.maketrans("", "", " -‐‑–—―−ー")
_TYPED_MAX: Final = 100


def number(registry: str, identifier: int) -> str:
    """Return the number of a certificate as it is printed, such as JP-C-000012-98."""
    return f"{registry}-C-{identifier:06d}-{check_digits(registry, identifier):02d}"


def check_digits(registry: str, identifier: int) -> int:
    """Return two check digits as those of account numbers (ISO 7064 MOD 97-10); C stands for 12."""
    letters = "".join(str(ord(letter) - 55) for letter in f"{registry}C")
    return 98 - int(f"{identifier}{letters}00") % 97


def read_number(typed: str) -> str | None:
    """Return the number typed as it is printed, or None when there can be no such number."""
    found = _NUMBER.fullmatch(_plain(typed))
    if found is None:
        return None
    made = number(found[1], int(found[2]))
    return made if made.endswith(f"-{found[3]}") else None


def code(letters: str) -> str:
    """Return the letters of a code in groups, as it is printed and kept."""
    groups = (letters[at : at + LETTERS] for at in range(0, len(letters), LETTERS))
    return "-".join(groups)


def read_code(typed: str) -> str | None:
    """Return the code typed as it is printed, or None when there can be no such code."""
    letters = _plain(typed).translate(_BETWEEN)
    is_code = len(letters) == GROUPS * LETTERS and set(letters) <= set(ALPHABET)
    return code(letters) if is_code else None


def _plain(typed: str) -> str:
    return numerals(typed[:_TYPED_MAX]).replace(" ", "").upper()


# What stands on the paper

#: A moment is printed in the registry's time zone, which its keeper knows.
Value = str | datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a certificate: lines of a label and a value, or a table."""

    title: str
    lines: tuple[tuple[str, Value], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """All that is printed on a certificate of its own, in its language."""

    title: str
    statement: str
    sections: tuple[Section, ...]


def kept(paper: Paper) -> dict[str, Any]:
    """Return a paper as it is kept."""
    return {
        "title": paper.title,
        "statement": paper.statement,
        "sections": [
            {
                "title": section.title,
                "lines": [[label, _kept(value)] for label, value in section.lines],
                "headings": list(section.headings),
                "rows": [list(row) for row in section.rows],
            }
            for section in paper.sections
        ],
    }


def paper(facts: Mapping[str, Any]) -> Paper:
    """Return what was kept as a paper again."""
    return Paper(
        facts["title"],
        facts["statement"],
        tuple(
            Section(
                section["title"],
                tuple((label, _value(value)) for label, value in section["lines"]),
                tuple(section["headings"]),
                tuple(tuple(row) for row in section["rows"]),
            )
            for section in facts["sections"]
        ),
    )


def _kept(value: Value) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _value(found: Any) -> Value:
    return datetime.fromisoformat(found["at"]) if isinstance(found, dict) else str(found)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of one project and vintage."""

    project: str
    title: Text
    vintage: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of an account; `balances` only where they are stated."""

    number: str
    kind: accounts.Kind
    state: State
    opened_at: datetime | None
    applicant: Applicant
    record: Mapping[str, Mapping[str, str]]
    balances: Sequence[Balance] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Serial numbers that a transaction moved, and the project they come from."""

    serial: Serial
    title: Text


@dataclass(frozen=True, slots=True)
class Moved:
    """A completed retirement or cancellation."""

    number: str
    kind: ledger.Kind
    completed_at: datetime
    holder: Text
    quantity: int
    purpose: str
    beneficiary: str
    reference: str
    blocks: Sequence[Block]


_STATEMENTS: Final = {
    Kind.ACCOUNT: Text(
        "This certifies that the following was recorded of the account in the registry when this "
        "certificate was issued.",
        "この口座について、本書の発行日時現在、登録簿に次のとおり記録されていることを証明します。",
    ),
    Kind.RETIREMENT: Text(
        "This certifies that the credits below have been retired in the registry. They count "
        "towards the national target and can never be transferred again.",
        "次のクレジットが登録簿において無効化されたことを証明します。"
        "無効化されたクレジットは国の目標の達成に用いられ、以後移転することはありません。",
    ),
    Kind.CANCELLATION: Text(
        "This certifies that the credits below have been cancelled in the registry. "
        "They can never be used or transferred again.",
        "次のクレジットが登録簿において取り消されたことを証明します。"
        "取り消されたクレジットが以後使用され、又は移転されることはありません。",
    ),
}
_UNIT: Final = "tCO₂"
_QUANTITY: Final = Text("Quantity", "数量")
_PROJECT: Final = Text("Project", "プロジェクト")
_VINTAGE: Final = Text("Vintage", "ビンテージ")


def of_account(recorded: Recorded, language: str) -> Paper:
    """Return the paper that certifies what is recorded of an account."""

    def say(text: Text) -> str:
        return text.get(language)

    lines: list[tuple[str, Value]] = [
        (say(Text("Account number", "口座番号")), recorded.number),
        (say(Text("Type of account", "口座の種類")), say(accounts.KIND_NAMES[recorded.kind])),
        (say(Text("State", "状態")), say(accounts.STATE_NAMES[recorded.state])),
    ]
    if recorded.opened_at is not None:
        lines.append((say(Text("Opened", "開設日時")), recorded.opened_at))
    sections = [Section(say(Text("Account", "口座")), tuple(lines))]
    for part in RECORD:
        given = recorded.record.get(part.key, {})
        printed = tuple(
            (say(field.label), given[field.key])
            for field in part.fields_for(recorded.applicant)
            if given.get(field.key)
        )
        if printed:
            sections.append(Section(say(part.title), printed))
    if recorded.balances is not None:
        sections.append(_held(recorded.balances, language))
    return _paper(Kind.ACCOUNT, sections, language)


def _held(balances: Iterable[Balance], language: str) -> Section:
    held = list(balances)
    total = sum(one.quantity for one in held)
    rows = tuple(
        (one.project, one.title.get(language), str(one.vintage), f"{one.quantity:,}")
        for one in held
    )
    title = Text("Title", "名称")
    return Section(
        Text("Credits held", "保有するクレジット").get(language),
        ((Text("Total", "合計").get(language), f"{total:,} {_UNIT}"),),
        (
            *(one.get(language) for one in (_PROJECT, title, _VINTAGE)),
            f"{_QUANTITY.get(language)} ({_UNIT})",
        )
        if rows
        else (),
        rows,
    )


def of_transaction(moved: Moved, language: str) -> Paper:
    """Return the paper that certifies a retirement or a cancellation."""

    def say(text: Text) -> str:
        return text.get(language)

    lines: list[tuple[str, Value]] = [
        (say(Text("Transaction number", "取引番号")), moved.number),
        (say(Text("Type", "種別")), say(ledger.KIND_NAMES[moved.kind])),
        (say(Text("Completed", "完了日時")), moved.completed_at),
        (say(Text("Account holder", "口座名義人")), say(moved.holder)),
        (say(_QUANTITY), f"{moved.quantity:,} {_UNIT}"),
    ]
    for label, given in (
        (Text("Beneficiary", "受益者"), moved.beneficiary),
        (Text("Purpose", "目的"), moved.purpose),
        (Text("Reference of the order", "命令の参照番号"), moved.reference),
    ):
        if given:
            lines.append((say(label), given))
    headings = (
        say(Text("Serial numbers", "識別番号")),
        say(_PROJECT),
        say(_VINTAGE),
        f"{say(_QUANTITY)} ({_UNIT})",
    )
    rows = tuple(
        (
            str(block.serial),
            f"{block.serial.project} {say(block.title)}",
            str(block.serial.vintage),
            f"{block.serial.range.quantity:,}",
        )
        for block in moved.blocks
    )
    sections = [
        Section(say(Text("Transaction", "取引")), tuple(lines)),
        Section(say(Text("Credits", "クレジット")), (), headings, rows),
    ]
    return _paper(CERTIFIED[moved.kind], sections, language)


def _paper(kind: Kind, sections: Iterable[Section], language: str) -> Paper:
    title, statement = TITLES[kind], _STATEMENTS[kind]
    return Paper(title.get(language), statement.get(language), tuple(sections))
