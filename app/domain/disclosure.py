"""Information disclosure: the three tables as of a day, and editions of them that are frozen."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from app.domain import chain, ledger
from app.domain.accounts import HOLDING, Kind
from app.domain.text import Text, numerals

#: Which layout the kept bytes have; a later one gets the next number.
FORMAT: Final = 1


class Part(StrEnum):
    """One of the three tables."""

    ENTITIES = "entities"
    AMOUNTS = "amounts"
    YEARS = "years"


#: Everything that is printed beside names and figures; an edition keeps it as it was.
WORDS: Final = {
    "title": Text("Information disclosure", "情報公開"),
    Part.ENTITIES.value: Text(
        "Information on Entity Holding Accounts", "法人等保有口座に関する情報"
    ),
    "number": Text("No.", "番号"),
    "name": Text("Names of the Account Holding Entities", "法人等保有口座名義人の名称"),
    "head_office": Text("Locations of the Head Offices", "本店等の所在地"),
    "is_demo": Text("demo", "デモ"),
    Part.AMOUNTS.value: Text(
        "The Amount of JCM Credits Recorded in Each Type of Accounts",
        "口座の種類ごとに記録されているJCMクレジットの数量",
    ),
    "account_type": Text("Account type", "口座の種類"),
    "tonnes": Text("tCO2", "tCO2"),
    Kind.GOVERNMENT.value: Text("Holding accounts / Government", "保有口座／政府"),
    Kind.ENTITY.value: Text("Holding accounts / Entities", "保有口座／法人等"),
    Kind.RETIREMENT.value: Text("Retirement account", "無効化口座"),
    Kind.MANDATORY_CANCELLATION.value: Text("Mandatory cancellation account", "義務的取消口座"),
    Kind.VOLUNTARY_CANCELLATION.value: Text("Voluntary cancellation account", "自主的取消口座"),
    Part.YEARS.value: Text(
        "Annual Transactions Summary of JCM Credits (tCO2)",
        "JCMクレジットの年間取引の概要（tCO2）",
    ),
    "year": Text("Year", "年"),
    "issued": Text("Issued", "発行"),
    "transferred": Text("Transferred", "振替"),
    "retired": Text("Retired", "無効化"),
    "mandatorily_cancelled": Text("Mandatory cancelled", "義務的取消し"),
    "voluntarily_cancelled": Text("Voluntary cancelled", "自主的取消し"),
    "held": Text("Held at year end", "年末の保有量"),
    "so_far": Text(
        "* The last year until the end of the day above.", "* 最後の年は上記の日の終わりまで。"
    ),
    "none": Text("None", "なし"),
}

#: The rows of the second table, in its order.
AMOUNTS: Final = (
    Kind.GOVERNMENT,
    Kind.ENTITY,
    Kind.RETIREMENT,
    Kind.MANDATORY_CANCELLATION,
    Kind.VOLUNTARY_CANCELLATION,
)

#: Tonnes by what moved them, the kind of account they left (None: issued) and the one they reached.
Flows = Mapping[tuple[ledger.Kind, Kind | None, Kind], int]


@dataclass(frozen=True, slots=True)
class Entity:
    """A holder of entity holding accounts, under the name and head office it had on the day."""

    name_en: str
    name_ja: str | None
    head_office_en: str | None
    head_office_ja: str | None
    is_demo: bool = False

    def name(self, language: str) -> str:
        """Return the name in a language, or in English where it has no other."""
        return (self.name_ja if language == "ja" else None) or self.name_en

    def head_office(self, language: str) -> str:
        """Return the head office in a language, or in the one there is; empty where unknown."""
        both = (self.head_office_en, self.head_office_ja)
        first, second = both[::-1] if language == "ja" else both
        return first or second or ""


@dataclass(frozen=True, slots=True)
class Year:
    """What moved in a calendar year of the registry's time zone, and what was held at its end."""

    year: int
    issued: int
    transferred: int
    retired: int
    mandatorily_cancelled: int
    voluntarily_cancelled: int
    held: int
    #: Whether the year was over at the end of the day.
    is_over: bool


#: The figures of a year in the order of the table.
FIGURES: Final = tuple(one.name for one in fields(Year))[1:-1]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The three tables as of the end of a day; entities are numbered from 1 as they stand."""

    as_of: date
    entities: tuple[Entity, ...]
    #: Tonnes by kind of account, in the order of the table.
    amounts: tuple[tuple[Kind, int], ...]
    years: tuple[Year, ...]

    @property
    def total(self) -> int:
        """All credits that had ever been issued."""
        return sum(tonnes for _kind, tonnes in self.amounts)


def amounts(flows: Flows) -> dict[Kind, int]:
    """Return what lies in each kind of account after everything that moved."""
    found: Counter[Kind] = Counter()
    for (_kind, source, target), tonnes in flows.items():
        found[target] += tonnes
        if source is not None:
            found[source] -= tonnes
    return dict(found)


def rows(by_kind: Mapping[Kind, int]) -> tuple[tuple[Kind, int], ...]:
    """Return the rows of the second table."""
    return tuple((kind, by_kind.get(kind, 0)) for kind in AMOUNTS)


def years(first: int, ends: Sequence[Flows], *, last_is_over: bool) -> tuple[Year, ...]:
    """Return a row for each year.

    Args:
        first: the first year.
        ends: everything that had moved up to the end of each year, the last up to the day.
    """
    found, before = [], Counter[ledger.Kind]()
    for place, flows in enumerate(ends):
        until = _by_kind(flows)
        held = sum(tonnes for kind, tonnes in amounts(flows).items() if kind in HOLDING)
        moved = {kind: until[kind] - before[kind] for kind in ledger.Kind}
        is_over = last_is_over or place < len(ends) - 1
        found.append(_year(first + place, moved, held, is_over=is_over))
        before = until
    return tuple(found)


def _by_kind(flows: Flows) -> Counter[ledger.Kind]:
    found: Counter[ledger.Kind] = Counter()
    for (kind, _source, _target), tonnes in flows.items():
        found[kind] += tonnes
    return found


def _year(year: int, moved: Mapping[ledger.Kind, int], held: int, *, is_over: bool) -> Year:
    return Year(
        year,
        issued=moved[ledger.Kind.ISSUANCE],
        transferred=moved[ledger.Kind.TRANSFER],
        retired=moved[ledger.Kind.RETIREMENT],
        mandatorily_cancelled=moved[ledger.Kind.MANDATORY_CANCELLATION],
        voluntarily_cancelled=moved[ledger.Kind.VOLUNTARY_CANCELLATION],
        held=held,
        is_over=is_over,
    )


# What is printed, and how an edition keeps it


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is printed of a disclosure: of any day, or of an edition, which has a number.

    Args:
        address: the registry's own, under which editions are verified.
        time_zone: by name; its days and years are those of the tables.
        words: by the names in `WORDS`.
    """

    disclosure: Disclosure
    registry: Text
    authority: Text
    address: str
    time_zone: str
    words: Mapping[str, Text] = field(default_factory=lambda: WORDS)
    number: str | None = None
    published_at: datetime | None = None


def facts(disclosure: Disclosure) -> dict[str, Any]:
    """Return the three tables as they are kept, signed and given to programs."""
    return {
        "as_of": disclosure.as_of.isoformat(),
        "entities": [
            {"number": place, **asdict(entity)}
            for place, entity in enumerate(disclosure.entities, start=1)
        ],
        "amounts": [{"kind": kind.value, "tonnes": tonnes} for kind, tonnes in disclosure.amounts],
        "years": [asdict(year) for year in disclosure.years],
    }


def digest(disclosure: Disclosure) -> str:
    """Return the SHA-256 of the three tables, by which somebody who signs them knows them."""
    return hashlib.sha256(chain.canonical(facts(disclosure))).hexdigest()


def frozen(sheet: Sheet) -> bytes:
    """Return the canonical bytes of everything that is printed."""
    kept: dict[str, Any] = {
        "format": FORMAT,
        "registry": asdict(sheet.registry),
        "authority": asdict(sheet.authority),
        "address": sheet.address,
        "time_zone": sheet.time_zone,
        "number": sheet.number,
        "published_at": sheet.published_at,
        "words": {name: asdict(wording) for name, wording in sheet.words.items()},
    }
    return chain.canonical(kept | facts(sheet.disclosure))


def thawed(content: bytes) -> Sheet:
    """Return what canonical bytes say: nothing that is printed comes from anywhere else."""
    kept = json.loads(content)
    at = kept["published_at"]
    return Sheet(
        disclosure=Disclosure(
            as_of=date.fromisoformat(kept["as_of"]),
            entities=tuple(Entity(**_without(one, "number")) for one in kept["entities"]),
            amounts=tuple((Kind(one["kind"]), one["tonnes"]) for one in kept["amounts"]),
            years=tuple(Year(**one) for one in kept["years"]),
        ),
        registry=Text(**kept["registry"]),
        authority=Text(**kept["authority"]),
        address=kept["address"],
        time_zone=kept["time_zone"],
        words={name: Text(**wording) for name, wording in kept["words"].items()},
        number=kept["number"],
        published_at=datetime.fromisoformat(at) if at else None,
    )


def _without(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def printed(day: date, language: str) -> str:
    """Return a day as the disclosure prints it: 1 / 7 / 2024, in Japanese 2024年7月1日."""
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} / {day.month} / {day.year}"


# Editions


class Standing(StrEnum):
    """Where an edition stands."""

    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STANDING_NAMES: Final = {
    Standing.SCHEDULED: Text("Scheduled", "公表予定"),
    Standing.PUBLISHED: Text("Published", "公表中"),
    Standing.WITHDRAWN: Text("Withdrawn", "取下げ済み"),
}

_NUMBER: Final = re.compile(r"([A-Z]{2})-?D-?([0-9]{4,12})")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_TYPED_MAX: Final = 200
_DASHES: Final = str.maketrans("‐‑–—―−ー", "-" * 7)


def standing(published_at: datetime, withdrawn_at: datetime | None, now: datetime) -> Standing:
    """Return where an edition stands at a moment."""
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.PUBLISHED if published_at <= now else Standing.SCHEDULED


def number(registry: str, identifier: int) -> str:
    """Return the number of an edition, such as JP-D-0001."""
    return f"{registry}-D-{identifier:04d}"


def read_number(typed: str) -> str | None:
    """Return the number typed as it is printed, or None when there can be no such number."""
    plain = numerals(typed[:_TYPED_MAX]).translate(_DASHES).replace(" ", "").upper()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    made = number(found[1], int(found[2]))
    return made if made.rpartition("-")[2] == found[2] else None


def read_digest(typed: str) -> str | None:
    """Return the SHA-256 typed, in groups or not, or None when there can be no such digest."""
    plain = "".join(numerals(typed[:_TYPED_MAX]).split()).lower().removeprefix("sha256:")
    return plain if _DIGEST.fullmatch(plain) else None
