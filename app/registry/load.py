"""Load the starting data through the verbs, dated as it happened; running it again doubles nothing.

The files in app/data hold the facts as published and, marked as such, what is only illustration.
Each line is a step with a day. Steps are taken in the order of their days and those still to come
are left for a later run, so that lines added later never touch what is loaded already.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind, Status
from app.domain.projects import UnitClass
from app.domain.roles import Right, Role
from app.domain.text import Text
from app.registry import accounts, approvals, decisions, people, published, transactions
from app.registry.decisions import Published, Share
from app.registry.published import Line, day_of, rows, several, whole, yes
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store import decisions as decision_questions
from app.store import people as people_questions
from app.store import transactions as transaction_questions

#: Days in the files are days in Japan.
JAPAN: Final = timezone(timedelta(hours=9))
_RECORDED: Final = time(9, tzinfo=JAPAN)
_PROPOSED: Final = time(10, tzinfo=JAPAN)
_APPROVED: Final = time(15, tzinfo=JAPAN)

GOVERNMENT: Final = "government-of-japan"
#: The government's own account and the registry's three final ones, opened together.
GOVERNMENT_KINDS: Final = (
    AccountKind.GOVERNMENT,
    AccountKind.RETIREMENT,
    AccountKind.MANDATORY_CANCELLATION,
    AccountKind.VOLUNTARY_CANCELLATION,
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a demo person made by this run signs in; the password is kept nowhere else."""

    login_id: str
    password: str = field(repr=False)
    name: Text


@dataclass(frozen=True, slots=True)
class _Step:
    day: date
    take: Callable[[], None]


@dataclass(slots=True)
class _Loading:
    """One run: where it writes, who acts in it, and the sign-ins it made."""

    session: Session
    registry: str
    operator: int
    approver: int
    sign_ins: list[SignIn] = field(default_factory=list)


def load(session: Session, registry: str, *, now: datetime, demo: bool = True) -> list[SignIn]:
    """Load what app/data holds up to `now` and return the sign-ins of the demo people it made.

    Args:
        registry: the code of the registry, which begins its account numbers.
        demo: also load the fictional holders and people, and the story told with them.
    """
    loading = _begin(session, registry, now)
    published.record(session, actor=loading.operator)
    steps = [*_holders(loading, demo=demo), *_issuances(loading)]
    if demo:
        steps += [*_people(loading), *_story(loading)]
    due = [step for step in steps if datetime.combine(step.day, _APPROVED) <= now]
    for step in sorted(due, key=lambda step: step.day):
        step.take()
    if demo and len(due) == len(steps):
        _leave_waiting(loading, now)
    return loading.sign_ins


def _begin(session: Session, registry: str, now: datetime) -> _Loading:
    """Make the two persons in whose names the facts are loaded; nobody can sign in as them."""
    actors = {}
    for role, word in ((Role.OPERATOR, "担当者"), (Role.APPROVER, "承認者")):
        login_id = f"starting-data-{role}"
        user = people_questions.by_login_id(session, login_id) or people.create(
            session,
            login_id,
            name_en=f"Starting data ({role})",
            name_ja=f"初期データ（{word}）",
            role=role,
            actor=None,
            now=now,
        )
        actors[role] = user.id
    return _Loading(session, registry, actors[Role.OPERATOR], actors[Role.APPROVER])


# Holders and their accounts


def _holders(loading: _Loading, *, demo: bool) -> Iterator[_Step]:
    for line in rows("holders"):
        if demo or not yes(line["is_demo"]):
            yield _Step(date.fromisoformat(line["opened_on"]), partial(_open, loading, line))


def _open(loading: _Loading, line: Line) -> None:
    """Record a holder and open its accounts, unless it has them."""
    session, actor = loading.session, loading.operator
    if account_questions.of_holder(session, line["reference"]):
        return
    now = _at(line["opened_on"], _RECORDED)
    holder = accounts.record_holder(
        session,
        line["reference"],
        name_en=line["name_en"],
        name_ja=line["name_ja"] or None,
        country=line["country"] or None,
        head_office_en=line["head_office_en"] or None,
        head_office_ja=line["head_office_ja"] or None,
        is_demo=yes(line["is_demo"]),
        actor=actor,
        now=now,
    )
    kinds = GOVERNMENT_KINDS if line["kind"] == "government" else (AccountKind.ENTITY,)
    for kind in kinds:
        accounts.open_account(session, loading.registry, kind, holder, actor=actor, now=now)


def _number(loading: _Loading, holder: str) -> str:
    """Return the number of a holder's first account, the one its credits go to."""
    return account_questions.of_holder(loading.session, holder)[0].number


# Issuances


def _issuances(loading: _Loading) -> Iterator[_Step]:
    for line in rows("issuances"):
        day = line["issued_on"] or line["decided_on"]
        yield _Step(date.fromisoformat(day), partial(_issue, loading, line, day))


def _issue(loading: _Loading, line: Line, day: str) -> None:
    """Record a decision of a Joint Committee and issue what it allots, each share by itself."""
    session = loading.session
    decision = decisions.record(
        session,
        line["reference"],
        project=line["project"],
        decided_on=date.fromisoformat(line["decided_on"]),
        monitoring_from=day_of(line["monitoring_from"]),
        monitoring_to=day_of(line["monitoring_to"]),
        total=whole(line["total"]),
        unit_class=UnitClass(line["unit_class"]),
        shares=[
            Share(_number(loading, holder), int(line["vintage"]), tonnes)
            for holder, tonnes in shares(line)
        ],
        published=Published(
            allocation=yes(line["allocation_is_public"]),
            date=yes(line["date_is_public"]),
            vintage=yes(line["vintage_is_public"]),
            note_en=line["note_en"] or None,
            note_ja=line["note_ja"] or None,
        ),
        actor=loading.operator,
        now=_at(day, _RECORDED),
    )
    allocations = decision_questions.allocations(session, decision.id)
    for (holder, tonnes), allocation in zip(shares(line), allocations, strict=True):
        identifier = transactions.propose_issuance(
            session,
            allocation.id,
            tonnes,
            key=f"load:{line['reference']}:{holder}",
            actor=loading.operator,
            now=_at(day, _PROPOSED),
        )
        _approve(session, identifier, actor=loading.approver, now=_at(day, _APPROVED))


def shares(line: Line) -> list[tuple[str, int]]:
    """Return the holders a line of issuances.csv allots tonnes to, the government first."""
    government = [f"{GOVERNMENT}={line['government']}"] if line["government"] else []
    divided = [share.split("=") for share in government + several(line["participants"])]
    return [(holder, int(tonnes)) for holder, tonnes in divided]


def _approve(session: Session, identifier: int, *, actor: int, now: datetime) -> None:
    ended = approvals.approve(session, identifier, actor=actor, now=now)
    if ended.refusal is not None:
        raise ended.refusal
    assert ended.status is Status.COMPLETED, ended.status


# Demo: fictional people and what they do


def _people(loading: _Loading) -> Iterator[_Step]:
    lines = rows("demo_people")
    for line in lines:
        yield _Step(date.fromisoformat(line["created_on"]), partial(_create, loading, line))
    for holder in sorted({name for line in lines for name in several(line["holders"])}):
        acting = [line for line in lines if holder in several(line["holders"])]
        day = max(date.fromisoformat(line["created_on"]) for line in acting)
        yield _Step(day, partial(_appoint, loading, holder, acting, day))


def _create(loading: _Loading, line: Line) -> None:
    """Create a demo person, with a fresh password if that person is to sign in."""
    session = loading.session
    if people_questions.by_login_id(session, line["login_id"]) is not None:
        return
    password = secrets.token_urlsafe(12) if yes(line["signs_in"]) else None
    people.create(
        session,
        line["login_id"],
        name_en=line["name_en"],
        name_ja=line["name_ja"],
        role=Role(line["role"]) if line["role"] else None,
        email=line["email"] or None,
        language=line["language"],
        password=password,
        is_demo=True,
        actor=loading.operator,
        now=_at(line["created_on"], _RECORDED),
    )
    if password:
        name = Text(line["name_en"], line["name_ja"])
        loading.sign_ins.append(SignIn(line["login_id"], password, name))


def _appoint(loading: _Loading, holder: str, acting: list[dict[str, str]], day: date) -> None:
    """Name who acts on a holder's account, unless somebody was named already."""
    session = loading.session
    account = account_questions.of_holder(session, holder)[0]
    if account_questions.representatives(session, account.id):
        return
    rights = {_user(session, line["login_id"]): Right(line["right"]) for line in acting}
    now = datetime.combine(day, _RECORDED)
    accounts.appoint(session, account, rights, actor=loading.operator, now=now)


def _story(loading: _Loading) -> Iterator[_Step]:
    for line in rows("demo_story"):
        if line["on"]:
            yield _Step(date.fromisoformat(line["on"]), partial(_move, loading, line))


def _move(loading: _Loading, line: Line) -> None:
    identifier = _propose(loading, line, _at(line["on"], _PROPOSED))
    if identifier is not None:
        approver = _user(loading.session, line["approved_by"])
        _approve(loading.session, identifier, actor=approver, now=_at(line["on"], _APPROVED))


def _leave_waiting(loading: _Loading, now: datetime) -> None:
    """Make the proposals without a day, so that a demo person finds one to decide."""
    for line in rows("demo_story"):
        if not line["on"]:
            _propose(loading, line, now)


def _propose(loading: _Loading, line: Line, now: datetime) -> int | None:
    """Propose a movement of the story; None when an earlier run did, however it ended."""
    session, key = loading.session, f"load:{line['reference']}"
    proposer = _user(session, line["proposed_by"])
    if transaction_questions.by_key(session.connection(), proposer, key) is not None:
        return None
    return transactions.propose(session, _order(loading, line), key=key, actor=proposer, now=now)


def _order(loading: _Loading, line: Line) -> Order:
    return Order(
        kind=Kind(line["kind"]),
        source=_number(loading, line["source"]),
        target=_number(loading, line["target"]) if line["target"] else "",
        quantity=int(line["quantity"]),
        project=line["project"],
        vintage=int(line["vintage"]),
        purpose=line["purpose"],
        beneficiary=line["beneficiary"],
        remark=line["remark"],
    )


def _user(session: Session, login_id: str) -> int:
    user = people_questions.by_login_id(session, login_id)
    assert user is not None, login_id
    return user.id


def _at(day: str, hour: time) -> datetime:
    return datetime.combine(date.fromisoformat(day), hour)
