"""The tables of the CAD Trust data model, and what fits into them."""

from datetime import date
from typing import Any

from app.domain import cad_trust
from app.domain.cad_trust import FILLED, TABLES, Form, find, key, missing, problems

ORDER = """program methodology stakeholder label project project_methodology validation verification
location estimation rating co_benefit issuance unit unit_label"""
UNIT: dict[str, Any] = {
    "cadTrustUnitId": key("JP", "unit", "JP-MN-MN003-2022-1-100"),
    "unitSerialId": "JP-MN-MN003-2022-1-100",
    "unitStartBlock": "1",
    "unitEndBlock": "100",
    "unitCount": 100,
    "unitType": "Reduction - technical",
    "unitVintageYear": 2022,
    "unitStatus": "Held",
    "unitStatusReason": "Entity holding account",
    "unitStatusDate": date(2025, 1, 1),
    "unitMetric": "tCO2e",
    "cadTrustIssuanceId": key("JP", "issuance", "JP0000000001"),
}


def test_tables_stand_in_the_order_of_insertion_and_refer_only_backwards() -> None:
    assert [table.name for table in TABLES] == ORDER.split()
    known: set[str] = set()
    for table in TABLES:
        own, *others = (field for field in table.fields if field.form is Form.KEY)
        assert table.fields[0] is own
        # The model itself puts stakeholders before the projects that they name.
        if table.name != "stakeholder":
            assert {field.name for field in others} <= known, table.name
        known.add(own.name)
    assert set(FILLED) < {table.name for table in TABLES}
    assert cad_trust.find("nothing") is None


def test_fields_are_written_as_the_model_asks() -> None:
    forms = {field.name: field.form for table in TABLES for field in table.fields}
    assert forms["projectSector"] is forms["projectType"] is Form.TEXTS
    assert forms["projectLink"] is forms["unitLink"] is Form.LINK
    assert forms["unitStatusDate"] is forms["validationCreditPeriodEndDate"] is Form.DAY
    assert forms["unitVintageYear"] is Form.NUMBER
    assert forms["unitItmosReferenceId"] is forms["projectId"] is Form.TEXT


def test_a_record_is_held_against_its_table() -> None:
    table = find("unit")
    assert table is not None
    assert list(problems(table, UNIT)) == []
    assert missing(table, UNIT) == []
    wrong: list[tuple[str, Any]] = [
        ("unitStatus", "Active"),
        ("unitType", "Reduction"),
        ("unitVintageYear", "2022"),
        ("unitStatusDate", "2025-01-01"),
        ("unitLink", "example.org"),
        ("unitOwner", "Aoba"),
    ]
    for name, value in wrong:
        (told,) = problems(table, UNIT | {name: value})
        assert told.startswith(f"unit.{name}"), told
    assert missing(table, UNIT | {"unitStatusDate": None}) == ["unitStatusDate"]
    projects = find("project")
    assert projects is not None
    for sectors in ("Agriculture", [], ["Energy"]):
        assert list(problems(projects, {"projectSector": sectors}))


def test_keys_are_the_same_in_every_export_and_differ_between_registries() -> None:
    assert key("JP", "unit", "1") == key("JP", "unit", "1")
    assert len({key("JP", "unit", "1"), key("MN", "unit", "1"), key("JP", "issuance", "1")}) == 3
