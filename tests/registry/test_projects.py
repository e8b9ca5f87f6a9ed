"""Countries, methodologies and projects are recorded as published, and brought up to date."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.countries import PartnerCountry
from app.domain.errors import NotEntitled
from app.domain.projects import Stage
from app.domain.text import Text
from app.registry import projects
from app.registry.projects import ParticipantName
from app.store import projects as questions
from app.store.tables import Base, Methodology, Participant, Project, SectoralScope
from app.store.tables import PartnerCountry as Country
from tests.stages import refused
from tests.world import PARTNER, World

MONGOLIA = PartnerCountry(PARTNER, "MNG", Text("Mongolia", "モンゴル"), date(2013, 1, 8))


def count(session: Session, table: type[Base]) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def record(session: Session, cast: World, title: str, *names: ParticipantName) -> Project:
    methodology = projects.record_methodology(
        session, "MN_AM001", "1.0", partner=PARTNER, actor=cast.operator
    )
    return projects.record_project(
        session,
        "MN001",
        partner=PARTNER,
        title_en=title,
        title_ja="高効率熱供給ボイラ",
        stage=Stage.REGISTERED,
        registered_on=date(2015, 6, 30),
        methodologies=[methodology],
        participants=names,
        actor=cast.operator,
    )


def test_a_country_and_a_scope_are_brought_up_to_date(stage: Session, cast: World) -> None:
    before = count(stage, Country)
    projects.record_country(stage, MONGOLIA, actor=cast.operator)
    assert count(stage, Country) == before
    assert stage.get_one(Country, PARTNER).name_ja == "モンゴル"
    uncertain = replace(MONGOLIA, date_is_certain=False, note=Text("Or a day later.", "翌日とも。"))
    for country, note in ((uncertain, "翌日とも。"), (MONGOLIA, None)):
        projects.record_country(stage, country, actor=cast.operator)
        found = stage.get_one(Country, PARTNER)
        assert (found.date_is_certain, found.note_ja) == (note is None, note)
    for name in ("Energy", "Energy industries"):
        projects.record_scope(stage, 1, name, "エネルギー産業", actor=cast.operator)
    assert count(stage, SectoralScope) == 1
    assert stage.get_one(SectoralScope, 1).name_en == "Energy industries"


def test_each_version_of_a_methodology_is_one(stage: Session, cast: World) -> None:
    for version in ("1.0", "2.0", "1.0"):
        title = f"Boilers {version}"
        projects.record_methodology(
            stage, "MN_AM001", version, partner=PARTNER, title_en=title, actor=cast.operator
        )
    found = stage.scalars(select(Methodology).order_by(Methodology.version)).all()
    assert [(one.version, one.title_en) for one in found] == [
        ("1.0", "Boilers 1.0"),
        ("2.0", "Boilers 2.0"),
    ]


def test_a_project_recorded_again_is_brought_up_to_date(stage: Session, cast: World) -> None:
    first = ParticipantName("Aoba Energy", is_japanese=True, is_focal_point=True)
    second = ParticipantName("Ulaanbaatar Heat", is_japanese=False)
    record(stage, cast, "Boilers", first, second)
    project = record(stage, cast, "High-efficiency boilers", second)
    assert project.title_en == "High-efficiency boilers"
    assert [(one.position, one.name) for one in project.participants] == [(1, "Ulaanbaatar Heat")]
    assert count(stage, Participant) == 1
    assert [one.reference for one in project.methodologies] == ["MN_AM001"]


def test_a_project_is_found_by_every_name_it_bears(stage: Session, cast: World) -> None:
    projects.record_country(stage, MONGOLIA, actor=cast.operator)
    found = record(stage, cast, "Boilers", ParticipantName("青葉エネルギー", is_japanese=True))
    for typed in ("mn001", "boilers", "ボイラ", "モンゴル", "mongolia", "青葉", "ＢＯＩＬＥＲＳ"):
        assert questions.with_words(stage.connection(), typed) == (found.id,), typed


@pytest.mark.parametrize("who", ["approver", "auditor", "system_administrator", "aoba_proposer"])
def test_only_an_operator_records_what_is_published(stage: Session, cast: World, who: str) -> None:
    actor = getattr(cast, who)
    with refused(stage, NotEntitled):
        projects.record_country(stage, MONGOLIA, actor=actor)
    with refused(stage, NotEntitled):
        projects.record_scope(stage, 1, "Energy", "エネルギー", actor=actor)
    with refused(stage, NotEntitled):
        projects.record_methodology(stage, "MN_AM001", "1.0", partner=PARTNER, actor=actor)
    with refused(stage, NotEntitled):
        projects.record_project(
            stage, "MN001", partner=PARTNER, title_en="T", stage=Stage.REGISTERED, actor=actor
        )
