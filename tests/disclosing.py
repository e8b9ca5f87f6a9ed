"""The registry whose disclosure of 1 July 2024 is known, built through the verbs.

What was published of it: seven of its 47 holders with their numbers, and what lay in each type of
account. Everything else of it, such as when credits moved, is made up.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.accounts import Kind
from app.domain.ledger import Kind as Movement
from app.domain.projects import UnitClass
from app.domain.roles import Right, Role
from app.registry import accounts, decisions, transactions
from app.registry.accounts import Loading
from app.registry.decisions import Share
from app.registry.published import rows
from app.registry.transactions import Order
from tests import world

ZONE: Final = ZoneInfo("Asia/Tokyo")
DAY: Final = date(2024, 7, 1)
HOLDERS: Final = 47
#: The holders that are known, by their number.
KNOWN: Final = {
    int(line["disclosed_number"]): line
    for line in rows("holders", "JP")
    if line["disclosed_number"]
}
#: Tonnes as published, in the order of the table.
AMOUNTS: Final = (
    (Kind.GOVERNMENT, 130),
    (Kind.ENTITY, 622_798),
    (Kind.RETIREMENT, 0),
    (Kind.MANDATORY_CANCELLATION, 0),
    (Kind.VOLUNTARY_CANCELLATION, 78_851),
)


@dataclass(frozen=True)
class Registry:
    """Who acts in it, and the accounts between which credits moved."""

    operator: int
    approver: int
    proposer: int
    second: int
    #: The account of each holder by its number in the disclosure.
    accounts: dict[int, str]


def build(session: Session) -> Registry:
    """Make the registry in an empty database."""
    people = {
        "operator": world.person(session, "operator", role=Role.OPERATOR),
        "approver": world.person(session, "approver", role=Role.APPROVER),
        "proposer": world.person(session, "proposer"),
        "second": world.person(session, "second"),
    }
    operator = people["operator"]
    opened = {}
    for place in range(1, HOLDERS + 1):
        known = KNOWN.get(place, {"name_en": f"Holder {place} (made up)"})
        opened[place] = _account(session, place, known, operator)
    government = _own(session, operator)
    made = Registry(**people, accounts=opened)
    _moved(session, made, government)
    return made


def _account(session: Session, place: int, line: dict[str, str], operator: int) -> str:
    now = datetime(2016, 5, 13, tzinfo=UTC) + timedelta(days=50 * place)
    holder = accounts.record_holder(
        session,
        f"holder-{place}",
        name_en=line["name_en"],
        name_ja=line.get("name_ja") or None,
        country="JP",
        head_office_en=line.get("head_office_en") or None,
        actor=operator,
        now=now,
    )
    return accounts.open_account(
        session, "JP", Kind.ENTITY, holder, because=Loading(), actor=operator, now=now
    ).number


def _own(session: Session, operator: int) -> str:
    """Open the government's accounts and return the number of the one that holds credits."""
    now = datetime(2015, 11, 13, tzinfo=UTC)
    holder = accounts.record_holder(
        session, "government", name_en="Government of Japan", actor=operator, now=now
    )
    opened = [
        accounts.open_account(
            session, "JP", kind, holder, because=Loading(), actor=operator, now=now
        )
        for kind in Kind
        if kind is not Kind.ENTITY
    ]
    return opened[0].number


def _moved(session: Session, made: Registry, government: str) -> None:
    first, other = made.accounts[3], made.accounts[4]
    rights = {made.proposer: Right.BOTH, made.second: Right.APPROVE}
    for number in (first, other):
        world.appoint(session, number, rights, made.operator)
    world.project(session, "MN003", "MN", made.operator)
    shares = [Share(government, 2016, 130), Share(first, 2016, 701_649)]
    decision = decisions.record(
        session,
        "MN003-1",
        project="MN003",
        decided_on=date(2017, 3, 1),
        monitoring_from=date(2016, 1, 1),
        monitoring_to=date(2016, 12, 31),
        shares=shares,
        unit_class=UnitClass.JCM_CREDIT,
        actor=made.operator,
        now=datetime(2017, 3, 1, tzinfo=UTC),
    )
    to_government, to_entity = (one.id for one in decision.allocations)
    for allocation, quantity, day in (
        (to_government, 130, date(2017, 10, 24)),
        (to_entity, 100_000, date(2018, 11, 7)),
        (to_entity, 601_649, date(2022, 2, 24)),
    ):
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        identifier = transactions.propose_issuance(
            session, allocation, quantity, key=world.key(), actor=made.operator, now=at
        )
        world.completed(session, identifier, actor=made.approver, now=at)
    for kind, quantity, target, day in (
        (Movement.TRANSFER, 200_000, other, date(2022, 6, 1)),
        (Movement.VOLUNTARY_CANCELLATION, 50_000, "", date(2023, 8, 1)),
        (Movement.VOLUNTARY_CANCELLATION, 28_851, "", date(2024, 3, 1)),
        # After the day of the edition, which must not see it.
        (Movement.RETIREMENT, 1_000, "", date(2024, 7, 2)),
    ):
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        asked = {"purpose": "Offset", "beneficiary": "Somebody"} if not target else {}
        order = Order(kind=kind, source=first, target=target, quantity=quantity, **asked)
        identifier = transactions.propose(
            session, order, key=world.key(), actor=made.proposer, now=at
        )
        world.completed(session, identifier, actor=made.second, now=at)
