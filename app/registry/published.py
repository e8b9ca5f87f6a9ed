"""What app/data says of countries, scopes, methodologies, projects, and what belongs to them.

Japan's registry records all of it, that of a partner country what concerns this country. Also how
a cell of any file there is read. What a file says replaces what was recorded of it.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.countries import PartnerCountry
from app.domain.projects import Stage
from app.domain.references import Standing
from app.domain.roles import Duty
from app.domain.text import Text, searchable
from app.registry import people, projects
from app.registry.projects import ParticipantName
from app.store import tables
from app.store.tables import DataFile, PartnerIssuance, Rule, ThirdPartyEntity

DATA: Final = Path(__file__).resolve().parent.parent / "data"

Line = Mapping[str, str]

#: The country that has a registry and is no partner country of its own mechanism.
JAPAN: Final = "JP"
_JAPAN_NAME: Final = Text("Japan", "日本")

#: The files that `record` reads: those that registries share, in this order, and its own one.
SHARED: Final = (
    "partner_countries",
    "sectoral_scopes",
    "methodologies",
    "projects",
    "third_party_entities",
    "rules",
)
OWN: Final = "partner_issuances"


@cache
def country(code: str) -> Text:
    """Return the name of the country whose registry has a code; the code where it has none."""
    if code == JAPAN:
        return _JAPAN_NAME
    named = {line["alpha2"]: Text(line["name_en"], line["name_ja"]) for line in _partners()}
    return named.get(code, Text(code, code))


def record(session: Session, registry: str, *, actor: int, now: datetime) -> None:
    """Record every line that concerns a registry, or bring what is recorded up to date."""
    _countries_and_scopes(session, registry, actor)
    methodologies = _methodologies(session, registry, actor)
    for line in concerning(registry, "projects"):
        expected = line["expected_kilotonnes_per_year"]
        projects.record_project(
            session,
            line["reference"],
            partner=line["partner"],
            title_en=line["title_en"],
            title_ja=line["title_ja"] or None,
            stage=Stage(line["stage"]),
            registered_on=day_of(line["registered_on"]),
            expected_kilotonnes_per_year=float(expected) if expected else None,
            methodologies=[methodologies[name] for name in several(line["methodologies"])],
            participants=[*_participants(line)],
            actor=actor,
        )
    for line in concerning(registry, "third_party_entities"):
        record_third_party_entity(session, line, actor=actor)
    for line in concerning(registry, "rules"):
        record_rule(session, line, actor=actor)
    for line in rows(OWN, registry):
        record_partner_issuance(session, line, actor=actor)
    for name, path in files(registry).items():
        record_file(session, name, path.read_bytes(), actor=actor, now=now)


def concerning(registry: str, name: str) -> list[dict[str, str]]:
    """Return the lines of a shared file that a registry records, by the partner they name."""
    return [line for line in rows(name) if registry in {JAPAN, line["partner"]}]


def files(registry: str) -> dict[str, Path]:
    """Return where the files lie that `record` reads for a registry, as far as there are any."""
    found = {name: _path(name) for name in SHARED} | {OWN: _path(OWN, registry)}
    return {name: path for name, path in found.items() if path.exists()}


def record_third_party_entity(session: Session, line: Line, *, actor: int) -> None:
    """Record who may validate and verify for a partner country, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    country = session.get_one(tables.PartnerCountry, line["partner"])
    session.merge(
        ThirdPartyEntity(
            reference=line["reference"],
            partner=country.alpha2,
            name=line["name"],
            standing=Standing(line["standing"]),
            valid_until=day_of(line["valid_until"]),
            source=line["source"],
            search_text=searchable(
                line["reference"], line["name"], country.name_en, country.name_ja
            ),
        )
    )
    session.flush()


def record_rule(session: Session, line: Line, *, actor: int) -> None:
    """Record a rule or form of a partner country by name, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    query = select(Rule).where(Rule.partner == line["partner"], Rule.code == line["code"])
    rule = session.scalars(query).one_or_none() or Rule(partner=line["partner"], code=line["code"])
    rule.title_en = line["title_en"]
    rule.title_ja = line["title_ja"]
    rule.version = line["version"] or None
    rule.adopted_on = day_of(line["adopted_on"])
    rule.source = line["source"]
    session.add(rule)
    session.flush()


def record_partner_issuance(session: Session, line: Line, *, actor: int) -> None:
    """Record what a decision gave the other side, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    session.merge(
        PartnerIssuance(
            decision=line["decision"],
            notified=int(line["notified"]),
            notified_is_derived=yes(line["notified_is_derived"]),
            issued_on=day_of(line["issued_on"]),
            issued=whole(line["issued"]),
            source=line["source"],
        )
    )
    session.flush()


def record_file(session: Session, name: str, content: bytes, *, actor: int, now: datetime) -> None:
    """Note that a file was read; what it held before keeps the time at which that was new."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    digest = hashlib.sha256(content).digest()
    known = session.get(DataFile, name)
    if known is None or known.digest != digest:
        session.merge(DataFile(name=name, digest=digest, changed_at=now))
        session.flush()


def _countries_and_scopes(session: Session, registry: str, actor: int) -> None:
    for line in _partners():
        if registry not in {JAPAN, line["alpha2"]}:
            continue
        country = PartnerCountry(
            line["alpha2"],
            line["alpha3"],
            Text(line["name_en"], line["name_ja"]),
            date.fromisoformat(line["bilateral_document_on"]),
            date_is_certain=yes(line["date_is_certain"]),
            note=Text(line["note_en"], line["note_ja"]) if line["note_en"] else None,
        )
        projects.record_country(session, country, actor=actor)
    for line in rows("sectoral_scopes"):
        projects.record_scope(
            session, int(line["number"]), line["name_en"], line["name_ja"], actor=actor
        )


def _partners() -> list[dict[str, str]]:
    return rows("partner_countries")


def _methodologies(session: Session, registry: str, actor: int) -> dict[str, tables.Methodology]:
    """Record every version and return it by the name that projects call it by."""
    return {
        f"{line['reference']} Ver{line['version']}": projects.record_methodology(
            session,
            line["reference"],
            line["version"],
            partner=line["partner"],
            title_en=line["title_en"] or None,
            title_ja=line["title_ja"] or None,
            sectoral_scope=whole(line["sectoral_scope"]),
            approved_on=day_of(line["approved_on"]),
            proponent=line["proponent"] or None,
            title_is_official=line["title_is_official"] == "yes",
            actor=actor,
        )
        for line in concerning(registry, "methodologies")
    }


def _participants(line: Line) -> Iterator[ParticipantName]:
    focal_points = several(line["focal_points"])
    for side, is_japanese in (("japanese_participants", True), ("host_participants", False)):
        for name in several(line[side]):
            yield ParticipantName(
                name, is_japanese=is_japanese, is_focal_point=name in focal_points
            )


def rows(name: str, registry: str = "") -> list[dict[str, str]]:
    """Return the lines of a file that registries share, or of a registry's own; none without it."""
    path = _path(name, registry)
    if registry and not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _path(name: str, registry: str = "") -> Path:
    folder = DATA / "registries" / registry.lower() if registry else DATA
    return folder / f"{name}.csv"


def day_of(cell: str) -> date | None:
    """Read a day; empty when not public."""
    return date.fromisoformat(cell) if cell else None


def whole(cell: str) -> int | None:
    """Read a whole number; empty when not public."""
    return int(cell) if cell else None


def several(cell: str) -> list[str]:
    """Read names separated by semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def yes(cell: str) -> bool:
    """Read "yes" or "no"."""
    assert cell in {"yes", "no"}, cell
    return cell == "yes"


def shares(line: Line, registry: str) -> list[tuple[str, int]]:
    """Return the holders a line of issuances.csv allots tonnes to, the government first."""
    government = [f"{_government(registry)}={line['government']}"] if line["government"] else []
    divided = [share.split("=") for share in government + several(line["participants"])]
    return [(holder, int(tonnes)) for holder, tonnes in divided]


@cache
def _government(registry: str) -> str:
    """Return the holder to which the government's share of an issuance goes."""
    found = (one for one in rows("holders", registry) if one["kind"] == "government")
    return next(found)["reference"]
