"""Questions about projects."""

import pytest
from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.domain.projects import Stage
from app.registry import projects as verbs
from app.registry.projects import ParticipantName
from app.store import projects
from tests import world
from tests.world import World


@pytest.fixture
def cast(session: Session) -> World:
    made = world.build(session)
    verbs.record_project(
        session,
        "TH001",
        partner=world.PARTNER,
        title_en="100% Solar_Power at a Factory",
        title_ja="工場における太陽光発電",
        stage=Stage.VALIDATION,
        actor=made.operator,
    )
    session.flush()
    return made


def references(session: Session, **asked: object) -> list[str]:
    search = projects.Search(**asked)  # type: ignore[arg-type]  # each test names real fields
    return [row.reference for row in projects.find(session, search)]


@pytest.mark.parametrize(
    "typed", ["太陽", "工場 太陽", "ｓｏｌａｒ＿ｐｏｗｅｒ", "100% solar", "FACTORY th001"]
)
def test_every_word_must_occur_in_whatever_width(session: Session, cast: World, typed: str) -> None:
    assert references(session, words=typed) == ["TH001"]
    assert len(projects.with_words(session.connection(), typed)) == 1


@pytest.mark.parametrize("typed", ["太陽 風力", "solarXpower", "%%", "\\", "100_ solar"])
def test_signs_of_the_query_language_stand_for_themselves(
    session: Session, cast: World, typed: str
) -> None:
    assert references(session, words=typed) == []


def test_a_list_is_filtered_and_ordered_by_reference(session: Session, cast: World) -> None:
    assert references(session) == ["MN003", "TH001", "VN004"]
    assert references(session, stage=Stage.VALIDATION) == ["TH001"]
    assert references(session, partner=world.ITMO_PARTNER) == ["VN004"]
    assert projects.count(session, projects.Search(partner=world.PARTNER)) == 2


def test_a_list_pages_both_ways(session: Session, cast: World) -> None:
    everything = projects.Search()
    first = projects.find(session, everything, size=2)
    assert [row.reference for row in first] == ["MN003", "TH001"]
    rest = projects.find(session, everything, after="TH001", size=2)
    assert [row.reference for row in rest] == ["VN004"]
    back = projects.find(session, everything, before="VN004", size=2)
    assert [row.reference for row in back] == ["MN003", "TH001"]


def test_a_list_says_how_much_was_issued_and_what_became_of_it(
    session: Session, cast: World
) -> None:
    world.issued(session, cast, quantity=1_000)
    world.moved(session, cast, Kind.VOLUNTARY_CANCELLATION, quantity=30)
    tonnes = {row.reference: row.tonnes for row in projects.find(session, projects.Search())}
    assert tonnes == {"MN003": 1_000, "TH001": 0, "VN004": 0}
    (row,) = projects.find(session, projects.Search(words="mn003"))
    assert (row.held, row.retired, row.cancelled) == (970, 0, 30)


def test_all_projects_come_with_what_belongs_to_them(
    session: Session, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "_CHUNK", 2)
    verbs.record_project(
        session,
        "TH001",
        partner=world.PARTNER,
        title_en="A Factory",
        stage=Stage.VALIDATION,
        participants=[
            ParticipantName("Aoba", is_japanese=True, is_focal_point=True),
            ParticipantName("Factory", is_japanese=False),
        ],
        methodologies=[
            verbs.record_methodology(
                session, "TH_AM001", "1.0", partner=world.PARTNER, actor=cast.operator
            )
        ],
        actor=cast.operator,
    )
    found = {row.reference: details for row, details in projects.stream(session, projects.Search())}
    assert list(found) == ["MN003", "TH001", "VN004"]
    assert [one.name for one in found["TH001"].participants] == ["Aoba", "Factory"]
    assert [one.version for one in found["TH001"].methodologies] == ["1.0"]
    assert not found["VN004"].participants


def test_a_reference_and_an_identifier_find_each_other(session: Session, cast: World) -> None:
    connection = session.connection()
    identifier = projects.identifier(connection, "MN003")
    assert identifier is not None
    assert projects.reference(connection, identifier) == "MN003"
    assert projects.identifier(connection, "XX999") is None
    assert projects.by_reference(session, "XX999") is None
    found = projects.by_reference(session, "MN003")
    assert found is not None and found.id == identifier
