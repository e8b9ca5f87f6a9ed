"""Joint Committee decisions: what may be recorded, and that it bounds what is issued."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import (
    AccountKindForbids,
    AlreadyDone,
    KeyUsedOtherwise,
    LimitExceeded,
    NotAWholeNumber,
    NotEntitled,
    Refusal,
    UnitClassMismatch,
    UnknownAccount,
    UnknownProject,
    VintageOutsidePeriod,
)
from app.domain.projects import Position, UnitClass
from app.registry import decisions, transactions
from app.registry.decisions import Published, Share
from app.store import decisions as questions
from app.store.tables import Block, Decision
from tests import world
from tests.stages import live, refused
from tests.world import ITMO_PROJECT, NOW, PROJECT, World


def record(session: Session, cast: World, *shares: Share, **said: Any) -> Decision:
    content: dict[str, Any] = {
        "reference": "D-1",
        "project": PROJECT,
        "decided_on": date(2026, 3, 31),
        "monitoring_from": date(2019, 1, 1),
        "monitoring_to": date(2020, 12, 31),
        "actor": cast.operator,
        "now": NOW,
    }
    return decisions.record(session, shares=shares, **(content | said))


def issue(session: Session, cast: World, allocation: int, quantity: int) -> int:
    identifier = transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=NOW
    )
    world.completed(session, identifier, actor=cast.approver)
    return identifier


def test_o38_a_decision_shows_limit_issued_pending_and_remaining(
    stage: Session, cast: World
) -> None:
    decision = record(stage, cast, Share(cast.aoba, 2019, 80))
    allocation = decision.allocations[0].id
    issue(stage, cast, allocation, 10)
    connection = stage.connection()
    assert questions.position(connection, allocation) == Position(80, 10, 0)
    assert questions.position(connection, allocation).remaining == 70
    transactions.propose_issuance(
        stage, allocation, 25, key=world.key(), actor=cast.operator, now=NOW
    )
    assert questions.position(connection, allocation) == Position(80, 10, 25)
    shown = next(row for row in questions.positions(stage) if row.reference == "D-1")
    assert (shown.limit, shown.issued, shown.pending) == (80, 10, 25)


def test_case_52_each_vintage_is_a_block_of_its_own(stage: Session, cast: World) -> None:
    decision = record(stage, cast, Share(cast.aoba, 2019, 30), Share(cast.aoba, 2020, 20))
    for allocation in decision.allocations:
        issue(stage, cast, allocation.id, allocation.quantity)
    held = [
        stage.query(Block).filter_by(first=block.first).one() for block in live(stage, cast.aoba)
    ]
    assert [(block.last - block.first + 1, block.vintage) for block in held] == [
        (30, 2019),
        (20, 2020),
    ]


def test_case_51_an_issuance_is_of_one_decision_and_so_of_one_project_and_class(
    stage: Session, cast: World
) -> None:
    for project, unit_class in ((PROJECT, "jcm_credit"), (ITMO_PROJECT, "itmo")):
        world.issued(stage, cast, project=project)
        allocation = questions.allocation(stage.connection(), cast.allocations[project, cast.aoba])
        assert allocation is not None
        assert (allocation.project, allocation.unit_class) == (project, unit_class)


def test_case_53_each_decision_of_a_project_bounds_for_itself(stage: Session, cast: World) -> None:
    decision = record(stage, cast, Share(cast.aoba, 2019, 30), Share(cast.kaede, 2019, 20))
    of_aoba, of_kaede = decision.allocations
    issue(stage, cast, of_aoba.id, 30)
    with refused(stage, LimitExceeded, limit=30, issued=30, asked=1):
        issue(stage, cast, of_aoba.id, 1)
    with refused(stage, LimitExceeded, limit=20, issued=0, asked=21):
        issue(stage, cast, of_kaede.id, 21)
    issue(stage, cast, of_kaede.id, 20)


@pytest.mark.parametrize("own", ["retirement", "voluntary_cancellation", "mandatory_cancellation"])
def test_case_55_nothing_is_allotted_to_an_account_where_credits_end(
    stage: Session, cast: World, own: str
) -> None:
    number = getattr(cast, own)
    with refused(stage, AccountKindForbids, number=number, kind=own, field="account"):
        record(stage, cast, Share(number, 2019, 10))
    record(stage, cast, Share(cast.government, 2019, 10))


@pytest.mark.parametrize("reference", ["", "MN999", "no project"])
def test_case_21_a_decision_is_on_a_project_that_exists(
    stage: Session, cast: World, reference: str
) -> None:
    with refused(stage, UnknownProject, reference=reference, field="project"):
        record(stage, cast, Share(cast.aoba, 2019, 10), project=reference)


def test_case_64_a_share_goes_to_an_account_that_exists(stage: Session, cast: World) -> None:
    with refused(stage, UnknownAccount, number="JP-121-999999-0-00", field="account"):
        record(stage, cast, Share("JP-121-999999-0-00", 2019, 10))


@pytest.mark.parametrize(
    ("vintage", "unit_class", "refusal"),
    [
        (2018, UnitClass.JCM_CREDIT, VintageOutsidePeriod),
        (2022, UnitClass.ITMO, VintageOutsidePeriod),
        (2019, UnitClass.ITMO, UnitClassMismatch),
        (2020, UnitClass.ITMO, UnitClassMismatch),
        (2021, UnitClass.JCM_CREDIT, UnitClassMismatch),
    ],
)
def test_case_18_22_and_44_class_and_vintage_fit_the_monitoring_period(
    stage: Session, cast: World, vintage: int, unit_class: UnitClass, refusal: type[Refusal]
) -> None:
    until = date(2021, 12, 31)
    with refused(stage, refusal, vintage=vintage, field="vintage"):
        share = Share(cast.aoba, vintage, 10)
        record(stage, cast, share, unit_class=unit_class, monitoring_to=until)
    record(stage, cast, Share(cast.aoba, 2021, 10), unit_class=UnitClass.ITMO, monitoring_to=until)


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_share_is_of_a_tonne_at_least(stage: Session, cast: World, quantity: int) -> None:
    with refused(stage, NotAWholeNumber, field="quantity"):
        record(stage, cast, Share(cast.aoba, 2019, quantity))


def test_shares_add_up_to_no_more_than_both_sides_may_issue(stage: Session, cast: World) -> None:
    shares = (Share(cast.aoba, 2019, 30), Share(cast.kaede, 2019, 20))
    with refused(stage, LimitExceeded, limit=49, asked=50, field="total"):
        record(stage, cast, *shares, total=49)
    assert record(stage, cast, *shares, total=50).quantity == 50


def test_a_vintage_is_allotted_to_an_account_once(stage: Session, cast: World) -> None:
    with refused(stage, AlreadyDone, field="account"):
        record(stage, cast, Share(cast.aoba, 2019, 30), Share(cast.aoba, 2019, 20))


def test_the_same_decision_is_recorded_once(stage: Session, cast: World) -> None:
    share = Share(cast.aoba, 2019, 80)
    first = record(stage, cast, share)
    assert record(stage, cast, share) is first


@pytest.mark.parametrize(
    "other",
    [
        {"project": ITMO_PROJECT},
        {"decided_on": date(2026, 4, 1)},
        {"monitoring_from": date(2018, 1, 1)},
        {"monitoring_to": date(2019, 12, 31)},
        {"total": 100},
        {"unit_class": UnitClass.ITMO},
        {"share": 81},
    ],
)
def test_case_29_a_decision_recorded_otherwise_under_its_reference_is_refused(
    stage: Session, cast: World, other: dict[str, Any]
) -> None:
    record(stage, cast, Share(cast.aoba, 2019, 80))
    said = dict(other)
    share = Share(cast.aoba, 2019, said.pop("share", 80))
    with refused(stage, KeyUsedOtherwise, field="reference"):
        record(stage, cast, share, **said)


def test_a_decision_may_give_this_side_nothing(stage: Session, cast: World) -> None:
    decision = record(stage, cast, total=100)
    assert (decision.quantity, decision.allocations) == (0, [])


def test_what_is_not_public_is_said(stage: Session, cast: World) -> None:
    published = Published(allocation=False, note_en="Not public.", note_ja="非公表です。")
    decision = record(stage, cast, Share(cast.aoba, 2019, 1), published=published)
    assert (decision.allocation_is_public, decision.date_is_public) == (False, True)
    assert decision.note_ja == "非公表です。"


@pytest.mark.parametrize("who", ["approver", "auditor", "system_administrator", "aoba_proposer"])
def test_only_an_operator_records_a_decision(stage: Session, cast: World, who: str) -> None:
    with refused(stage, NotEntitled):
        record(stage, cast, Share(cast.aoba, 2019, 80), actor=getattr(cast, who))
