"""Annual information: frozen as shown, once, without errors; and submitted as it was frozen."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import aef_editions as rules
from app.domain.aef_checks import Finding
from app.domain.aef_editions import FIRST, Row, Version
from app.domain.aef_formats import CURRENT, Word
from app.domain.article6_errors import (
    DatePassed,
    EditionDamaged,
    EditionSuperseded,
    PreCheckFailed,
    SubmissionTooEarly,
    YearNotOver,
)
from app.domain.disclosure_errors import TablesChanged
from app.domain.errors import AlreadyDone, KeyUsedOtherwise, NotEntitled, NotFound
from app.domain.nomenclature import ActionType
from app.registry import aef_editions as verbs
from app.registry.aef_editions import Reporting
from app.store import aef_editions
from app.store.tables import AefEdition, AuthorizationVersion, Issuance, LogEntry
from tests import article6, world
from tests.stages import refused
from tests.store.test_aef_editions import kept
from tests.world import NOW, World

TOLD: Final = Reporting("JPN", (2021, 2030), ZoneInfo("Asia/Tokyo"))
YEAR: Final = NOW.year
#: When the year is over, and the day then.
LATER: Final = datetime(YEAR + 1, 3, 1, 3, tzinfo=UTC)
TODAY: Final = date(YEAR + 1, 3, 1)


def acquired(
    session: Session, cast: World, **elements: Any
) -> tuple[Issuance, AuthorizationVersion]:
    """Issue ITMOs and record that they were acquired, as a partner's are at their issuance."""
    approach = article6.approach(session)
    version = article6.authorization(session, cast, approach, **elements)
    units = article6.issued(session, cast, approach, quantity=1_000)
    article6.action(session, units, version, ActionType.ACQUISITION, counterparty=article6.HOST)
    return units, version


def seen(session: Session, year: int = YEAR, day: date = TODAY) -> str:
    found = verbs.read(session, TOLD, year, day)
    return verbs.digest(found, found.lines()).hex()


def freeze(session: Session, actor: int, **other: Any) -> Version:
    year = other.pop("year", YEAR)
    asked: dict[str, Any] = {"submitted_on": TODAY, "key": world.key(), "now": LATER} | other
    asked.setdefault("seen", seen(session, year, asked["submitted_on"]))
    return verbs.freeze(session, TOLD, year, actor=actor, **asked)


def submit(session: Session, actor: int, version: Version = FIRST, **other: Any) -> None:
    asked = {"year": YEAR, "now": LATER} | other
    verbs.submit(session, TOLD, asked["year"], version, actor=actor, now=asked["now"])


def one(session: Session, version: Version = FIRST) -> AefEdition:
    found = aef_editions.by_version(session, "JPN", YEAR, version)
    assert found is not None
    return found


def rows(edition: AefEdition, word: Word) -> Sequence[Row]:
    return [row for table, row in rules.lines(edition.content) if table is word]


def test_an_edition_keeps_the_tables_of_its_year(stage: Session, cast: World) -> None:
    units, _version = acquired(stage, cast)
    assert freeze(stage, cast.operator) == FIRST
    found = one(stage)
    (submission,) = rows(found, Word.SUBMISSION)
    assert list(submission[:4]) == ["JPN", "1.0", YEAR, f"{TODAY:%d/%m/%Y}"]
    counts = (found.authorizations, found.actions, found.holdings, found.entities)
    assert counts == (1, 1, 1, 0)
    (action,) = rows(found, Word.ACTIONS)
    table = CURRENT.table(Word.ACTIONS)
    said = {field.name: cell for field, cell in zip(table.fields, action, strict=True)}
    assert (said["ActionType"], said["FirstID"]) == ("Acquisition", units.first)
    assert (said["QuantityCO2"], said["TransferringPartyID"]) == (1_000, article6.HOST)
    assert rules.is_whole(found.content, found.digest)
    assert found.withheld is None
    entry = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.operation, entry.subject) == ("freeze AEF edition", f"JPN {YEAR} 1.0")
    # What follows is another version, whatever the ledger says by then.
    assert freeze(stage, cast.approver) == Version(1, 1)
    assert list(rows(one(stage, Version(1, 1)), Word.SUBMISSION)[0][:2]) == ["JPN", "1.1"]


def test_the_same_form_sent_twice_freezes_one_edition(stage: Session, cast: World) -> None:
    acquired(stage, cast)
    assert freeze(stage, cast.operator, key="once") == FIRST
    assert freeze(stage, cast.operator, key="once", seen="of another moment") == FIRST
    with refused(stage, KeyUsedOtherwise):
        freeze(stage, cast.operator, key="once", year=YEAR - 1)


def test_what_cannot_be_frozen_is_refused(stage: Session, cast: World) -> None:
    acquired(stage, cast)
    with refused(stage, YearNotOver, year=YEAR):
        freeze(stage, cast.operator, now=datetime(YEAR, 12, 31, 23, 59, tzinfo=UTC))
    with refused(stage, DatePassed, field="submitted_on"):
        freeze(stage, cast.operator, submitted_on=date(YEAR + 1, 2, 28))
    with refused(stage, TablesChanged):
        freeze(stage, cast.operator, seen="0" * 64)
    for person in (cast.auditor, cast.system_administrator, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            freeze(stage, person)


def test_r30_nothing_is_frozen_while_the_pre_check_finds_errors(
    stage: Session, cast: World
) -> None:
    # Vintage 2022 is none of those that are authorized.
    acquired(stage, cast, vintage_first=2023)
    outcome = verbs.checked(verbs.read(stage, TOLD, YEAR, TODAY))
    assert outcome.errors
    assert len(outcome.findings) == outcome.errors + outcome.warnings
    with refused(stage, PreCheckFailed, errors=outcome.errors):
        freeze(stage, cast.operator)


def test_very_many_rows_are_read_anew_and_give_the_same(
    stage: Session, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquired(stage, cast, vintage_first=2023)

    def told() -> tuple[bytes, list[Finding]]:
        found = verbs.read(stage, TOLD, YEAR, TODAY)
        assert (found.rows is None) == (not verbs.ROWS_HELD)
        return verbs.digest(found, found.lines()), verbs.checked(found).findings

    few = told()
    monkeypatch.setattr(verbs, "ROWS_HELD", 0)
    assert told() == few


def test_r29_an_edition_with_something_confidential_says_on_what_basis(
    stage: Session, cast: World
) -> None:
    basis = "Trade secrets of the participants"
    acquired(stage, cast, is_confidential=True, confidential_basis=basis)
    freeze(stage, cast.operator)
    assert one(stage).withheld == basis


def test_r28_the_last_edition_of_a_year_is_submitted_once(stage: Session, cast: World) -> None:
    acquired(stage, cast)
    freeze(stage, cast.operator)
    freeze(stage, cast.operator, submitted_on=date(YEAR + 1, 4, 15))
    second = Version(1, 1)
    with refused(stage, EditionSuperseded, version="1.1"):
        submit(stage, cast.operator)
    with refused(stage, SubmissionTooEarly, on=f"15/04/{YEAR + 1}"):
        submit(stage, cast.operator, second)
    with refused(stage, NotEntitled):
        submit(stage, cast.auditor, second)
    with pytest.raises(NotFound):
        submit(stage, cast.operator, Version(1, 2))
    april = datetime(YEAR + 1, 4, 15, 3, tzinfo=UTC)
    submit(stage, cast.approver, second, now=april)
    found = one(stage, second)
    assert (found.submitted_by, found.submitted_at) == (cast.approver, april)
    with refused(stage, AlreadyDone):
        submit(stage, cast.operator, second, now=april)
    entry = stage.scalars(select(LogEntry).where(LogEntry.operation == "submit AEF edition")).one()
    assert entry.subject == f"JPN {YEAR} 1.1"


def test_an_edition_that_is_not_what_was_frozen_is_not_submitted(
    stage: Session, cast: World
) -> None:
    kept(stage, cast, YEAR, 0)
    with refused(stage, EditionDamaged):
        submit(stage, cast.operator)
