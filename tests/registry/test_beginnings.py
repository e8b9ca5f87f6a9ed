"""Who may begin an application about which account, and what a copy takes over."""

import pytest
from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain import forms
from app.domain.accounts import State
from app.domain.errors import AccountStateForbids, NotEntitled, NotFound, Required
from app.domain.forms.spec import Applicant
from app.registry import beginnings
from tests import applying, powers
from tests.stages import in_state, refused
from tests.world import NOW, World


def about(
    session: Session, form: int, number: str, actor: int, *, is_paper: bool = False
) -> str | None:
    found = beginnings.account(session, form, number, is_paper=is_paper, actor=actor)
    return found.number if found else None


def test_a_holders_people_apply_for_their_own_account_and_learn_of_no_other(
    stage: Session, cast: World
) -> None:
    for form in (rules.CHANGE, rules.CERTIFICATE, rules.CLOSURE, rules.CREDENTIALS):
        assert about(stage, form, cast.aoba, cast.aoba_proposer) == cast.aoba
        for number in (cast.kaede, cast.government, "JP-121-999999-0-00"):
            with pytest.raises(NotFound):
                about(stage, form, number, cast.aoba_proposer)
    with refused(stage, NotEntitled):
        about(stage, rules.CHANGE, cast.aoba, cast.aoba_approver)
    assert about(stage, rules.OPENING, cast.aoba, cast.kaede_approver) is None
    assert about(stage, rules.CREDENTIALS, "", cast.kaede_approver) is None
    for form in (rules.CHANGE, rules.CERTIFICATE, rules.CLOSURE):
        with refused(stage, Required, field="account"):
            about(stage, form, "", cast.aoba_proposer)


def test_o24_no_closure_of_the_registrys_own_accounts(stage: Session, cast: World) -> None:
    for number in (cast.government, cast.retirement, cast.voluntary_cancellation):
        with refused(stage, NotEntitled):
            about(stage, rules.CLOSURE, number, cast.operator, is_paper=True)


def test_what_an_account_can_be_asked_for_depends_on_its_state(stage: Session, cast: World) -> None:
    allowed = {
        rules.CHANGE: set(State) - {State.APPLIED, State.CLOSED},
        rules.CERTIFICATE: set(State) - {State.APPLIED},
        rules.CLOSURE: {State.OPEN, State.CLOSURE_PENDING},
        rules.CREDENTIALS: set(State) - {State.APPLIED, State.CLOSED},
    }
    for form, states in allowed.items():
        for state in State:
            if state in states:
                beginnings.check_state(form, cast.aoba, state)
            else:
                with pytest.raises(AccountStateForbids) as caught:
                    beginnings.check_state(form, cast.aoba, state)
                assert caught.value.field == "account"
    in_state(stage, cast.aoba, State.CLOSED)
    with refused(stage, AccountStateForbids, number=cast.aoba, state="closed"):
        about(stage, rules.CHANGE, cast.aoba, cast.operator, is_paper=True)


def test_only_ones_own_application_of_the_same_form_is_copied_while_one_may_see_it(
    stage: Session, cast: World
) -> None:
    made = applying.submitted(stage, cast)

    def former(form: int, actor: int) -> int | None:
        found = beginnings.former(stage, form, made.id, actor=actor, now=NOW)
        return found.id if found else None

    assert former(3, cast.aoba_proposer) == made.id
    for form, actor in ((1, cast.aoba_proposer), (3, cast.aoba_approver), (3, cast.operator)):
        with pytest.raises(NotFound):
            former(form, actor)
    stage.delete(powers.right(stage, cast.aoba, cast.aoba_proposer))
    stage.flush()
    with pytest.raises(NotFound):
        former(3, cast.aoba_proposer)


def test_a_copy_has_what_still_has_a_place_and_nothing_that_was_agreed_to() -> None:
    answers = {
        "certificate": {"language": "en", "with_credits": "yes", "gone": "x"},
        "closure": {"is_empty": "yes", "reason": "r"},
        "lost": {"x": "y"},
    }
    kept = beginnings.copied(forms.latest(3), Applicant.FOREIGN, answers)
    assert kept == {"certificate": {"language": "en", "with_credits": "yes"}}
    kept = beginnings.copied(forms.latest(4), Applicant.FOREIGN, answers)
    assert kept == {"closure": {"reason": "r"}}
