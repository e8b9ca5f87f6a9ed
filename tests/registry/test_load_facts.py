"""What belongs to one registry alone: Mongolia's side of the issuances, and nothing invented."""

import re
from collections import Counter
from collections.abc import Generator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.accounts import Kind
from app.registry.load import load
from app.registry.load_facts import GOVERNMENT_KINDS
from app.registry.published import concerning, rows, shares
from app.store import verification
from app.store.databases import Database
from app.store.tables import (
    Account,
    Approach,
    Block,
    Citation,
    Decision,
    Holder,
    News,
    PartnerCountry,
    PartnerIssuance,
    Project,
    Transaction,
    User,
)
from tests import databases, mongolia
from tests.registry.test_load import dump, issued

#: What the decisions gave to Mongolia, in the order in which it stands in the ledger.
SHARES = [10, 22, 1_789, 24, 42, 1_776, 1, 7_084, 8_963, 29, 66, 6_063]
#: Those of which no day of issuance is public.
WITHOUT_DAY = {"MN001-2", "MN002-2", "MN001-3", "MN002-3", "MN006-1"}


@pytest.fixture(scope="module", params=databases.ENGINES)
def loaded(request: pytest.FixtureRequest) -> Generator[Database]:
    """Mongolia's registry with its starting data, for tests that only read it."""
    with databases.fresh(request.param) as database:
        mongolia.loaded(database)
        yield database


def test_mongolia_s_side_is_in_its_own_ledger_and_sound(loaded: Database) -> None:
    with loaded.reading() as session:
        found = issued(session)
        assert [row.quantity for row in found] == SHARES
        assert {row.holder for row in found} == {"government-of-mongolia"}
        query = select(func.sum(Block.last - Block.first + 1)).where(Block.closed_by.is_(None))
        assert session.scalar(query) == sum(SHARES) == 25_869
        assert list(verification.findings(session)) == []
        numbers = set(session.scalars(select(Account.number)))
        assert {number[:3] for number in numbers} == {"MN-"}


def test_a_day_that_is_not_public_is_the_one_after_the_decision_and_says_so(
    loaded: Database,
) -> None:
    with loaded.reading() as session:
        days = {
            row.decision: row.decided_at.astimezone(mongolia.ZONE).date() for row in issued(session)
        }
        for decision in session.scalars(select(Decision)):
            assert decision.date_is_public == (decision.reference not in WITHOUT_DAY)
            assert not decision.allocation_is_public and decision.note_en and decision.note_ja
            if not decision.date_is_public:
                assert days[decision.reference] == decision.decided_on + timedelta(days=1)
    assert days["MN004-2"] == date(2025, 5, 7)
    assert days["MN003-2"] == date(2022, 2, 22)


def test_both_sides_of_each_decision_make_the_total_and_agree_between_the_registries() -> None:
    here = {line["reference"]: line for line in rows("issuances", "MN")}
    japan = {line["decision"]: int(line["issued"]) for line in rows("partner_issuances", "MN")}
    told = {line["decision"]: line["notified"] for line in rows("partner_issuances", "JP")}
    there = {line["reference"]: line for line in rows("issuances", "JP")}
    assert here.keys() == japan.keys()
    for reference, line in here.items():
        assert int(line["quantity"]) + japan[reference] == int(line["total"])
        assert told[reference] == line["quantity"]
        assert str(japan[reference]) == there[reference]["quantity"]
        assert sum(tonnes for _, tonnes in shares(line, "MN")) == int(line["quantity"])
        same = ("project", "decided_on", "total", "monitoring_from", "monitoring_to")
        assert [line[name] for name in same] == [there[reference][name] for name in same]


def test_mongolia_s_registry_knows_of_mongolia_alone(loaded: Database) -> None:
    with loaded.reading() as session:
        assert session.scalars(select(PartnerCountry.alpha2)).all() == ["MN"]
        assert set(session.scalars(select(Project.partner))) == {"MN"}
        assert len(session.scalars(select(PartnerIssuance)).all()) == len(SHARES)
        assert len(session.scalars(select(Approach)).all()) == 1
        (cited,) = session.scalars(select(Citation))
        assert cited.effective_from == date(2022, 2, 14)


def test_loading_mongolia_again_changes_not_one_row(loaded: Database) -> None:
    before = dump(loaded)
    assert mongolia.loaded(loaded) == []
    assert dump(loaded) == before


def test_without_the_demo_the_government_holds_everything() -> None:
    with databases.fresh("sqlite") as database:
        assert mongolia.loaded(database, demo=False) == []
        with database.reading() as session:
            assert not session.scalars(select(Holder).where(Holder.is_demo)).all()
            assert sum(row.quantity for row in issued(session)) == 25_869


def test_a_registry_without_files_has_what_all_share_and_its_own_accounts_alone() -> None:
    with databases.fresh("sqlite") as database:
        for _time in range(2):
            assert database.write(lambda session: load(session, "TH", now=mongolia.NOW)) == []
        with database.reading() as session:
            kinds = Counter(session.scalars(select(Account.kind)))
            assert kinds == Counter(GOVERNMENT_KINDS) and Kind.ENTITY not in kinds
            (holder,) = session.scalars(select(Holder))
            assert (holder.name_en, holder.name_ja) == ("Government of Thailand", "タイ政府")
            projects = len(concerning("TH", "projects"))
            assert len(session.scalars(select(Project)).all()) == projects > 0
            for table in (Transaction, Citation, News, Decision):
                assert not session.scalars(select(table)).all()
            assert all(user.password_hash is None for user in session.scalars(select(User)))


def test_mongolian_names_are_kept_as_they_are_written() -> None:
    for name in ("holders", "demo_people"):
        written = [line["name_mn"] for line in rows(name, "MN") if line["name_mn"]]
        assert len(written) > 3
        assert all(re.fullmatch("[\u0400-\u04ff ()]+", one) for one in written)
