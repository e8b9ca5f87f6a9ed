"""How JCM credits and ITMOs go through the registries: the stations, the ways, and the steps.

The picture and the text beside it are both made from what stands here.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from app.domain.accounts import KIND_NAMES, Kind
from app.domain.text import Text


class Side(StrEnum):
    """In whose registry a station lies: the one whose page tells of it, or the other."""

    OTHER = "other"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Station:
    """A place that credits come from, lie in or end in."""

    word: str
    title: Text
    #: A line end is where a line of the picture is to end.
    note: Text
    side: Side | None = None
    #: What is recorded there for Article 6 of the Paris Agreement.
    recorded: Text | None = None
    #: Credits never leave it.
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """Where credits, or a decision on them, go from one station to another or to a side."""

    start: str
    end: str | Side
    label: Text | None = None
    is_both_ways: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the flow in words."""

    title: Text
    told: Text


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow as one registry tells it."""

    sides: dict[Side, Text]
    stations: tuple[Station, ...]
    ways: tuple[Way, ...]
    steps: tuple[Step, ...]


SIDE_NAMES: Final = {
    Side.OTHER: Text("Registry of the partner country", "パートナー国の登録簿"),
    Side.OWN: Text("Registry of Japan", "日本国の登録簿"),
}

TITLE: Final = Text(
    "The flow of JCM credits through the registries", "登録簿におけるJCMクレジットの流れ"
)

STATIONS: Final = (
    Station(
        "decision",
        Text("Decision of the Joint Committee", "合同委員会の決定"),
        Text(
            "The amount of credits for a monitoring period, and each side’s share",
            "モニタリング期間に対するクレジットの量と双方の配分",
        ),
    ),
    Station(
        "other_issuance",
        Text("Issuance", "発行"),
        Text("Share of the partner country", "パートナー国の配分"),
        Side.OTHER,
        recorded=Text("First transfer recorded", "最初の移転を記録"),
    ),
    Station(
        "other_accounts",
        Text("Holding accounts", "保有口座"),
        Text("of the government and entities", "政府及び法人等"),
        Side.OTHER,
    ),
    Station(
        "issuance",
        Text("Issuance", "発行"),
        Text("Share of Japan", "日本の配分"),
        Side.OWN,
        recorded=Text("Acquisition recorded", "取得を記録"),
    ),
    Station(
        "government",
        KIND_NAMES[Kind.GOVERNMENT],
        Text("Credits of the government", "政府のクレジット"),
        Side.OWN,
    ),
    Station(
        "entity",
        KIND_NAMES[Kind.ENTITY],
        Text("Credits of project participants and others", "プロジェクト参加者等のクレジット"),
        Side.OWN,
    ),
    Station(
        "retirement",
        KIND_NAMES[Kind.RETIREMENT],
        Text("Moves no more", "以後の移転不可"),
        Side.OWN,
        is_final=True,
    ),
    Station(
        "voluntary_cancellation",
        KIND_NAMES[Kind.VOLUNTARY_CANCELLATION],
        Text("As the holder wishes;\nmoves no more", "保有者の意思による。\n以後の移転不可"),
        Side.OWN,
        is_final=True,
    ),
    Station(
        "mandatory_cancellation",
        KIND_NAMES[Kind.MANDATORY_CANCELLATION],
        Text("By order;\nmoves no more", "命令による。\n以後の移転不可"),
        Side.OWN,
        is_final=True,
    ),
    Station(
        "ndc",
        Text("Japan’s nationally determined contribution (NDC)", "日本の国が決定する貢献（NDC）"),
        Text("Retired credits count towards it", "無効化されたクレジットを算入"),
    ),
)

WAYS: Final = (
    *(Way("decision", side, Text("Notified", "通知")) for side in Side),
    Way("other_issuance", "other_accounts"),
    Way("other_issuance", "issuance", Text("ITMOs", "ITMO")),
    Way("issuance", "government"),
    Way("issuance", "entity"),
    Way("government", "entity", Text("Transfer", "振替"), is_both_ways=True),
    *(
        Way(start, station.word)
        for start in ("government", "entity")
        for station in STATIONS
        if station.is_final
    ),
    Way("retirement", "ndc"),
)

STEPS: Final = (
    Step(
        Text("Decision", "決定"),
        Text(
            "The Joint Committee of the two governments decides how many credits a project "
            "receives for a monitoring period and which share belongs to each side, and notifies "
            "both governments.",
            "両国政府による合同委員会が、モニタリング期間についてプロジェクトに発行するクレジットの"
            "量と双方の配分を決定し、両国政府に通知します。",
        ),
    ),
    Step(
        Text("Issuance on both sides", "双方における発行"),
        Text(
            "Each side issues its share in its own registry: the credits come into the government "
            "holding account and into the entity holding accounts of project participants. The "
            "two sides may issue on different days.",
            "双方がそれぞれの登録簿で自らの配分を発行し、クレジットは政府保有口座及び"
            "プロジェクト参加者の法人等保有口座に記録されます。発行日は双方で異なることがあります。",
        ),
    ),
    Step(
        Text("First transfer and acquisition", "最初の移転と取得"),
        Text(
            "Authorised credits for reductions from 2021 on are internationally transferred "
            "mitigation outcomes (ITMOs). In the issuances known so far, the partner country "
            "records their first transfer, and their issuance in Japan’s registry is the "
            "acquisition that matches it. Neither is recorded for credits of earlier years.",
            "承認を受けた2021年以降の排出削減に係るクレジットは、国際的に移転される緩和成果（ITMO）"
            "です。これまでに確認できる発行では、パートナー国が最初の移転を記録し、日本国の登録簿に"
            "おける発行がこれに対応する取得となります。2020年以前のクレジットについては、いずれも"
            "記録されません。",
        ),
    ),
    Step(
        Text("Holding and transfer", "保有と振替"),
        Text(
            "Credits lie in a government or entity holding account. A holder has them transferred "
            "to another holding account of the same registry; between Japan’s accounts this is no "
            "international transfer.",
            "クレジットは政府保有口座又は法人等保有口座に保有されます。保有者は、同じ登録簿の別の"
            "保有口座への振替を申請できます。日本国の口座間の振替は国際的な移転には当たりません。",
        ),
    ),
    Step(
        Text("Retirement", "無効化"),
        Text(
            "Moved into the retirement account, credits count towards Japan’s nationally "
            "determined contribution (NDC) and never move again. This is open to credits that "
            "both countries have authorised.",
            "無効化口座に移されたクレジットは、日本の国が決定する貢献（NDC）に算入され、以後は"
            "移転されません。両国の承認を受けたクレジットが対象です。",
        ),
    ),
    Step(
        Text("Cancellation", "取消し"),
        Text(
            "A holder may cancel credits for any other purpose, into the voluntary cancellation "
            "account. What an order requires goes into the mandatory cancellation account. "
            "Cancelled credits never move again, and count towards no target.",
            "保有者は、その他の目的でクレジットを取り消し、自主的取消口座に移すことができます。命令に"
            "よるものは義務的取消口座に移されます。取り消されたクレジットは以後移転されず、いかなる"
            "目標にも算入されません。",
        ),
    ),
)

#: As Japan's registry tells it.
OF_JAPAN: Final = Flow(SIDE_NAMES, STATIONS, WAYS, STEPS)


def of(country: Text | None) -> Flow:
    """Return the flow as the registry of a partner country tells it; of Japan's where none is."""
    return OF_JAPAN if country is None else _of_partner(country)


def _of_partner(country: Text) -> Flow:
    """Return the flow with the partner's registry in detail: what it issues may go to Japan's."""
    changed = _changed_stations(country)
    said = _changed_steps(country)
    ways = (
        Way("issuance", "other_issuance", way.label) if _is_between(way) else way for way in WAYS
    )
    return Flow(
        {
            Side.OTHER: SIDE_NAMES[Side.OWN],
            Side.OWN: Text(f"Registry of {country.en}", f"{country.ja}の登録簿"),
        },
        tuple(replace(one, **changed.get(one.word, {})) for one in STATIONS),
        tuple(ways),
        tuple(replace(one, told=said.get(one.title.en, one.told)) for one in STEPS),
    )


def _is_between(way: Way) -> bool:
    return (way.start, way.end) == ("other_issuance", "issuance")


def _changed_stations(country: Text) -> dict[str, dict[str, Any]]:
    """Return what is otherwise at a station."""
    return {
        "other_issuance": {
            "note": Text("Share of Japan", "日本の配分"),
            "recorded": Text("Acquisition recorded", "取得を記録"),
        },
        "issuance": {
            "note": Text(f"Share of {country.en}", f"{country.ja}の配分"),
            "recorded": Text("First transfer recorded", "最初の移転を記録"),
        },
        "ndc": {
            "title": Text(
                f"Nationally determined contribution (NDC) of {country.en}",
                f"{country.ja}の国が決定する貢献（NDC）",
            )
        },
    }


def _changed_steps(country: Text) -> dict[str, Text]:
    """Return what is told otherwise, by the title of the step."""
    return {
        "Holding and transfer": Text(
            "Credits lie in a government or entity holding account. A holder has them transferred "
            "to another holding account of the same registry; this is no international transfer.",
            "クレジットは政府保有口座又は法人等保有口座に保有されます。保有者は、同じ登録簿の別の"
            "保有口座への振替を申請できます。これは国際的な移転には当たりません。",
        ),
        "Retirement": Text(
            "Moved into the retirement account, credits count towards the nationally determined "
            f"contribution (NDC) of {country.en} and never move again.",
            f"無効化口座に移されたクレジットは、{country.ja}の国が決定する貢献（NDC）に算入され、"
            "以後は移転されません。",
        ),
    }
