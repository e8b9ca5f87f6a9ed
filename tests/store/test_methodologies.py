"""Questions about methodologies."""

import pytest
from sqlalchemy.orm import Session

from app.domain.projects import Stage
from app.registry import projects
from app.store import methodologies
from app.store import projects as project_questions
from app.store.methodologies import Search
from tests.world import World


@pytest.fixture
def cast(stage: Session, cast: World) -> World:
    """Two methodologies, one of them with three versions; two projects use the first."""
    actor = cast.operator
    projects.record_scope(stage, 1, "Energy industries", "エネルギー産業", actor=actor)
    for version, scope in (("10.0", None), ("2.0", 1), ("1.0", None)):
        projects.record_methodology(
            stage,
            "MN_AM001",
            version,
            partner="MN",
            title_en="Solar_Power",
            title_ja="太陽光発電",
            sectoral_scope=scope,
            proponent="Aoba Energy",
            actor=actor,
        )
    projects.record_methodology(stage, "VN_AM001", "1.0", partner="VN", actor=actor)
    versions = {row.version: row for row in methodologies.stream(stage, Search(partner="MN"))}
    for reference, used in (("MN010", ("2.0", "10.0")), ("MN011", ("2.0",))):
        projects.record_project(
            stage,
            reference,
            partner="MN",
            title_en="Sun",
            stage=Stage.VALIDATION,
            methodologies=[
                projects.record_methodology(
                    stage,
                    "MN_AM001",
                    one,
                    partner="MN",
                    sectoral_scope=versions[one].sectoral_scope,
                    title_ja="太陽光発電",
                    title_en="Solar_Power",
                    actor=actor,
                )
                for one in used
            ],
            actor=actor,
        )
    return cast


def test_a_methodology_comes_with_its_versions_as_numbers(stage: Session, cast: World) -> None:
    first, second = methodologies.find(stage, Search())
    assert (first.reference, second.reference) == ("MN_AM001", "VN_AM001")
    assert [row.version for row in first.versions] == ["1.0", "2.0", "10.0"]
    assert first.newest.version == "10.0"
    assert [row.projects for row in first.versions] == [0, 2, 1]
    assert (first.projects, second.projects) == (2, 0)
    assert methodologies.by_reference(stage, "MN_AM001") == first
    assert methodologies.by_reference(stage, "XX_AM001") is None


def test_methodologies_are_found_with_all_their_versions(stage: Session, cast: World) -> None:
    for search, versions in (
        (Search(), 4),
        (Search(words="太陽"), 3),
        (Search(words="solar_"), 3),
        (Search(words="solarX"), 0),
        (Search(words="エネルギー産業"), 3),
        (Search(scope=1), 3),
        (Search(partner="VN"), 1),
        (Search(partner="VN", scope=1), 0),
    ):
        assert len(list(methodologies.stream(stage, search))) == versions, search
        assert methodologies.count(stage, search) == len(
            {row.reference for row in methodologies.stream(stage, search)}
        )
    assert methodologies.with_scope(stage) == (1, 2)
    assert methodologies.references(stage) == ["MN_AM001", "VN_AM001"]
    assert methodologies.scopes(stage)[1].ja == "エネルギー産業"


def test_pages_of_methodologies_turn_both_ways(stage: Session, cast: World) -> None:
    def found(after: str | None = None, before: str | None = None) -> list[str]:
        rows = methodologies.find(stage, Search(), size=1, after=after, before=before)
        return [one.reference for one in rows]

    assert found() == ["MN_AM001"]
    assert found(after="MN_AM001") == ["VN_AM001"]
    assert found(before="VN_AM001") == ["MN_AM001"]


def test_projects_are_found_by_what_they_use(stage: Session, cast: World) -> None:
    rows = methodologies.projects_of(stage, "MN_AM001", size=10)
    assert [(row.reference, row.version) for row in rows] == [
        ("MN010", "10.0"),
        ("MN010", "2.0"),
        ("MN011", "2.0"),
    ]
    for search, found in (
        (project_questions.Search(methodology="MN_AM001"), 2),
        (project_questions.Search(scope=1), 2),
        (project_questions.Search(methodology="VN_AM001"), 0),
        (project_questions.Search(methodology="VN_AM001", scope=1), 0),
        (project_questions.Search(scope=2), 0),
    ):
        assert project_questions.count(stage, search) == found, search
