"""Certificates: issued once with all that is printed, and known to be true or not true any more."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.certificates import Change, Kind, paper
from app.domain.errors import NotFound
from app.domain.form_errors import NotCertified
from app.domain.forms.spec import Applicant
from app.domain.ledger import Kind as Moves
from app.domain.people_errors import TooManyAttempts
from app.domain.roles import Right
from app.registry import accounts, applications, certificates
from app.registry.applications import Begun
from app.store import accounts as account_questions
from app.store.tables import Account, Application, Certificate, HolderRecord, LogEntry, Return
from tests import world
from tests.stages import picture, refused
from tests.world import NOW, World

LATER = NOW + timedelta(days=3)
NUMBER = "JP{:010d}"


def applied(session: Session, cast: World, **answers: str) -> Application:
    """An application for a certificate of Aoba's account, as it stands on approval."""
    begun = Begun(3, account=cast.aoba)
    made = applications.start(session, begun, key=world.key(), actor=cast.aoba_proposer, now=NOW)
    made.answers = {"certificate": {"language": "en", "purpose": "bank"} | answers}
    session.flush()
    return made


def issued_for_account(session: Session, cast: World, **answers: str) -> Certificate:
    application = applied(session, cast, **answers)
    return certificates.issue_for_account(session, application, actor=cast.approver, now=NOW)


def issued_for(session: Session, transaction: int, actor: int, language: str = "en") -> Certificate:
    return certificates.issue_for_transaction(
        session, NUMBER.format(transaction), language=language, actor=actor, now=NOW
    )


def account(session: Session, number: str) -> Account:
    found = account_questions.by_number(session, number)
    assert found is not None
    return found


def record(session: Session, cast: World, at: datetime, **answers: dict[str, str]) -> None:
    """Record something of Aoba."""
    session.add(
        HolderRecord(
            holder_id=account(session, cast.aoba).holder_id,
            applicant=Applicant.DOMESTIC,
            answers=answers,
            recorded_by=cast.approver,
            recorded_at=at,
        )
    )
    session.flush()


def printed(certificate: Certificate) -> dict[str, str]:
    """Every line of the paper, by label."""
    sections = paper(certificate.facts).sections
    return {label: str(value) for section in sections for label, value in section.lines}


def test_a_certificate_of_account_information_prints_what_is_recorded(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=1_000)
    world.issued(stage, cast, quantity=50, project=world.ITMO_PROJECT)
    office = {"address_en": "1-1 Otemachi, Tokyo", "address_ja": "東京都千代田区大手町1-1"}
    record(stage, cast, NOW, holder={"name_ja": "青葉エネルギー株式会社"}, head_office=office)
    plain = issued_for_account(stage, cast)
    assert plain.number == "JP-C-000001-" + plain.number[-2:]
    assert (plain.kind, plain.language) == (Kind.ACCOUNT, "en")
    lines = printed(plain)
    assert lines["Account number"] == cast.aoba
    assert lines["State"] == "Open"
    assert lines["Name of the corporation (Japanese)"] == "青葉エネルギー株式会社"
    assert lines["Address of the head office (English)"] == "1-1 Otemachi, Tokyo"
    # Nobody asked for what it holds, so the paper says nothing of it.
    assert "1,000" not in str(plain.facts)
    full = issued_for_account(stage, cast, language="ja", with_credits="yes")
    held = paper(full.facts).sections[-1]
    assert held.title == "保有するクレジット"
    assert [row[::2] + row[3:] for row in held.rows] == [
        ("MN003", "2019", "1,000"),
        ("VN004", "2022", "50"),
    ]
    assert printed(full)["合計"] == "1,050 tCO₂"
    assert full.code != plain.code
    log = stage.scalars(select(LogEntry.subject).where(LogEntry.operation == "issue certificate"))
    assert list(log) == [plain.number, full.number]


def test_approved_twice_an_application_has_one_certificate(stage: Session, cast: World) -> None:
    application = applied(stage, cast)
    first, second = (
        certificates.issue_for_account(stage, application, actor=cast.approver, now=NOW)
        for _ in range(2)
    )
    assert first is second


def test_a_certificate_of_account_information_is_true_until_what_it_states_changes(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=1_000)
    plain = issued_for_account(stage, cast)
    full = issued_for_account(stage, cast, with_credits="yes")
    assert certificates.still_true(stage, plain).is_true
    assert certificates.still_true(stage, full).is_true
    world.moved(stage, cast, quantity=10, now=LATER)
    world.moved(stage, cast, quantity=10, now=LATER + timedelta(days=1))
    # What was not stated does not matter.
    assert certificates.still_true(stage, plain).is_true
    found = certificates.still_true(stage, full)
    assert (found.changed, found.since) == ((Change.BALANCES,), LATER)
    suspended = LATER - timedelta(hours=1)
    accounts.change_state(
        stage, cast.aoba, State.SUSPENDED, reason="asked", actor=cast.operator, now=suspended
    )
    assert certificates.still_true(stage, plain).changed == (Change.STATE,)
    assert certificates.still_true(stage, plain).since == suspended
    recorded = LATER + timedelta(days=9)
    record(stage, cast, recorded, holder={"name_en": "Aoba Power"})
    found = certificates.still_true(stage, full)
    assert found.changed == (Change.RECORD, Change.STATE, Change.BALANCES)
    assert found.since == suspended


def test_credits_that_came_back_make_a_certificate_true_again(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    full = issued_for_account(stage, cast, with_credits="yes")
    world.moved(stage, cast, quantity=10, now=LATER)
    assert not certificates.still_true(stage, full).is_true
    world.moved(stage, cast, source=cast.kaede, target=cast.aoba, quantity=10, now=LATER)
    assert certificates.still_true(stage, full).is_true


def test_a_retirement_and_cancellations_are_certified_once_each(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=50)
    world.moved(stage, cast, serials=[world.Range(95, 99)])
    retired = world.moved(
        stage, cast, Moves.RETIREMENT, serials=[world.Range(91, 94), world.Range(100, 110)]
    )
    first = issued_for(stage, retired, cast.aoba_proposer, "ja")
    assert (first.kind, first.language, first.issued_by) == (
        Kind.RETIREMENT,
        "ja",
        cast.aoba_proposer,
    )
    # Asked again, by another and in another language, it is the one that was issued.
    assert issued_for(stage, retired, cast.auditor, "en") is first
    credits_ = paper(first.facts).sections[-1]
    assert [(row[0], row[2], row[3]) for row in credits_.rows] == [
        ("JP-MN-MN003-2019-91-94", "2019", "4"),
        ("JP-MN-MN003-2019-100-100", "2019", "1"),
        ("JP-MN-MN003-2019-101-110", "2019", "10"),
    ]
    assert printed(first)["取引番号"] == NUMBER.format(retired)
    cancelled = world.moved(stage, cast, Moves.VOLUNTARY_CANCELLATION, quantity=5)
    second = issued_for(stage, cancelled, cast.aoba_approver)
    lines = printed(second)
    assert second.kind is Kind.CANCELLATION
    assert lines["Beneficiary"] == "Kaede Trading"
    assert lines["Purpose"] == "Offset of a conference"
    assert lines["Quantity"] == "5 tCO₂"
    ordered = world.moved(stage, cast, Moves.MANDATORY_CANCELLATION, quantity=5)
    third = issued_for(stage, ordered, cast.operator)
    assert printed(third)["Reference of the order"] == "Order 2026-1"
    assert [one.number[5:11] for one in (first, second, third)] == ["000001", "000002", "000003"]


def test_only_a_completed_retirement_or_cancellation_is_certified(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    transfer = world.moved(stage, cast, quantity=10)
    waiting = world.proposed(stage, cast, Moves.RETIREMENT, quantity=10)
    for transaction in (transfer, waiting):
        with refused(stage, NotCertified):
            issued_for(stage, transaction, cast.aoba_proposer)


def test_a_certificate_is_for_who_may_see_the_source(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    retired = world.moved(stage, cast, Moves.RETIREMENT, quantity=10)
    reader, other = world.person(stage, "treasury"), world.person(stage, "treasury-2")
    world.appoint(stage, cast.retirement, {reader: Right.BOTH, other: Right.BOTH}, cast.operator)
    before = picture(stage)
    # Neither an outsider nor whoever acts on the account in which the credits ended.
    for actor in (cast.outsider, reader):
        with pytest.raises(NotFound):
            issued_for(stage, retired, actor)
    for number in ("JP0000000999", "JP0000000001", f"XX{retired:010d}", f"JP{retired}", "JP", "x"):
        with pytest.raises(NotFound):
            certificates.issue_for_transaction(
                stage, number, language="en", actor=cast.aoba_proposer, now=NOW
            )
    assert picture(stage) == before
    rights = {reader: Right.READ, cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.BOTH}
    world.appoint(stage, cast.aoba, rights, cast.operator)
    assert issued_for(stage, retired, reader).number


def test_a_retirement_stands_unless_another_transaction_takes_it_back(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    retired = world.moved(stage, cast, Moves.RETIREMENT, quantity=10)
    certificate = issued_for(stage, retired, cast.aoba_proposer)
    world.moved(stage, cast, quantity=10, now=LATER)
    assert certificates.still_true(stage, certificate).is_true
    # Credits that were retired cannot come back; should a link ever say so, it is told.
    other = world.moved(stage, cast, quantity=1, now=LATER)
    stage.add(Return(transaction_id=other, returned_id=retired))
    stage.flush()
    assert certificates.still_true(stage, certificate).changed == (Change.TRANSACTION,)


def test_number_and_code_are_read_as_typed_and_nothing_else_is_genuine(
    stage: Session, cast: World
) -> None:
    certificate = issued_for_account(stage, cast)
    other = issued_for_account(stage, cast)
    number, code = certificate.number, certificate.code

    def found(typed: str, letters: str) -> Certificate | None:
        return certificates.genuine(stage, typed, letters, address="192.0.2.1", now=NOW)

    assert found(number, code) is certificate
    assert found(f" {number.lower()} ", code.lower().replace("-", " ")) is certificate
    assert found(number, other.code) is None
    assert found("JP-C-999999-00", code) is None
    for wrong in ("", "x", "JP-C-1-1", number[:-1], number + "0", "'; --", "９" * 200):
        assert found(wrong, code) is None
        assert found(number, wrong) is None


def test_guesses_from_one_address_have_to_wait(stage: Session, cast: World) -> None:
    certificate = issued_for_account(stage, cast)
    for _ in range(20):
        certificates.was_wrong(stage.connection(), address="2001:db8::1", now=NOW)

    def found(address: str, now: datetime = NOW) -> Certificate | None:
        return certificates.genuine(
            stage, certificate.number, certificate.code, address=address, now=now
        )

    # The whole network of an IPv6 address waits; others do not.
    with pytest.raises(TooManyAttempts) as caught:
        found("2001:db8::2")
    assert caught.value.minutes == 10
    assert found("2001:db9::1") is certificate
    assert found("2001:db8::2", NOW + timedelta(minutes=11)) is certificate
