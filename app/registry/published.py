"""What app/data says of partner countries, sectoral scopes, methodologies and projects.

Also how a cell of any file there is read.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.domain.countries import PartnerCountry
from app.domain.projects import Stage
from app.domain.text import Text
from app.registry import projects
from app.registry.projects import ParticipantName

DATA: Final = Path(__file__).resolve().parent.parent / "data"

Line = Mapping[str, str]


def record(session: Session, *, actor: int) -> None:
    """Record every line of these files, or bring what is recorded up to date."""
    for line in rows("partner_countries"):
        country = PartnerCountry(
            line["alpha2"],
            line["alpha3"],
            Text(line["name_en"], line["name_ja"]),
            date.fromisoformat(line["bilateral_document_on"]),
        )
        projects.record_country(session, country, actor=actor)
    for line in rows("sectoral_scopes"):
        projects.record_scope(
            session, int(line["number"]), line["name_en"], line["name_ja"], actor=actor
        )
    methodologies = {
        f"{line['reference']} Ver{line['version']}": projects.record_methodology(
            session,
            line["reference"],
            line["version"],
            partner=line["partner"],
            title_en=line["title_en"] or None,
            title_ja=line["title_ja"] or None,
            sectoral_scope=whole(line["sectoral_scope"]),
            approved_on=day_of(line["approved_on"]),
            actor=actor,
        )
        for line in rows("methodologies")
    }
    for line in rows("projects"):
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


def _participants(line: Line) -> Iterator[ParticipantName]:
    focal_points = several(line["focal_points"])
    for side, is_japanese in (("japanese_participants", True), ("host_participants", False)):
        for name in several(line[side]):
            yield ParticipantName(
                name, is_japanese=is_japanese, is_focal_point=name in focal_points
            )


def rows(name: str) -> list[dict[str, str]]:
    """Return the lines of a file in app/data."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
