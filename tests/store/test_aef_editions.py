"""Questions about editions: the last of each year, those of one, and those for everyone."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.aef_editions import Version
from app.store import aef_editions
from app.store.tables import AefEdition
from tests import world
from tests.world import NOW, World


def kept(session: Session, cast: World, year: int, minor: int, **other: Any) -> AefEdition:
    """Keep an edition whose content is a word."""
    content = f"{year} {minor}".encode()
    said: dict[str, Any] = {
        "party": "JPN",
        "year": year,
        "major": 1,
        "minor": minor,
        "format": "4cma6",
        "content": content,
        "digest": hashlib.sha256(content).digest(),
        "authorizations": 1,
        "actions": 2,
        "holdings": 3,
        "entities": 0,
        "key": world.key(),
        "made_by": cast.operator,
        "made_at": NOW,
    }
    made = AefEdition(**said | other)
    session.add(made)
    session.flush()
    return made


def test_editions_are_found_by_year_version_and_key(stage: Session, cast: World) -> None:
    for year, minor in ((2024, 0), (2025, 0), (2025, 1), (2025, 10), (2025, 2)):
        kept(stage, cast, year, minor, key=f"{year}.{minor}")
    kept(stage, cast, 2025, 30, party="MNG")
    assert aef_editions.latest(stage, "JPN", 2025) == Version(1, 10)
    assert aef_editions.latest(stage, "JPN", 2023) is None
    last = aef_editions.by_version(stage, "JPN", 2025, Version(1, 10))
    assert last is not None
    former = aef_editions.before(stage, last)
    assert former is not None and former.minor == 2
    first = aef_editions.by_key(stage, cast.operator, "2024.0")
    assert first is not None and aef_editions.before(stage, first) is None
    assert aef_editions.by_key(stage, cast.approver, "2024.0") is None
    # The last that was made of each year.
    rows = aef_editions.of_party(stage, "JPN")
    assert [(row.year, row.minor) for row in rows] == [(2025, 2), (2024, 0)]


def test_lists_go_page_by_page(stage: Session, cast: World) -> None:
    made = [kept(stage, cast, 2025, minor) for minor in range(4)]
    for edition in made[::2]:
        edition.submitted_by, edition.submitted_at = cast.operator, NOW + timedelta(days=1)
        stage.flush()

    def minors(question: Any, *asked: Any, **place: Any) -> list[int]:
        return [row.minor for row in question(stage, "JPN", *asked, **place)]

    of_year = aef_editions.of_year
    assert minors(of_year, 2025) == [3, 2, 1, 0]
    assert minors(of_year, 2025, before=made[2].id, size=1) == [1]
    assert minors(of_year, 2025, after=made[1].id, size=1) == [2]
    assert minors(of_year, 2024) == []
    assert minors(aef_editions.submitted) == [2, 0]
    assert minors(aef_editions.submitted, before=made[2].id) == [0]


def test_the_database_itself_keeps_an_edition_as_it_was(stage: Session, cast: World) -> None:
    made = kept(stage, cast, 2025, 0, withheld="Contract")
    for statement in (
        "UPDATE aef_editions SET content = digest",
        "UPDATE aef_editions SET withheld = NULL",
        "UPDATE aef_editions SET minor = 7",
        "DELETE FROM aef_editions",
    ):
        with (
            pytest.raises(DBAPIError, match=r"stays as it was|never deleted"),
            stage.begin_nested(),
        ):
            stage.execute(text(statement))
    made.submitted_by, made.submitted_at = cast.operator, NOW
    stage.flush()
    with pytest.raises(DBAPIError, match="submitted once"), stage.begin_nested():
        stage.execute(text("UPDATE aef_editions SET submitted_at = NULL"))
