"""Barring, suspending and opening again an account: an administrator's act, reasoned and signed."""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain.accounts import KIND_NAMES, STATE_NAMES, State, moves_by_hand
from app.domain.chain import Value
from app.domain.errors import Refusal, Required, UnknownChoice
from app.domain.form_errors import ChangedMeanwhile
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import accounts as verbs
from app.registry.accounts import REASON_MAX
from app.store.tables import Account
from app.web import attempts, signing
from app.web.access import requires
from app.web.accounts import seen
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading
from app.web.words import text

blueprint = Blueprint("account_states", __name__, url_prefix="/portal/accounts/<number>")

_ACTION: Final = "change account state"


@blueprint.get("/state")
@requires(Duty.MANAGE_ACCOUNTS)
def new(number: str) -> Any:
    account, _right = seen(reading(), number)
    typed = normalise(request.args.get("to", ""))[:40]
    try:
        wanted = _offered(account, typed) if "to" in request.args else None
    except Refusal as refusal:
        field = refusal.field if moves_by_hand(account.state) else ""
        return _page(account, None, status(refusal), {field: sentence(refusal)})
    return _page(account, wanted)


@blueprint.post("/state")
@resumable
@requires(Duty.MANAGE_ACCOUNTS)
def create(number: str) -> Any:
    account, _right = seen(reading(), number)
    typed = {name: request.form.get(name, "").replace("\0", "") for name in ("to", "reason")}
    try:
        if is_resumed():
            return _page(account, _offered(account, typed["to"]), reason=typed["reason"])
        wanted = _state(typed["to"])
        was = _state(request.form.get("before", ""))
        database().write(
            lambda session: _changed(session, number, wanted, was=was, reason=typed["reason"])
        )
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(number, refusal, typed)
    return redirect(url_for("accounts.show", number=number), 303)


def _changed(session: Session, number: str, state: State, *, was: State, reason: str) -> None:
    verbs.restrict(session, number, state, seen=was, reason=reason, actor=reader().id, now=now())
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    signing.check(session, _ACTION, _signed(number, was, state))


def _signed(number: str, before: State, after: State) -> dict[str, Value]:
    return {"account": number, "before": str(before), "after": str(after)}


def _state(typed: str) -> State:
    """Read a state; Required or UnknownChoice at the field."""
    if not typed:
        raise Required(field="to")
    if typed not in set(State):
        raise UnknownChoice(typed[:40], field="to")
    return State(typed)


def _offered(account: Account, typed: str) -> State:
    """Read a state to which the account may go from where it stands."""
    wanted = _state(typed)
    if wanted not in moves_by_hand(account.state):
        raise UnknownChoice(text(STATE_NAMES[wanted]), field="to")
    return wanted


def _refused(number: str, refusal: Refusal, typed: dict[str, str]) -> Any:
    """Log the attempt and show how the account stands now."""
    attempts.log(_ACTION, number, [refusal])
    account, _right = seen(reading(), number)
    try:
        wanted = _offered(account, typed["to"])
    except Refusal:
        wanted = None
    shown = {"reason", "code"} if wanted else {"to"} if moves_by_hand(account.state) else set()
    known = refusal.field if refusal.field in shown else ""
    said = sentence(refusal)
    if isinstance(refusal, ChangedMeanwhile):
        said = _("Somebody else has changed the state. Check the change as it stands now.")
    return _page(account, wanted, status(refusal), {known: said}, typed["reason"])


def _page(
    account: Account,
    wanted: State | None,
    code: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> Any:
    """Show the choice of a state or, once it is chosen, what is signed."""
    offered = [state for state in State if state in moves_by_hand(account.state)]
    return page(
        "account_states/new.html",
        status=code,
        errors=errors or {},
        account=account,
        wanted=wanted,
        reason=reason,
        reason_max=REASON_MAX,
        choices={state.value: text(STATE_NAMES[state]) for state in offered},
        ways=signing.asked(_ACTION, _signed(account.number, account.state, wanted))
        if wanted
        else None,
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        State=State,
    )
