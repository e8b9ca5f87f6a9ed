"""What is exported for CAD Trust is valid, whole, refers to itself, and tells nothing private."""

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import cad_trust as rules
from app.domain.cad_trust import TABLES, Form
from app.domain.ledger import Kind
from app.store import cad_trust
from app.store.cad_trust import Exporter
from app.store.tables import Methodology, Project
from tests import article6, world
from tests.article6 import HOST
from tests.world import ITMO_PARTNER, ITMO_PROJECT, World

EXPORTER = Exporter("JP", "JCM Registry of Japan", "https://registry.example")


def exported(session: Session) -> dict[str, list[dict[str, Any]]]:
    return {table.name: list(cad_trust.records(session, table.name, EXPORTER)) for table in TABLES}


def use_methodology(session: Session) -> None:
    """Let the project of the ITMOs use a methodology."""
    query = select(Project).where(Project.reference == ITMO_PROJECT)
    project = session.scalars(query).one()
    project.methodologies.append(
        Methodology(
            reference="VN_AM001",
            version="1.0",
            partner=ITMO_PARTNER,
            title_en="Solar power",
            sectoral_scope=None,
            search_text="",
        )
    )
    session.flush()


def test_every_record_is_valid_and_what_it_refers_to_is_there(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    use_methodology(stage)
    issuance = article6.issued(stage, cast, approach, quantity=300)
    world.issued(stage, cast, quantity=100)
    found = exported(stage)
    keys: set[str] = set()
    lacking: Counter[str] = Counter()
    for table in TABLES:
        for record in found[table.name]:
            assert list(record) == list(table.columns)
            assert list(rules.problems(table, record)) == []
            lacking.update(rules.missing(table, record))
            own, *others = (record[field.name] for field in table.fields if field.form is Form.KEY)
            assert {one for one in others if one} <= keys, record
            keys.add(own)
    assert {name for name, records in found.items() if records} == set(rules.FILLED)
    # Who verified is not recorded here, and the list has no word for that.
    assert lacking["verificationBody"] == len(found["verification"])
    assert not [name for name in lacking if name.startswith(("unit", "program", "location"))]
    itmos, plain = sorted(found["unit"], key=lambda one: not one["unitItmosReferenceId"])
    assert itmos["unitItmosReferenceId"] == (
        f"CA0004-JPN01-{HOST}-{issuance.first}-{issuance.last}-2022"
    )
    assert (itmos["unitCount"], itmos["unitStatus"]) == (300, "Held")
    assert plain["unitItmosReferenceId"] is None
    assert plain["unitVintageYear"] < 2021


def test_units_follow_the_ledger_and_nobody_is_named(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    world.moved(stage, cast, Kind.RETIREMENT, quantity=40)
    found = exported(stage)
    assert [(one["unitStatus"], one["unitCount"]) for one in found["unit"]] == [
        ("Retired", 40),
        ("Held", 60),
    ]
    assert len({one["cadTrustIssuanceId"] for one in found["unit"]}) == 1
    said = repr(found)
    for private in (cast.aoba, "Aoba", "Kaede"):
        assert private not in said
