"""The small named cast of the tests, and the steps that most of them begin with.

`build(session)` makes it through the verbs: the registry's own people, two holders with two
representatives each, an outsider with an account of its own, an account of every kind, and two
projects with one decision each that allots credits to both holders and to the outsider.

    world = database.write(build)
    database.write(lambda session: issued(session, world, quantity=1_000))

`populated(engine)` opens a registry with the cast in it already, which is quicker.
"""

import atexit
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.countries import PartnerCountry
from app.domain.ledger import Kind, Status
from app.domain.projects import Stage, UnitClass
from app.domain.roles import Right, Role
from app.domain.serials import Range
from app.domain.text import Text
from app.registry import accounts, approvals, decisions, people, projects, transactions
from app.registry.accounts import Loading
from app.registry.decisions import Share
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store.databases import Database
from app.store.tables import Allocation, Decision, Issuance, SecondFactor
from app.store.tables.credentials import Method
from tests import databases, postgres
from tests.authenticator import Passkey

#: When everything the builders do happens, unless a test says otherwise.
NOW = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
REGISTRY = "JP"
#: Every one of the cast signs in with the login ID that is the field's name, such as
#: "aoba-proposer", and this.
PASSWORD = "correct horse battery staple"

PROJECT, PARTNER, VINTAGE = "MN003", "MN", 2019
ITMO_PROJECT, ITMO_PARTNER, ITMO_VINTAGE = "VN004", "VN", 2022
#: The kinds of movement between two accounts of one registry.
MOVEMENTS = [
    kind for kind in Kind if kind not in {Kind.ISSUANCE, Kind.EXTERNAL_TRANSFER, Kind.ACQUISITION}
]
#: What each decision allots to each of the three holders.
ALLOTTED = 1_000_000


@dataclass(frozen=True)
class World:
    """Who and what there is: people by user id, accounts by number, decisions by allocation."""

    operator: int
    approver: int
    auditor: int
    system_administrator: int
    reviewer: int

    aoba: str
    aoba_proposer: int
    aoba_approver: int

    kaede: str
    kaede_proposer: int
    kaede_approver: int

    #: A third holder's account and the person who may propose and approve on it.
    outside: str
    outsider: int
    outsider_colleague: int

    government: str
    retirement: str
    voluntary_cancellation: str
    mandatory_cancellation: str

    #: The id of the allocation of (project, account number).
    allocations: dict[tuple[str, str], int]

    def final(self, kind: Kind) -> str:
        """Return the registry's own account that movements of a kind go to."""
        return str(getattr(self, kind.value))


def build(session: Session, registry: str = REGISTRY) -> World:
    """Make the cast in an empty registry."""
    admins = {role: person(session, role.replace("_", "-"), role=role) for role in Role}
    operator = admins[Role.OPERATOR]
    names = ("aoba-proposer", "aoba-approver", "kaede-proposer", "kaede-approver")
    acting = {name.replace("-", "_"): person(session, name) for name in names}
    outsider, colleague = person(session, "outsider"), person(session, "outsider-colleague")
    aoba = account(session, "Aoba Energy", operator, registry=registry)
    kaede = account(session, "Kaede Trading", operator, registry=registry)
    outside = account(session, "Outside Company", operator, registry=registry)
    for number, proposer, approver in (
        (aoba, acting["aoba_proposer"], acting["aoba_approver"]),
        (kaede, acting["kaede_proposer"], acting["kaede_approver"]),
    ):
        appoint(session, number, {proposer: Right.BOTH, approver: Right.APPROVE}, operator)
    appoint(session, outside, {outsider: Right.BOTH, colleague: Right.BOTH}, operator)
    own = {
        kind.value: account(session, "Government of Japan", operator, kind=kind, registry=registry)
        for kind in AccountKind
        if kind not in {AccountKind.ENTITY, AccountKind.EXTERNAL}
    }
    allocations = {}
    for reference, partner, vintage in (
        (PROJECT, PARTNER, VINTAGE),
        (ITMO_PROJECT, ITMO_PARTNER, ITMO_VINTAGE),
    ):
        project(session, reference, partner, operator)
        shares = [Share(number, vintage, ALLOTTED) for number in (aoba, kaede, outside)]
        decision(session, f"{reference}-1", reference, shares, operator)
        allocations |= {(reference, share.account): _allocation(session, share) for share in shares}
    return World(
        **{role.value: user for role, user in admins.items()},
        **acting,
        **own,
        outsider=outsider,
        outsider_colleague=colleague,
        aoba=aoba,
        kaede=kaede,
        outside=outside,
        allocations=allocations,
    )


@contextmanager
def populated(
    engine: str, registry: str = REGISTRY
) -> Generator[tuple[Database, World], None, None]:
    """Open a registry of its own that holds the cast; it is gone on leaving."""
    with populated_url(engine, registry) as (url, world):
        database = databases.connect(url)
        try:
            yield database, world
        finally:
            database.close()


@contextmanager
def populated_url(
    engine: str, registry: str = REGISTRY
) -> Generator[tuple[str, World], None, None]:
    """Make a registry that holds the cast and give its address."""
    template, world = _template(engine, registry)
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="registry-", dir=postgres.quick_place()) as folder:
            shutil.copyfile(template, Path(folder, "registry.sqlite"))
            yield f"sqlite:///{folder}/registry.sqlite", world
    else:
        name = postgres.shared().createdb(template=template)
        try:
            yield postgres.shared().url(name), world
        finally:
            postgres.shared().dropdb(name)


@cache
def _template(engine: str, registry: str) -> tuple[str, World]:
    kept = ExitStack()
    url = kept.enter_context(databases.fresh_url(engine))
    atexit.register(kept.close)
    database = databases.connect(url)
    world = database.write(partial(build, registry=registry))
    database.close()
    return str(make_url(url).database), world


# Parts of it, for tests that need one more


def person(session: Session, login_id: str, *, role: Role | None = None) -> int:
    """Create a person who signs in with PASSWORD, and return the user's id."""
    name = login_id.replace("-", " ").title()
    made = people.create(
        session, login_id, name_en=name, name_ja=name, role=role, actor=None, now=NOW
    )
    made.password_hash = _password_hash()
    passkey = Passkey(login_id=login_id)
    session.add(
        SecondFactor(
            user_id=made.id,
            method=Method.PASSKEY,
            name="Passkey of the tests",
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=0,
            added_at=NOW,
        )
    )
    session.flush()
    return made.id


@cache
def _password_hash() -> str:
    # A cheap one: the cost of the real parameters is not what the tests test.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def account(
    session: Session,
    holder: str,
    operator: int,
    *,
    kind: AccountKind = AccountKind.ENTITY,
    registry: str = REGISTRY,
) -> str:
    """Open an account of a holder, which is recorded if it is new, and return the number."""
    reference = holder.lower().replace(" ", "-")
    recorded = accounts.record_holder(session, reference, name_en=holder, actor=operator, now=NOW)
    opened = accounts.open_account(
        session, registry, kind, recorded, because=Loading(), actor=operator, now=NOW
    )
    return opened.number


def appoint(session: Session, number: str, rights: dict[int, Right], operator: int) -> None:
    """Name who acts on an account."""
    found = account_questions.by_number(session, number)
    assert found is not None, number
    accounts.appoint(session, found, rights, actor=operator, now=NOW)


def project(session: Session, reference: str, partner: str, operator: int) -> None:
    """Record a project, and its partner country as far as tests need one."""
    country = PartnerCountry(partner, f"{partner}X", Text(partner, partner), date(2013, 1, 8))
    projects.record_country(session, country, actor=operator)
    projects.record_project(
        session,
        reference,
        partner=partner,
        title_en=f"Project {reference}",
        stage=Stage.REGISTERED,
        actor=operator,
    )


def decision(
    session: Session, reference: str, project: str, shares: list[Share], operator: int
) -> Decision:
    """Record a decision on the years of its shares' vintages."""
    years = [share.vintage for share in shares]
    return decisions.record(
        session,
        reference,
        project=project,
        decided_on=date(2026, 3, 31),
        monitoring_from=date(min(years), 1, 1),
        monitoring_to=date(max(years), 12, 31),
        shares=shares,
        unit_class=UnitClass.ITMO if min(years) >= 2021 else UnitClass.JCM_CREDIT,
        actor=operator,
        now=NOW,
    )


def _allocation(session: Session, share: Share) -> int:
    query = select(Allocation.id).where(Allocation.vintage == share.vintage).order_by(Allocation.id)
    found = account_questions.by_number(session, share.account)
    assert found is not None
    return session.scalars(query.where(Allocation.account_id == found.id)).one()


# Movements


def key() -> str:
    """Return an idempotency key that was never used."""
    return uuid4().hex


def issued(
    session: Session,
    world: World,
    *,
    quantity: int = 1_000,
    account: str | None = None,
    project: str = PROJECT,
    now: datetime = NOW,
) -> Range:
    """Issue credits to an account (Aoba's), and return their serial numbers."""
    allocation = world.allocations[project, account or world.aoba]
    proposed = transactions.propose_issuance(
        session, allocation, quantity, key=key(), actor=world.operator, now=now
    )
    completed(session, proposed, actor=world.approver, now=now)
    query = select(Issuance.first, Issuance.last).where(Issuance.transaction_id == proposed)
    first, last = session.execute(query).one()
    return Range(first, last)


def order(world: World, kind: Kind = Kind.TRANSFER, **asked: Any) -> Order:
    """Return an order of Aoba's: a transfer goes to Kaede, a cancellation has its texts."""
    default: dict[str, Any] = {"source": world.aoba}
    if kind is Kind.TRANSFER:
        default["target"] = world.kaede
    if kind is Kind.VOLUNTARY_CANCELLATION:
        default |= {"purpose": "Offset of a conference", "beneficiary": "Kaede Trading"}
    if kind is Kind.MANDATORY_CANCELLATION:
        default["reference"] = "Order 2026-1"
    return Order(kind=kind, **default | asked)


def proposed(
    session: Session,
    world: World,
    kind: Kind = Kind.TRANSFER,
    *,
    actor: int | None = None,
    now: datetime = NOW,
    **asked: Any,
) -> int:
    """Propose `order(world, kind, **asked)` as the one entitled to, and return its id."""
    asking = order(world, kind, **asked)
    who = proposer(world, asking) if actor is None else actor
    return transactions.propose(session, asking, key=key(), actor=who, now=now)


def moved(
    session: Session,
    world: World,
    kind: Kind = Kind.TRANSFER,
    *,
    now: datetime = NOW,
    **asked: Any,
) -> int:
    """Propose and approve `order(world, kind, **asked)`, and return its id."""
    asking = order(world, kind, **asked)
    identifier = proposed(session, world, kind, now=now, **asked)
    completed(session, identifier, actor=decider(world, asking), now=now)
    return identifier


def completed(session: Session, identifier: int, *, actor: int, now: datetime = NOW) -> None:
    """Approve a proposal that nothing stands against."""
    ended = approvals.approve(session, identifier, actor=actor, now=now)
    if ended.refusal is not None:
        raise ended.refusal
    assert ended.status is Status.COMPLETED, ended.status


def proposer(world: World, asking: Order) -> int:
    """Return who proposes an order of this kind from this source."""
    if asking.kind is Kind.MANDATORY_CANCELLATION:
        return world.operator
    proposers = {world.kaede: world.kaede_proposer, world.outside: world.outsider}
    return proposers.get(asking.source, world.aoba_proposer)


def decider(world: World, asking: Order) -> int:
    """Return who approves an order of this kind from this source."""
    if asking.kind is Kind.MANDATORY_CANCELLATION:
        return world.approver
    approvers = {world.kaede: world.kaede_approver, world.outside: world.outsider_colleague}
    return approvers.get(asking.source, world.aoba_approver)
