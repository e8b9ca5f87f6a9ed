"""The starting data: real, dated as it happened, loaded once however often the command runs."""

from collections.abc import Generator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind, Status
from app.domain.people_errors import SignInFailed
from app.domain.requests import Kind as AskedKind
from app.registry import sign_in as door
from app.registry.load import JAPAN, load
from app.registry.load_runs import SignIn
from app.registry.logs import Origin
from app.registry.published import rows, shares
from app.store.databases import Database
from app.store.tables import (
    Account,
    Application,
    Base,
    Block,
    ChainHead,
    Decision,
    Holder,
    Issuance,
    Mail,
    Project,
    Request,
    Transaction,
    User,
)
from tests import databases, powers

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Loaded(NamedTuple):
    """A registry after one run, and the sign-ins that the run returned."""

    database: Database
    sign_ins: list[SignIn]


@pytest.fixture
def engine() -> str:
    """What is loaded once more, or otherwise, is so on the quicker engine; `loaded` on both."""
    return "sqlite"


@pytest.fixture(scope="module", params=databases.ENGINES)
def loaded(request: pytest.FixtureRequest) -> Generator[Loaded, None, None]:
    """A registry with the starting data, for tests that only read it."""
    with databases.fresh(request.param) as database:
        yield Loaded(database, database.write(lambda session: load(session, "JP", now=NOW)))


def test_what_was_issued_in_japan_adds_up_by_partner_country(loaded: Loaded) -> None:
    assert everything(loaded.database) == {"MN": 103_451, "ID": 31, "VN": 95, "BD": 251}


def test_the_shares_of_every_line_add_up_to_its_quantity() -> None:
    for line in rows("issuances", "JP"):
        assert sum(tonnes for _, tonnes in shares(line, "JP")) == int(line["quantity"]), line


def test_every_issuance_bears_the_date_project_vintage_and_holder_of_its_line(
    loaded: Loaded,
) -> None:
    expected = [
        (line["reference"], line["project"], int(line["vintage"]), line["issued_on"], *share)
        for line in rows("issuances", "JP")
        for share in shares(line, "JP")
    ]
    with loaded.database.reading() as session:
        found = [
            (
                row.decision,
                row.project,
                row.vintage,
                row.decided_at.astimezone(JAPAN).date().isoformat(),
                row.holder,
                row.quantity,
            )
            for row in issued(session)
        ]
    assert found == expected


def test_the_lines_stand_in_the_order_in_which_they_happened() -> None:
    days = [line["issued_on"] or line["decided_on"] for line in rows("issuances", "JP")]
    assert days == sorted(days)


def test_the_chain_runs_in_the_order_of_time_and_the_serials_without_gap(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        times = session.scalars(
            select(Transaction.decided_at)
            .where(Transaction.position.is_not(None))
            .order_by(Transaction.position)
        ).all()
        ranges = [(row.first, row.last) for row in issued(session)]
        assert list(times) == sorted(time for time in times if time)
        assert len(times) == session.get_one(ChainHead, 1).position
    assert ranges[0][0] == 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ranges))


def test_a_decision_that_gave_japan_nothing_is_recorded_without_credits(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        decision = session.scalars(select(Decision).where(Decision.reference == "MN005-1")).one()
        assert (decision.total, decision.quantity, decision.allocations) == (1, 0, [])


def test_what_is_not_public_says_so_in_both_languages(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        for decision in session.scalars(select(Decision)):
            if not (decision.allocation_is_public and decision.date_is_public):
                assert decision.note_en, decision.reference
                assert decision.note_ja, decision.reference


def test_japans_first_credits_went_to_the_government_and_mayekawa(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        first = [(row.holder, row.quantity) for row in issued(session) if row.partner == "ID"]
    assert first == [("government-of-japan", 27), ("mayekawa", 4)]


def test_loading_again_changes_not_one_row(database: Database) -> None:
    database.write(lambda session: load(session, "JP", now=NOW))
    before = dump(database)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert database.write(lambda session: load(session, "JP", now=later)) == []
    assert dump(database) == before


def test_what_is_dated_later_waits_for_a_later_run_and_gives_the_same_chain(
    loaded: Loaded,
) -> None:
    early = datetime(2018, 12, 1, tzinfo=UTC)
    with databases.fresh("sqlite") as database:
        assert database.write(lambda session: load(session, "JP", now=early)) == []
        assert everything(database) == {"ID": 31, "MN": 7_543}
        database.write(lambda session: load(session, "JP", now=NOW))
        with database.reading() as session, loaded.database.reading() as other:
            found, expected = session.get_one(ChainHead, 1), other.get_one(ChainHead, 1)
            assert (found.position, found.digest) == (expected.position, expected.digest)


def test_without_the_demo_there_are_only_facts_and_nobody_can_sign_in(database: Database) -> None:
    assert database.write(lambda session: load(session, "JP", now=NOW, demo=False)) == []
    assert everything(database)["MN"] == 103_451
    with database.reading() as session:
        assert not session.scalars(select(Holder).where(Holder.is_demo)).all()
        assert not session.scalars(select(User).where(User.password_hash.is_not(None))).all()
        kinds = set(session.scalars(select(Transaction.kind)))
    assert kinds == {Kind.ISSUANCE}


def test_no_password_stands_in_the_database(loaded: Loaded) -> None:
    text = str(dump(loaded.database))
    assert len(loaded.sign_ins) == 9
    assert len({sign_in.password for sign_in in loaded.sign_ins}) == 9
    for sign_in in loaded.sign_ins:
        assert len(sign_in.password) >= 16
        assert sign_in.password not in text
        assert sign_in.password not in repr(sign_in)
    with loaded.database.reading() as session:
        kept = session.scalars(select(User.password_hash).where(User.password_hash.is_not(None)))
        assert all(str(kept_hash).startswith("$argon2id$") for kept_hash in kept)


def test_demo_people_sign_in_with_what_the_run_returned_and_the_loaders_never(
    session: Session,
) -> None:
    def check(login_id: str, password: str) -> int:
        origin = Origin("192.0.2.7", "Firefox, Windows")
        checked = door.check(session, login_id, password, device_token="", origin=origin, now=NOW)
        return checked.user_id

    for made in load(session, "JP", now=NOW):
        assert session.get_one(User, check(made.login_id, made.password)).is_demo
    for login_id in ("starting-data-operator", "starting-data-approver", "demo-participants-1"):
        with pytest.raises(SignInFailed):
            check(login_id, "")


def test_the_demo_holders_hold_thousands_in_several_blocks(loaded: Loaded) -> None:
    query = (
        select(func.count(), func.sum(Block.last - Block.first + 1))
        .join(Account, Account.id == Block.account_id)
        .join(Holder, Holder.id == Account.holder_id)
        .where(Block.closed_by.is_(None), Holder.is_demo)
        .group_by(Holder.reference)
        .order_by(Holder.reference)
    )
    with loaded.database.reading() as session:
        assert [tuple(row) for row in session.execute(query)] == [(3, 3_300), (3, 2_950)]


def test_the_story_comes_after_the_facts_is_marked_as_demo_and_leaves_one_to_approve(
    loaded: Loaded,
) -> None:
    query = select(Transaction).where(Transaction.kind != Kind.ISSUANCE).order_by(Transaction.id)
    with loaded.database.reading() as session:
        story = session.scalars(query).all()
        proposers = {session.get_one(User, told.proposed_by).is_demo for told in story}
    last_fact = date.fromisoformat(max(line["issued_on"] for line in rows("issuances", "JP")))
    assert proposers == {True}
    assert all(told.remark and "デモ" in told.remark for told in story)
    assert all(told.proposed_at.date() > last_fact for told in story)
    waiting = [told for told in story if told.status is Status.PROPOSED]
    assert [(told.quantity, told.proposed_at) for told in waiting] == [(400, NOW)]
    cancelled = [told for told in story if told.kind is Kind.VOLUNTARY_CANCELLATION]
    assert all("demo" in f"{told.purpose} {told.beneficiary}" for told in cancelled) and cancelled


def test_whoever_signs_in_to_the_demonstration_finds_something_in_the_inbox(
    loaded: Loaded,
) -> None:
    with loaded.database.reading() as session:
        for person in session.scalars(select(User).where(User.password_hash.is_not(None))):
            kinds = powers.told(session, person.id)
            assert kinds[0] == "login_id_issued", person.login_id
        assert powers.mails(session) == []
        trading = session.scalars(select(User).where(User.login_id == "demo-trading-1")).one()
        assert {"account_opened", "transfer_received", "request_made"} <= set(
            powers.told(session, trading.id)
        )


def test_the_demonstration_has_a_draft_and_an_application_to_examine(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        found = session.scalars(select(Application).order_by(Application.id)).all()
        assert [(one.form, one.status) for one in found] == [(3, "submitted"), (2, "draft")]
        assert found[1].answers["reason"]["reason"].startswith("The head office moves")
        assert found[1].before["head_office"] != found[1].answers["head_office"]
        operator = powers.user(session, "demo-operator")
        assert powers.told(session, operator.id)[-1] == "application_submitted"
        assert not session.scalars(select(Mail)).all()


def test_the_demonstrations_administrators_are_enough_for_two_persons_to_decide(
    session: Session,
) -> None:
    load(session, "JP", now=NOW)
    waiting = session.scalars(select(Request).where(Request.status == "waiting")).one()
    approver = powers.user(session, "demo-approver")
    assert "request_made" in powers.told(session, approver.id)
    assert powers.approve(session, waiting.id, actor=approver.id).status == "approved"
    system, operator = (powers.user(session, f"demo-{name}") for name in ("system", "operator"))
    for asker, decider in ((operator, system), (system, approver)):
        identifier = powers.ask(
            session, AskedKind.INITIALISE_PASSWORD, "demo-carbon-1", actor=asker.id
        )
        assert powers.approve(session, identifier, actor=decider.id).letter is not None
    # What was decided since is not asked for again.
    assert load(session, "JP", now=NOW) == []
    assert not session.scalars(select(Request).where(Request.status == "waiting")).all()


def test_the_registry_has_one_account_of_each_kind_it_needs_for_itself(loaded: Loaded) -> None:
    query = (
        select(Account.kind)
        .join(Holder, Holder.id == Account.holder_id)
        .where(Holder.reference == "government-of-japan")
    )
    with loaded.database.reading() as session:
        kinds = sorted(session.scalars(query))
    assert kinds == sorted(set(AccountKind) - {AccountKind.ENTITY, AccountKind.EXTERNAL})


def everything(database: Database) -> dict[str, int]:
    """Return the tonnes in all accounts by partner country, counted from the live blocks."""
    query = (
        select(Block.partner, func.sum(Block.last - Block.first + 1))
        .where(Block.closed_by.is_(None))
        .group_by(Block.partner)
    )
    with database.reading() as session:
        return {partner: int(tonnes) for partner, tonnes in session.execute(query)}


def issued(session: Session) -> list[Row[Any]]:
    """Return every completed issuance in the order of the chain."""
    query = (
        select(
            Decision.reference.label("decision"),
            Project.reference.label("project"),
            Holder.reference.label("holder"),
            Issuance.partner,
            Issuance.vintage,
            Issuance.first,
            Issuance.last,
            Transaction.quantity,
            Transaction.decided_at,
        )
        .join(Transaction, Transaction.id == Issuance.transaction_id)
        .join(Decision, Decision.id == Issuance.decision_id)
        .join(Project, Project.id == Issuance.project_id)
        .join(Account, Account.id == Transaction.target_id)
        .join(Holder, Holder.id == Account.holder_id)
        .order_by(Transaction.position)
    )
    return list(session.execute(query))


def dump(database: Database) -> dict[str, list[str]]:
    """Return every row of every table."""
    with database.reading() as session:
        return {
            table.name: sorted(str(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
