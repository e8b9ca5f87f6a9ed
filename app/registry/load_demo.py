"""The demo of a registry, from its own files: fictional people and what they do."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from itertools import groupby
from operator import itemgetter

from app.domain.ledger import Kind
from app.domain.notifications import Kind as Told
from app.domain.requests import Asked
from app.domain.requests import Kind as AskedKind
from app.domain.roles import Right, Role
from app.domain.text import Text
from app.registry import (
    accounts,
    applications,
    notifications,
    passwords,
    people,
    requests,
    transactions,
)
from app.registry.applications import Begun
from app.registry.filling import Filler
from app.registry.load_runs import Run, SignIn, Step
from app.registry.published import Line, rows, several, yes
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store import applications as application_questions
from app.store import people as people_questions
from app.store import requests as request_questions
from app.store import transactions as transaction_questions


def persons(run: Run) -> Iterator[Step]:
    """Yield the demo people, and whom each holder lets act on its account."""
    lines = rows("demo_people", run.registry)
    for line in lines:
        yield Step(date.fromisoformat(line["created_on"]), partial(_create, run, line))
    for holder in sorted({name for line in lines for name in several(line["holders"])}):
        acting = [line for line in lines if holder in several(line["holders"])]
        day = max(date.fromisoformat(line["created_on"]) for line in acting)
        yield Step(day, partial(_appoint, run, holder, acting, day))


def _create(run: Run, line: Line) -> None:
    """Create a demo person, with a fresh password if that person is to sign in."""
    session = run.session
    if people_questions.by_login_id(session, line["login_id"]) is not None:
        return
    password = secrets.token_urlsafe(12) if yes(line["signs_in"]) else None
    made = people.create(
        session,
        line["login_id"],
        name_en=line["name_en"],
        name_ja=line["name_ja"],
        role=Role(line["role"]) if line["role"] else None,
        email=line["email"] or None,
        language=line["language"],
        password_hash=passwords.hash_of(password) if password else None,
        is_demo=True,
        actor=run.operator,
        now=run.recorded(date.fromisoformat(line["created_on"])),
    )
    name = Text(line["name_en"], line["name_ja"])
    notifications.tell(
        session.connection(),
        Told.LOGIN_ID_ISSUED,
        made.login_id,
        {"person": (name.en, name.ja)},
        user=made.id,
        now=made.created_at,
    )
    if password:
        run.sign_ins.append(SignIn(line["login_id"], password, name))


def _appoint(run: Run, holder: str, acting: list[dict[str, str]], day: date) -> None:
    """Name who acts on a holder's account, unless somebody was named already."""
    session = run.session
    account = account_questions.of_holder(session, holder)[0]
    if account_questions.representatives(session, account.id):
        return
    rights = {run.user(line["login_id"]): Right(line["right"]) for line in acting}
    accounts.appoint(session, account, rights, actor=run.operator, now=run.recorded(day))


def story(run: Run) -> Iterator[Step]:
    """Yield the movements that have a day."""
    for line in rows("demo_story", run.registry):
        if line["on"]:
            day = date.fromisoformat(line["on"])
            yield Step(day, partial(_move, run, line, day))


def _move(run: Run, line: Line, day: date) -> None:
    identifier = _propose(run, line, run.proposed(day))
    if identifier is not None:
        run.approve(identifier, actor=run.user(line["approved_by"]), now=run.approved(day))


def leave_waiting(run: Run, now: datetime) -> None:
    """Make what has no day, so that demo people and administrators find something to decide."""
    for line in rows("demo_story", run.registry):
        if not line["on"]:
            _propose(run, line, now)
    for line in rows("demo_requests", run.registry):
        _ask(run, line, now)
    lines = rows("demo_applications", run.registry)
    for _reference, of_one in groupby(lines, key=itemgetter("reference")):
        _apply(run, list(of_one), now)


def _ask(run: Run, line: Line, now: datetime) -> None:
    """Ask for a change of powers, unless an earlier run did, however it was decided."""
    session, key = run.session, f"load:{line['reference']}"
    asker = run.user(line["asked_by"])
    if request_questions.by_key(session, asker, key) is not None:
        return
    asked = Asked(
        AskedKind(line["kind"]),
        line["about"],
        account=run.number(line["holder"]),
        right=Right(line["right"]),
        comment=line["comment"],
    )
    requests.ask(session, asked, key=key, actor=asker, setting=run.setting(), now=now)


def _apply(run: Run, lines: list[Line], now: datetime) -> None:
    """Fill in an application, and hand it in or leave it a draft, unless an earlier run did."""
    session, first = run.session, lines[0]
    user = run.user(first["started_by"])
    key, by = f"load:{first['reference']}", Filler(user)
    if application_questions.by_key(session, user, key) is not None:
        return
    begun = Begun(
        int(first["form"]),
        account=run.number(first["holder"]),
        language=first["language"],
        registry=run.registry,
    )
    made = applications.start(session, begun, key=key, actor=user, now=now)
    for line in lines:
        present = made.answers.get(line["section"], {})
        typed = {**present, line["field"]: line["answer"]}
        seen = applications.fingerprint(present)
        applications.save(session, made.id, line["section"], typed, seen=seen, by=by, now=now)
    if yes(first["is_submitted"]):
        applications.submit(session, made.id, by=by, setting=run.setting(), now=now)


def _propose(run: Run, line: Line, now: datetime) -> int | None:
    """Propose a movement of the story; None when an earlier run did, however it ended."""
    session, key = run.session, f"load:{line['reference']}"
    proposer = run.user(line["proposed_by"])
    if transaction_questions.by_key(session.connection(), proposer, key) is not None:
        return None
    order = _order(run, line)
    return transactions.propose(session, order, key=key, actor=proposer, now=now, party=run.party)


def _order(run: Run, line: Line) -> Order:
    return Order(
        kind=Kind(line["kind"]),
        source=run.number(line["source"]),
        target=run.number(line["target"]) if line["target"] else "",
        quantity=int(line["quantity"]),
        project=line["project"],
        vintage=int(line["vintage"]),
        purpose=line["purpose"],
        beneficiary=line["beneficiary"],
        remark=line["remark"],
    )
