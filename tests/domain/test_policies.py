"""The policy on movements: off by default, read strictly, and what it asks of which movement."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import policies
from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind
from app.domain.policies import NONE, Policy
from app.domain.trust_errors import AboveLimit, NotTrusted

TOKYO = ZoneInfo("Asia/Tokyo")
WHOLE = "hours=10-16,untrusted=24h,limit=2000000,list=4,targets=trusted"
ENTITY, GOVERNMENT = AccountKind.ENTITY, AccountKind.GOVERNMENT


def at(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


def test_a_policy_is_read_part_by_part() -> None:
    assert policies.parse(WHOLE, TOKYO) == Policy(
        opens=10,
        closes=16,
        untrusted_wait=timedelta(hours=24),
        limit=2_000_000,
        list_days=4,
        only_trusted=True,
        zone=TOKYO,
    )
    assert policies.parse("limit=1", TOKYO) == Policy(limit=1)


@pytest.mark.parametrize("text", ["", "  "])
def test_without_one_nothing_is_asked(text: str) -> None:
    found = policies.parse(text, ZoneInfo("Europe/London"))
    assert not found.is_on
    assert not NONE.is_on
    assert not NONE.covers(Kind.TRANSFER, ENTITY, ENTITY)
    now = at("2026-11-07 03:00")
    assert NONE.moves_at(now, is_trusted=False) == NONE.counts_from(now) == now
    NONE.check(10**18, "JP", is_trusted=False)


@pytest.mark.parametrize(
    "text",
    [
        "hours",
        "hours=16-10",
        "hours=10-10",
        "hours=10-25",
        "hours=10:00-16:00",
        "untrusted=0h",
        "untrusted=24",
        "untrusted=-1h",
        "limit=0",
        "limit=2,000,000",
        "limit=9999999999999999999",
        "limit=１",
        "list=0",
        "list=99",
        "targets=all",
        "delay=24h",
        "limit=1,limit=2",
        "limit=1,",
        "limit = 1",
        "off",
    ],
)
def test_a_policy_that_cannot_be_read_is_refused_and_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="MOVEMENT_POLICY has a part that cannot be used"):
        policies.parse(text, TOKYO)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("source", [ENTITY, GOVERNMENT])
@pytest.mark.parametrize("target", list(AccountKind))
def test_o68_the_policy_covers_transfers_between_holders_and_nothing_else(
    kind: Kind, source: AccountKind, target: AccountKind
) -> None:
    policy = policies.parse(WHOLE, TOKYO)
    transfers = {Kind.TRANSFER, Kind.EXTERNAL_TRANSFER}
    covered = kind in transfers and GOVERNMENT not in {source, target}
    assert policy.covers(kind, source, target) is covered


@pytest.mark.parametrize(
    ("now", "is_trusted", "moves_at"),
    [
        ("2026-11-09 10:00", True, "2026-11-09 10:00"),
        ("2026-11-09 16:00", True, "2026-11-10 10:00"),
        ("2026-11-09 11:00", False, "2026-11-10 11:00"),
        ("2026-11-13 11:00", False, "2026-11-16 10:00"),
        ("2026-11-13 20:00", True, "2026-11-16 10:00"),
    ],
)
def test_case_130_a_transfer_moves_at_once_or_when_its_time_has_come(
    now: str, *, is_trusted: bool, moves_at: str
) -> None:
    policy = policies.parse("hours=10-16,untrusted=24h", TOKYO)
    assert policy.moves_at(at(now), is_trusted=is_trusted) == at(moves_at)


def test_case_134_a_limit_holds_for_targets_that_are_not_trusted() -> None:
    policy = policies.parse("limit=100", TOKYO)
    policy.check(100, "JP", is_trusted=False)
    policy.check(101, "JP", is_trusted=True)
    with pytest.raises(AboveLimit) as caught:
        policy.check(101, "JP", is_trusted=False)
    assert (caught.value.limit, caught.value.field) == (100, "quantity")


def test_o36_only_trusted_targets_may_be_asked_for() -> None:
    policy = policies.parse("targets=trusted", TOKYO)
    policy.check(1, "JP", is_trusted=True)
    with pytest.raises(NotTrusted) as caught:
        policy.check(1, "JP", is_trusted=False)
    assert (caught.value.number, caught.value.field) == ("JP", "target")


def test_an_addition_counts_at_once_unless_the_policy_says_otherwise() -> None:
    now = at("2026-11-09 10:30")
    assert policies.parse("limit=1", TOKYO).counts_from(now) == now
    assert policies.parse("list=4", TOKYO).counts_from(now) == at("2026-11-13 12:00")
