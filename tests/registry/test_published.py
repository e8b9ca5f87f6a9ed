"""Partner countries, sectoral scopes, methodologies and projects as app/data gives them."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.projects import REFERENCE, Stage
from app.domain.roles import Role
from app.registry import people, published
from app.registry.published import rows, several, yes
from app.store.tables import Methodology, PartnerCountry, Project, SectoralScope

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_every_line_is_recorded_once_however_often_it_is_read(session: Session) -> None:
    operator = people.create(
        session, "o", name_en="O", name_ja="O", role=Role.OPERATOR, actor=None, now=NOW
    ).id
    for _ in range(2):
        published.record(session, actor=operator)
        session.expire_all()
    for table, number in ((PartnerCountry, 31), (SectoralScope, 15), (Methodology, 99)):
        assert len(session.scalars(select(table)).all()) == number
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
