"""Annual information from the ledger, on both engines."""

from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.domain import aef_checks
from app.domain.actions import Party
from app.domain.aef_editions import Row
from app.domain.aef_formats import CURRENT, Word
from app.domain.authorizations import Change
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor, Definition
from app.store.aef import Report
from tests import article6
from tests.reporting import BEGIN, Play, listed, years
from tests.world import World

HOST = Party(article6.HOST, "VNX01")


def column(report: Report, word: Word, name: str) -> list[object]:
    place = CURRENT.table(word).place(name)
    return [row[place] for table, row in report.lines() if table is word]


def held(report: Report) -> list[tuple[object, object]]:
    first = column(report, Word.HOLDINGS, "FirstID")
    return list(zip(first, column(report, Word.HOLDINGS, "LastID"), strict=True))


def rows(report: Report, word: Word) -> list[Row]:
    return [row for table, row in report.lines() if table is word]


def test_years_at_random_pass_their_own_pre_check(stage: Session, cast: World) -> None:
    for seed, party in ((1, Party()), (2, HOST)):
        with stage.begin_nested() as point:
            play = Play(stage, cast, party, Random(seed).choice(list(Definition)))
            years(play, Random(seed), steps=9)
            for year in (2025, 2026):
                report = play.report(year)
                assert list(aef_checks.check(report)) == []
                assert list(aef_checks.check(listed(report))) == []
            point.rollback()


def test_a_year_ends_with_31_december_in_utc(stage: Session, cast: World) -> None:
    play = Play(stage, cast)
    play.authorize()
    play.issue(100)
    midnight = BEGIN.replace(year=2026, month=1, day=1, hour=0)
    play.now = midnight - timedelta(milliseconds=1)
    play.move(Kind.RETIREMENT, 10, calendar_year=2025)
    play.now = midnight
    play.move(Kind.RETIREMENT, 20, calendar_year=2026)
    past, next_ = play.report(2025), play.report(2026)
    assert column(past, Word.ACTIONS, "ActionType") == ["Acquisition", "Use"]
    assert column(past, Word.ACTIONS, "ActionDateTime")[1] == "2025-12-31T23:59:59.999Z"
    assert column(next_, Word.ACTIONS, "ActionDateTime") == ["2026-01-01T00:00:00.000Z"]
    assert (held(past), held(next_)) == ([(11, 100)], [(31, 100)])
    assert held(play.report(2024)) == []


def test_holdings_are_what_was_acquired_or_first_transferred(stage: Session, cast: World) -> None:
    play = Play(stage, cast)
    # Issued before there is an authorization: ordinary credits, until one covers them.
    play.issue(100)
    play.move(Kind.TRANSFER, 30)
    assert held(play.report(2025)) == []
    play.now = BEGIN.replace(year=2026)
    play.authorize()
    assert held(play.report(2025)) == []
    assert held(play.report(2026)) == [(1, 30), (31, 100)]


def test_a_host_holds_itmos_once_they_were_first_transferred(stage: Session, cast: World) -> None:
    play = Play(stage, cast, HOST)
    play.authorize()
    play.issue(50)
    play.move(Kind.VOLUNTARY_CANCELLATION, 5, cancelled_for=CancelledFor.OMGE)
    report = play.report(2025)
    assert column(report, Word.ACTIONS, "ActionType") == [
        *("Authorization", "First transfer", "Voluntary Cancellation"),
    ]
    assert column(report, Word.ACTIONS, "ActionSubtype")[1] == (
        "Voluntary cancellation to deliver OMGE"
    )
    assert held(report) == []
    assert list(aef_checks.check(report)) == []


def test_what_the_adaptation_fund_was_given_stays_in_the_registry(
    stage: Session, cast: World
) -> None:
    play = Play(stage, cast, Party(article6.HOST, "VNX01", adaptation_fund=cast.kaede))
    play.authorize()
    play.issue(20)
    play.move(Kind.TRANSFER, 5)
    report = play.report(2025)
    assert "Voluntary transfer to the Adaptation Fund (A6.4 ERs)" in column(
        report, Word.ACTIONS, "ActionSubtype"
    )
    assert held(report) == [(1, 5)]
    assert list(aef_checks.check(report)) == []


def test_a_blanket_authorization_has_a_row_for_each_approach_referred_to(
    stage: Session, cast: World
) -> None:
    play = Play(stage, cast)
    article6.approach(stage, code="CA0007", partner="MN")
    version = article6.authorization(stage, cast, None, parties="VNX MNX", quantity=1_000)
    article6.entity(stage, version)
    play.issue(40)
    report = play.report(2025)
    assert column(report, Word.AUTHORIZATIONS, "CooperativeApproachID") == [article6.CODE]
    assert column(report, Word.AUTHORIZATIONS, "AuthorizedPartyIDs") == ["VNX; MNX"]
    assert rows(report, Word.ENTITIES) == [
        ("01/01/2022", "Aoba Energy", "JPN", "1234567890123", article6.CODE, None, None, None)
    ]
    assert list(aef_checks.check(report)) == []
    # Nothing refers to it in a year before there was anything.
    assert rows(play.report(2023), Word.AUTHORIZATIONS) == []


def test_versions_of_the_year_stand_beside_those_that_are_referred_to(
    stage: Session, cast: World
) -> None:
    play = Play(stage, cast)
    first = play.authorize()
    play.issue(40)
    article6.authorization(
        *(stage, cast, play.approach),
        number=2,
        change=Change.REVOCATION,
        effective_on=date(2025, 9, 1),
    )
    report = play.report(2025)
    assert column(report, Word.AUTHORIZATIONS, "AuthorizationVersion") == [1, 2]
    explained = column(report, Word.AUTHORIZATIONS, "AdditionalExplanatoryInformation")
    assert explained == [None, "Revoked with effect from 01/09/2025."]
    # What was first transferred before stays as it was.
    assert held(report) == [(1, 40)]
    assert column(play.report(2026), Word.AUTHORIZATIONS, "AuthorizationVersion") == [1]
    assert first.number == 1


def test_a_confidential_authorization_withholds_every_year_that_tells_of_it(
    stage: Session, cast: World
) -> None:
    play = Play(stage, cast)
    play.authorize()
    play.issue(40)
    assert play.report(2025).confidential() is None
    article6.authorization(
        *(stage, cast, play.approach),
        number=2,
        change=Change.CHANGE,
        effective_on=date(2026, 2, 1),
        is_confidential=True,
        confidential_basis="Act on Access to Information",
    )
    for year in (2025, 2026):
        assert play.report(year).confidential() == "Act on Access to Information"
    assert play.report(2021).confidential() is None


def test_a_report_can_be_read_and_written_about_in_one_transaction(
    stage: Session, cast: World
) -> None:
    play = Play(stage, cast)
    play.authorize()
    play.issue(40)
    report = play.report(2025)
    assert len(list(report.lines())) == 4
    # What read the rows as a stream must not change how later statements are run.
    play.issue(5)
    assert held(report) == [(1, 40), (41, 45)]
    drafted = list(report.draft_lines())
    assert [word for word, _row in drafted].count(Word.HOLDINGS) == 2
