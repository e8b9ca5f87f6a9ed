"""Accounts: their numbers, the states they go through, their closure, and who acts for them."""

import ast
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import app
from app.domain import accounts as rules
from app.domain.accounts import Kind, State, parse_number
from app.domain.applications import CLOSURE, OPENING, Status
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    MoveNotAllowed,
    NotEmpty,
    NotEntitled,
    NotFound,
    ReasonRequired,
    RepresentativesMissing,
    Required,
    TransactionsPending,
)
from app.domain.forms import VERSIONS
from app.domain.ledger import Kind as Movement
from app.domain.roles import Right
from app.registry import accounts
from app.registry.accounts import Cause, Loading
from app.store import accounts as questions
from app.store import blocks
from app.store.tables import Account, Application, Holder, LogEntry
from tests import world
from tests.stages import applied_for, closing, in_state, refused
from tests.world import NOW, World

#: The moves that an application for closure makes.
ON_APPLICATION = {
    (State.OPEN, State.CLOSURE_PENDING),
    (State.CLOSURE_PENDING, State.OPEN),
    (State.CLOSURE_PENDING, State.CLOSED),
}
BY_HAND = {State.OPEN, State.PARTLY_BARRED, State.BARRED, State.SUSPENDED}
OWN = ("government", "retirement", "voluntary_cancellation", "mandatory_cancellation")


def change(
    session: Session, cast: World, number: str, state: State, *, who: str = "operator"
) -> Account:
    """Move an account: by hand, or on the application that such a move needs."""
    found = questions.by_number(session, number)
    before = found.state if found else state
    because = closing(session, number, state) if (before, state) in ON_APPLICATION else None
    return accounts.change_state(
        session,
        number,
        state,
        reason=f"to {state}",
        because=because,
        actor=getattr(cast, who),
        now=NOW,
    )


def account(session: Session, number: str) -> Account:
    found = questions.by_number(session, number)
    assert found is not None
    return found


def last_entry(session: Session) -> LogEntry:
    return session.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()


# Holders and numbers


def test_an_account_bears_a_number_that_says_what_it_is(stage: Session, cast: World) -> None:
    for kind in Kind:
        number = world.account(stage, "Aoba Energy", cast.operator, kind=kind)
        read = parse_number(number)
        assert (read.registry, read.kind) == ("JP", kind)
        assert account(stage, number).kind is kind


def test_an_account_applied_for_is_not_open(stage: Session, cast: World) -> None:
    applied = applied_for(stage, cast)
    assert (applied.state, applied.opened_at) == (State.APPLIED, None)
    opened = account(stage, world.account(stage, "Aoba Energy", cast.operator))
    assert (opened.state, opened.opened_at) == (State.OPEN, NOW)


def test_a_holder_is_recorded_once(stage: Session, cast: World) -> None:
    def record(name: str) -> Holder:
        return accounts.record_holder(stage, "ref", name_en=name, actor=cast.operator, now=NOW)

    first = record("Midori Steel")
    assert record("Another name") is first
    assert first.name_en == "Midori Steel"
    with refused(stage, Required, field="name_en"):
        accounts.record_holder(stage, "other", name_en="  ", actor=cast.operator, now=NOW)


@pytest.mark.parametrize("who", ["auditor", "system_administrator", "aoba_proposer", "outsider"])
def test_o22_and_o27_only_those_who_manage_accounts_do_so(
    stage: Session, cast: World, who: str
) -> None:
    actor = getattr(cast, who)
    holder = account(stage, cast.aoba).holder
    with refused(stage, NotEntitled):
        accounts.record_holder(stage, "ref", name_en="Name", actor=actor, now=NOW)
    with refused(stage, NotEntitled):
        open_account(stage, holder, Loading(), actor=actor)
    with refused(stage, NotEntitled):
        change(stage, cast, cast.aoba, State.SUSPENDED, who=who)
    with refused(stage, NotEntitled):
        accounts.appoint(stage, account(stage, cast.aoba), {}, actor=actor, now=NOW)


# States


def test_o25_and_o26_an_entity_account_makes_the_listed_moves_and_no_other(
    stage: Session, cast: World
) -> None:
    for before, after in product(State, State):
        in_state(stage, cast.kaede, before)
        by_hand = after in rules.MOVES[before] and {before, after} <= BY_HAND
        if by_hand or (before, after) in ON_APPLICATION:
            assert change(stage, cast, cast.kaede, after).state is after
            changed = select(LogEntry).where(LogEntry.operation == "change account state")
            entry = stage.scalars(changed.order_by(LogEntry.id.desc()).limit(1)).one()
            assert entry.facts == {"before": before, "after": after, "reason": f"to {after}"}
        else:
            with refused(stage, MoveNotAllowed, before=before, after=after):
                change(stage, cast, cast.kaede, after)


def test_o25_a_change_of_state_is_in_the_history_with_name_and_reason(
    stage: Session, cast: World
) -> None:
    change(stage, cast, cast.aoba, State.SUSPENDED, who="approver")
    entry = last_entry(stage)
    assert (entry.operation, entry.subject) == ("change account state", cast.aoba)
    assert (entry.user_id, entry.at, entry.refusal) == (cast.approver, NOW, None)
    assert entry.facts == {"before": "open", "after": "suspended", "reason": "to suspended"}


def test_o25_a_change_of_state_needs_its_reason(stage: Session, cast: World) -> None:
    for blank in ("", "  ", "\u3000\n"):
        with refused(stage, ReasonRequired, field="reason"):
            accounts.change_state(
                stage, cast.aoba, State.SUSPENDED, reason=blank, actor=cast.operator, now=NOW
            )


def test_case_64_an_account_that_does_not_exist_has_no_state(stage: Session, cast: World) -> None:
    with pytest.raises(NotFound):
        change(stage, cast, "JP-121-999999-0-00", State.OPEN)


# Closure


def test_case_122_a_closed_account_is_nobodys_and_keeps_its_history(
    stage: Session, cast: World
) -> None:
    issued = world.issued(stage, cast, quantity=10)
    world.moved(stage, cast, quantity=10)
    change(stage, cast, cast.aoba, State.CLOSURE_PENDING)
    closed = change(stage, cast, cast.aoba, State.CLOSED)
    assert (closed.state, closed.closed_at) == (State.CLOSED, NOW)
    assert questions.representatives(stage, closed.id) == []
    assert questions.seen_by(stage, cast.aoba_proposer) == []
    entries = stage.scalars(select(LogEntry).where(LogEntry.subject == cast.aoba)).all()
    dismissed = [entry.facts for entry in entries if entry.operation == "dismiss representatives"]
    assert dismissed == [{"aoba-proposer": "both", "aoba-approver": "approve"}]
    with refused(stage, AccountStateForbids, state=State.CLOSED, field="target"):
        world.proposed(stage, cast, source=cast.kaede, target=cast.aoba, quantity=1)
    assert [step.account_id for step in blocks.life(stage, issued.first)][-1] == closed.id


def test_an_account_that_holds_credits_is_not_closed(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=10)
    change(stage, cast, cast.aoba, State.CLOSURE_PENDING)
    with refused(stage, NotEmpty, held=10, field="state"):
        change(stage, cast, cast.aoba, State.CLOSED)
    change(stage, cast, cast.aoba, State.OPEN)


@pytest.mark.parametrize("side", ["aoba", "kaede"])
def test_o23_no_closure_is_asked_for_while_a_transaction_waits(
    stage: Session, cast: World, side: str
) -> None:
    world.issued(stage, cast)
    waiting = world.proposed(stage, cast, quantity=10)
    number = getattr(cast, side)
    with refused(stage, TransactionsPending, pending=1, field="state"):
        change(stage, cast, number, State.CLOSURE_PENDING)
    world.completed(stage, waiting, actor=cast.aoba_approver)
    change(stage, cast, number, State.CLOSURE_PENDING)


def test_o23_no_closure_is_completed_while_an_order_waits(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=10)
    change(stage, cast, cast.aoba, State.CLOSURE_PENDING)
    waiting = world.proposed(stage, cast, Movement.MANDATORY_CANCELLATION, quantity=10)
    with refused(stage, TransactionsPending, pending=1):
        change(stage, cast, cast.aoba, State.CLOSED)
    world.completed(stage, waiting, actor=cast.approver)
    change(stage, cast, cast.aoba, State.CLOSED)


@pytest.mark.parametrize("own", OWN)
def test_o24_the_registrys_own_accounts_are_never_closed(
    stage: Session, cast: World, own: str
) -> None:
    with refused(stage, AccountKindForbids, kind=own, field="state"):
        change(stage, cast, getattr(cast, own), State.CLOSURE_PENDING)


# Opened and closed on an application alone


def open_account(session: Session, holder: Holder, because: Cause, *, actor: int) -> Account:
    return accounts.open_account(
        session, "JP", Kind.ENTITY, holder, because=because, actor=actor, now=NOW
    )


def test_only_an_opening_that_is_being_approved_opens_an_entity_account(
    stage: Session, cast: World
) -> None:
    aoba = account(stage, cast.aoba)
    good = {"form": OPENING, "status": Status.EXAMINED}
    for wrong in (
        *({"form": form} for form in VERSIONS if form != OPENING),
        *({"status": status} for status in Status if status is not Status.EXAMINED),
        {"account_id": aoba.id},
    ):
        with refused(stage, NotEntitled):
            open_account(stage, aoba.holder, Application(**good | wrong), actor=cast.approver)
    because = Application(id=7, **good)
    for kind in Kind:
        if kind is not Kind.ENTITY:
            with refused(stage, NotEntitled):
                accounts.apply(
                    stage, "JP", kind, aoba.holder, because=because, actor=cast.operator, now=NOW
                )
    assert open_account(stage, aoba.holder, because, actor=cast.approver).state is State.OPEN
    assert "A-000007" in last_entry(stage).facts["reason"]


def test_nobody_opens_or_closes_an_account_by_hand(stage: Session, cast: World) -> None:
    for before, after in product(State, State):
        in_state(stage, cast.kaede, before)
        for who in (cast.operator, cast.approver):
            if not {before, after} <= BY_HAND:
                with pytest.raises(MoveNotAllowed):
                    accounts.change_state(stage, cast.kaede, after, reason="r", actor=who, now=NOW)


def test_an_application_closes_its_own_account_when_it_is_its_turn(
    stage: Session, cast: World
) -> None:
    kaede = account(stage, cast.kaede)
    for (before, after), form, status, about in product(
        ON_APPLICATION,
        VERSIONS,
        Status,
        (kaede.id, kaede.id + 1),
    ):
        in_state(stage, cast.kaede, before)
        fits = {
            State.CLOSURE_PENDING: {Status.DRAFT, Status.RETURNED},
            State.OPEN: {Status.SUBMITTED, Status.RETURNED, Status.EXAMINED},
            State.CLOSED: {Status.EXAMINED},
        }[after]
        because = Application(form=form, status=status, account_id=about)
        may = form == CLOSURE and about == kaede.id and status in fits
        with nullcontext() if may else pytest.raises(MoveNotAllowed):
            accounts.change_state(
                stage,
                cast.kaede,
                after,
                reason="r",
                because=because,
                actor=cast.approver,
                now=NOW,
            )


def test_no_other_module_opens_or_closes_accounts_or_writes_their_state() -> None:
    """Read every module of the product: who calls these verbs, who writes the table."""
    folder = Path(app.__file__).parent
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for what in _done_to_accounts(ast.parse(path.read_text())):
            found.setdefault(what, set()).add(str(path.relative_to(folder).with_suffix("")))
    assert found == {
        "opens": {"registry/load_facts", "registry/openings"},
        "is the load": {"registry/load_facts"},
        "moves on an application": {"registry/closures"},
        "makes": {"registry/accounts", "registry/peers"},
        "writes the state": {"registry/accounts"},
    }


def _done_to_accounts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "account.state" in ast.unparse(node.targets[0]):
            yield "writes the state"
        if not isinstance(node, ast.Call):
            continue
        verb, words = ast.unparse(node.func).rpartition(".")[2], {one.arg for one in node.keywords}
        if verb == "open_account":
            yield "opens"
        if verb == "Loading":
            yield "is the load"
        if verb == "change_state" and "because" in words:
            yield "moves on an application"
        if verb == "Account" and "holder_id" in words:
            yield "makes"


# Representatives


@pytest.mark.parametrize(
    "rights",
    [
        {},
        {"aoba_proposer": Right.BOTH},
        {"aoba_proposer": Right.BOTH, "aoba_approver": Right.READ},
        {"aoba_proposer": Right.PROPOSE, "aoba_approver": Right.PROPOSE},
        {"aoba_proposer": Right.APPROVE, "aoba_approver": Right.APPROVE},
        {"aoba_proposer": Right.PROPOSE, "aoba_approver": Right.READ},
        {"aoba_proposer": Right.READ, "aoba_approver": Right.READ},
    ],
)
def test_case_120_and_124_two_persons_must_together_propose_and_approve(
    stage: Session, cast: World, rights: dict[str, Right]
) -> None:
    named = {getattr(cast, who): right for who, right in rights.items()}
    with refused(stage, RepresentativesMissing, field="representatives"):
        accounts.appoint(stage, account(stage, cast.aoba), named, actor=cast.operator, now=NOW)


@pytest.mark.parametrize(
    "rights",
    [
        (Right.PROPOSE, Right.APPROVE),
        (Right.BOTH, Right.APPROVE),
        (Right.PROPOSE, Right.BOTH),
        (Right.BOTH, Right.BOTH),
    ],
)
def test_case_124_two_persons_who_propose_and_approve_are_enough(
    stage: Session, cast: World, rights: tuple[Right, Right]
) -> None:
    people = (cast.kaede_proposer, cast.kaede_approver)
    named = dict(zip(people, rights, strict=True))
    of_aoba = account(stage, cast.aoba)
    accounts.appoint(stage, of_aoba, named, actor=cast.operator, now=NOW)
    present = questions.representatives(stage, of_aoba.id)
    assert {one.user_id: one.right for one in present} == named
    assert last_entry(stage).facts == {
        "kaede-proposer": rights[0].value,
        "kaede-approver": rights[1].value,
    }


def test_o16_a_representative_who_is_replaced_loses_the_account_at_once(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    rights = {cast.kaede_proposer: Right.BOTH, cast.kaede_approver: Right.APPROVE}
    world.appoint(stage, cast.aoba, rights, cast.operator)
    with pytest.raises(NotFound):
        world.proposed(stage, cast, quantity=1)
    with pytest.raises(NotFound):
        world.completed(stage, identifier, actor=cast.aoba_approver)
    world.completed(stage, identifier, actor=cast.kaede_approver)


def test_nobody_is_appointed_to_a_closed_account(stage: Session, cast: World) -> None:
    in_state(stage, cast.aoba, State.CLOSED)
    rights = {cast.kaede_proposer: Right.BOTH, cast.kaede_approver: Right.APPROVE}
    with refused(stage, AccountStateForbids, field="account"):
        accounts.appoint(stage, account(stage, cast.aoba), rights, actor=cast.operator, now=NOW)
