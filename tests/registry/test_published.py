"""Partner countries, sectoral scopes, methodologies and projects as app/data gives them."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotEntitled
from app.domain.projects import REFERENCE, Stage
from app.domain.references import Standing
from app.domain.roles import Role
from app.registry import people, published
from app.registry.published import rows, several, yes
from app.store.tables import (
    DataFile,
    Methodology,
    PartnerCountry,
    PartnerIssuance,
    Project,
    Rule,
    SectoralScope,
    ThirdPartyEntity,
)
from tests.stages import refused
from tests.world import World

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_every_line_is_recorded_once_however_often_it_is_read(session: Session) -> None:
    operator = people.create(
        session, "o", name_en="O", name_ja="O", role=Role.OPERATOR, actor=None, now=NOW
    ).id
    for _ in range(2):
        published.record(session, "JP", actor=operator, now=NOW)
        session.expire_all()
    for table, number in (
        (PartnerCountry, 31),
        (SectoralScope, 15),
        (Methodology, 99),
        (ThirdPartyEntity, 28),
        (Rule, 29),
        (PartnerIssuance, 13),
        (DataFile, len(published.files("JP"))),
    ):
        assert len(session.scalars(select(table)).all()) == number, table
    found = session.scalars(select(Project)).all()
    assert Counter(project.stage for project in found) == {
        Stage.REGISTERED: 94,
        Stage.VALIDATION: 49,
        Stage.WITHDRAWN: 4,
    }
    solar = next(project for project in found if project.reference == "MN003")
    assert [(one.name, one.is_japanese) for one in solar.participants] == [
        ("FARMDO CORPORATION", True),
        ("Bridge LLC", False),
        ("Everyday Farm LLC", False),
    ]
    assert [one.reference for one in solar.methodologies] == ["MN_AM003"]
    chiller = next(project for project in found if project.reference == "BD001")
    assert [one.is_focal_point for one in chiller.participants] == [True, False, True]


def test_the_projects_of_each_partner_country_are_all_there() -> None:
    assert Counter(line["partner"] for line in rows("projects")) == {
        **dict.fromkeys(("CR", "KE", "MM", "MV"), 2),
        **dict.fromkeys(("KH", "LA", "PW"), 5),
    } | {"ID": 40, "TH": 34, "VN": 20, "PH": 10, "CL": 8, "MN": 7, "BD": 4, "SA": 1}


def test_names_of_participants_bear_no_marks_and_focal_points_are_participants() -> None:
    for line in rows("projects"):
        names = several(line["japanese_participants"]) + several(line["host_participants"])
        assert names, line["reference"]
        assert set(several(line["focal_points"])) <= set(names), line["reference"]
        for name in names:
            assert not re.search(r"Focal|formerly|N/A|^\(?\d|\.\.$|[,;]$", name), name
            assert name.count("(") == name.count(")"), name


def test_references_are_well_formed_and_registered_projects_have_their_day() -> None:
    for line in rows("projects"):
        assert REFERENCE.fullmatch(line["reference"])
        assert line["reference"].startswith(line["partner"])
        assert (line["stage"] == "registered") == bool(line["registered_on"]), line["reference"]


def test_a_cell_that_says_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(AssertionError):
        yes("perhaps")


ENTITY = {
    "reference": "TPE-MN-099",
    "partner": "MN",
    "name": "Examiners (Asia)",
    "standing": "designated",
    "valid_until": "2027-03-31",
    "source": "nowhere",
}
RULE = {
    "partner": "MN",
    "code": "PDD",
    "title_en": "Project Design Document",
    "title_ja": "事業設計書",
    "version": "05.0",
    "adopted_on": "",
    "source": "nowhere",
}
ISSUANCE = {
    "decision": "MN003-9",
    "notified": "20",
    "notified_is_derived": "no",
    "issued_on": "",
    "issued": "",
    "source": "nowhere",
}


def test_what_belongs_to_a_country_is_recorded_and_brought_up_to_date(
    stage: Session, cast: World
) -> None:
    for standing in Standing:
        line = ENTITY | {"standing": standing.value}
        published.record_third_party_entity(stage, line, actor=cast.operator)
        assert stage.get_one(ThirdPartyEntity, "TPE-MN-099").standing is standing
    assert stage.get_one(ThirdPartyEntity, "TPE-MN-099").valid_until == date(2027, 3, 31)
    for version in ("05.0", "06.0"):
        published.record_rule(stage, RULE | {"version": version}, actor=cast.operator)
    rule = stage.scalars(select(Rule)).one()
    assert (rule.version, rule.adopted_on) == ("06.0", None)
    for issued, number in (("", None), ("20", 20)):
        published.record_partner_issuance(stage, ISSUANCE | {"issued": issued}, actor=cast.operator)
        assert stage.get_one(PartnerIssuance, "MN003-9").issued == number


def test_only_an_operator_records_what_belongs_to_a_country(stage: Session, cast: World) -> None:
    for actor in (cast.approver, cast.auditor, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            published.record_third_party_entity(stage, ENTITY, actor=actor)
        with refused(stage, NotEntitled):
            published.record_rule(stage, RULE, actor=actor)
        with refused(stage, NotEntitled):
            published.record_partner_issuance(stage, ISSUANCE, actor=actor)
        with refused(stage, NotEntitled):
            published.record_file(stage, "rules", b"a", actor=actor, now=NOW)


def test_a_file_keeps_the_time_at_which_its_content_was_new(stage: Session, cast: World) -> None:
    for content, hours in ((b"a", 0), (b"a", 1), (b"b", 2), (b"b", 3)):
        at = NOW + timedelta(hours=hours)
        published.record_file(stage, "rules", content, actor=cast.operator, now=at)
        changed = stage.get_one(DataFile, "rules").changed_at
        assert changed == NOW + timedelta(hours=hours // 2 * 2)


def test_both_sides_of_a_decision_add_up_to_its_total() -> None:
    decided = {line["reference"]: line for line in rows("issuances", "JP")}
    lines = {line["decision"]: line for line in rows("partner_issuances", "JP")}
    for reference, line in lines.items():
        known = decided[reference]
        assert int(line["notified"]) + int(known["quantity"]) == int(known["total"]), reference
        assert yes(known["is_complete"])
    of_mongolia = [
        int(line["notified"]) for name, line in lines.items() if name < "MN~" and name > "MN"
    ]
    assert sum(of_mongolia) == 25_869


def test_an_uncertain_date_has_its_note_in_both_languages() -> None:
    lines = rows("partner_countries")
    assert {line["alpha2"] for line in lines if not yes(line["date_is_certain"])} == {"MX", "AE"}
    for line in lines:
        assert bool(line["note_en"]) == bool(line["note_ja"]), line["alpha2"]
        assert yes(line["date_is_certain"]) or line["note_en"]


def test_rules_and_third_party_entities_name_their_source_and_nothing_is_said_twice() -> None:
    entities, rules = rows("third_party_entities"), rows("rules")
    assert all(line["source"] for line in entities + rules)
    assert all(re.fullmatch(rf"TPE-{one['partner']}-\d{{3}}", one["reference"]) for one in entities)
    assert Counter(line["partner"] for line in entities) == {"MN": 10, "ET": 9, "VN": 8, "ID": 1}
    assert sum(line["standing"] == "withdrawn" for line in entities) == 8
    assert len({(line["partner"], line["code"]) for line in rules}) == len(rules)
    versions = {line["code"]: line["version"] for line in rules if line["partner"] == "MN"}
    assert (versions["PIN"], versions["PDD"], versions["TPE"]) == ("06.0", "05.0", "06.0")
