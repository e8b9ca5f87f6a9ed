"""Form 4: the account is held while the application waits, and closed empty and undisturbed."""

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.applications import Status, number
from app.domain.errors import (
    AccountStateForbids,
    MoveNotAllowed,
    NotEmpty,
    NotEntitled,
    NotFound,
    TransactionsPending,
)
from app.domain.form_errors import ApplicationOpen, RequestsOpen
from app.domain.ledger import Kind as Movement
from app.domain.requests import Kind
from app.domain.roles import Right
from app.registry import accounts as verbs
from app.registry import applications, requests
from app.registry.filling import Filler
from app.store import accounts, blocks
from app.store.tables import Account, Application
from tests import applying, examining, world
from tests.examining import approve, claim, examined, reject
from tests.powers import SETTING, ask, logged, told
from tests.stages import in_state, refused
from tests.world import NOW, World

CLOSURE = "section:closure"


def state(session: Session, number: str) -> State:
    found = accounts.by_number(session, number)
    assert found is not None
    return found.state


def draft(session: Session, cast: World) -> Application:
    made = applying.begun(session, cast, 4)
    applying.fill(session, made)
    return made


def asked(session: Session, cast: World) -> Application:
    return applying.submit(session, draft(session, cast))


def other_request(session: Session, cast: World) -> int:
    return ask(
        session,
        Kind.CHANGE_RIGHT,
        "aoba-approver",
        account=cast.aoba,
        right=Right.BOTH,
        actor=cast.operator,
    )


def test_case_122_the_account_is_held_then_closed_and_its_history_stays(
    stage: Session, cast: World
) -> None:
    issued = world.issued(stage, cast, quantity=10)
    world.moved(stage, cast, quantity=10)
    made = asked(stage, cast)
    assert state(stage, cast.aoba) is State.CLOSURE_PENDING
    approve(stage, examined(stage, cast, made), cast.approver)
    closed = stage.get_one(Account, made.account_id)
    assert (closed.state, closed.closed_at) == (State.CLOSED, NOW)
    assert accounts.representatives(stage, closed.id) == []
    assert accounts.seen_by(stage, cast.aoba_proposer) == []
    with refused(stage, AccountStateForbids, state=State.CLOSED, field="target"):
        world.proposed(stage, cast, source=cast.kaede, target=cast.aoba, quantity=1)
    assert [step.account_id for step in blocks.life(stage, issued.first)][-1] == closed.id
    entries = [
        one.facts for one in logged(stage, cast.aoba) if one.operation == "change account state"
    ]
    assert [(one["before"], one["after"]) for one in entries[-2:]] == [
        ("open", "closure_pending"),
        ("closure_pending", "closed"),
    ]
    assert all(one["reason"].startswith(number(made.id)) for one in entries[-2:])
    # Whoever applied may still read what was decided, and is told of it.
    assert "application_approved" in told(stage, cast.aoba_proposer)
    assert told(stage, cast.aoba_approver)[-1] == "account_state_changed"


def end_request(session: Session, cast: World, identifier: int) -> None:
    requests.reject(session, identifier, reason="r", actor=cast.approver, now=NOW)


def withdraw(session: Session, application: Application, cast: World) -> None:
    by = Filler(cast.aoba_proposer)
    applications.withdraw(session, application.id, reason="", by=by, setting=SETTING, now=NOW)


def test_o23_a_closure_is_not_asked_for_while_anything_is_open(stage: Session, cast: World) -> None:
    certificate = applying.submitted(stage, cast)
    made = draft(stage, cast)
    with refused(stage, ApplicationOpen, number=number(certificate.id)):
        applying.submit(stage, made)
    withdraw(stage, certificate, cast)
    waiting = other_request(stage, cast)
    with refused(stage, RequestsOpen, requests=1, field=CLOSURE):
        applying.submit(stage, made)
    end_request(stage, cast, waiting)
    world.issued(stage, cast, quantity=10)
    with refused(stage, NotEmpty, held=10, field=CLOSURE):
        applying.submit(stage, made)
    moving = world.proposed(stage, cast, quantity=10)
    with refused(stage, TransactionsPending, pending=1, field=CLOSURE):
        applying.submit(stage, made)
    world.completed(stage, moving, actor=cast.aoba_approver)
    assert applying.submit(stage, made).status is Status.SUBMITTED


def test_o23_a_closure_is_not_approved_while_something_opened_since_waits(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, account=cast.kaede)
    made = examined(stage, cast, asked(stage, cast))
    late = applying.begun(stage, cast)
    applying.fill(stage, late)
    with refused(stage, ApplicationOpen, number=number(made.id)):
        applying.submit(stage, late)
    waiting = other_request(stage, cast)
    with refused(stage, RequestsOpen, requests=1, field=CLOSURE):
        approve(stage, made, cast.approver)
    assert (made.status, state(stage, cast.aoba)) == (Status.EXAMINED, State.CLOSURE_PENDING)
    end_request(stage, cast, waiting)
    approve(stage, made, cast.approver)
    assert state(stage, cast.aoba) is State.CLOSED


def test_o23_an_order_that_waits_or_credits_that_came_stop_the_approval(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=10)
    world.moved(stage, cast, quantity=10)
    made = examined(stage, cast, asked(stage, cast))
    # As if it had come by another way: nothing enters an account that is held.
    in_state(stage, cast.aoba, State.OPEN)
    world.issued(stage, cast, quantity=10)
    in_state(stage, cast.aoba, State.CLOSURE_PENDING)
    with refused(stage, NotEmpty, held=10, field=CLOSURE):
        approve(stage, made, cast.approver)
    waiting = world.proposed(stage, cast, Movement.MANDATORY_CANCELLATION, quantity=10)
    with refused(stage, TransactionsPending, pending=1, field=CLOSURE):
        approve(stage, made, cast.approver)
    world.completed(stage, waiting, actor=cast.approver)
    approve(stage, made, cast.approver)


def test_o24_only_a_holders_own_account_is_closed_by_those_entitled(
    stage: Session, cast: World
) -> None:
    operator = cast.operator
    for own in ("government", "retirement", "voluntary_cancellation", "mandatory_cancellation"):
        with refused(stage, NotEntitled):
            applying.begun(
                stage, cast, 4, account=getattr(cast, own), actor=operator, is_paper=True
            )
    for who, refusal in (("aoba_approver", NotEntitled), ("outsider", NotFound)):
        with pytest.raises(refusal):
            applying.begun(stage, cast, 4, actor=getattr(cast, who))


def test_o26_while_a_closure_waits_no_bar_is_laid_or_lifted(stage: Session, cast: World) -> None:
    made = asked(stage, cast)
    claim(stage, made, cast.operator)
    examining.correct(stage, made, {CLOSURE: "Say why"}, cast.operator)
    for _returned_or_not in range(2):
        for wanted in (State.OPEN, State.PARTLY_BARRED, State.SUSPENDED, State.CLOSED):
            with refused(stage, MoveNotAllowed, before=State.CLOSURE_PENDING, after=wanted):
                verbs.change_state(
                    stage, cast.aoba, wanted, reason="r", actor=cast.operator, now=NOW
                )
        # Handed in again it is still held, and its application may still be examined.
        applying.submit(stage, made)
    assert made.status is Status.SUBMITTED
    reject(stage, made, cast.operator)
    assert state(stage, cast.aoba) is State.OPEN
    assert "Not proven." in logged(stage, cast.aoba)[-1].facts["reason"]


def test_the_account_is_open_again_after_a_withdrawal(stage: Session, cast: World) -> None:
    made = examined(stage, cast, asked(stage, cast))
    withdraw(stage, made, cast)
    assert (made.status, state(stage, cast.aoba)) == (Status.WITHDRAWN, State.OPEN)
    again = draft(stage, cast)
    in_state(stage, cast.aoba, State.SUSPENDED)
    with refused(stage, AccountStateForbids, state=State.SUSPENDED):
        applying.submit(stage, again)
