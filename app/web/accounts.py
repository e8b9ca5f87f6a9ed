"""Accounts as their holders' people and the administrators see them: the list, and one of them."""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import roles
from app.domain.accounts import (
    FINAL,
    HOLDING,
    KIND_NAMES,
    STATE_NAMES,
    State,
    moves_by_hand,
    parse_number,
)
from app.domain.accounts import Kind as AccountKind
from app.domain.certificates import TITLES
from app.domain.errors import NotFound, Refusal, UnknownAccount
from app.domain.ledger import Event, Kind
from app.domain.roles import DUTIES, PROPOSING, RIGHT_NAMES, Duty, Right
from app.domain.text import normalise
from app.store import accounts, certificates, holdings, logs, people
from app.store.databases import AnyRow
from app.store.tables import Account
from app.web import words
from app.web.access import requires
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.readers import Reader, reader
from app.web.sessions import now, reading, registry

blueprint = Blueprint("accounts", __name__, url_prefix="/portal/accounts")

_PAGE_SIZE: Final = 50
#: A holder of many projects finds the rest under its credits.
_BALANCES_SHOWN: Final = 50
_CERTIFICATES_SHOWN: Final = 5


@blueprint.get("")
@requires()
def search() -> Any:
    if "number" in request.args and sees_everything(reader()):
        return _look_up(normalise(request.args["number"]))
    return _listed()


def _look_up(typed: str) -> Any:
    """Lead to the account whose number was typed, or say at the field what is wrong with it."""
    try:
        number = str(parse_number(typed))
        if accounts.by_number(reading(), number) is None:
            raise UnknownAccount(number)
    except Refusal as refusal:
        return _listed(typed, {"number": sentence(refusal)})
    return redirect(url_for("accounts.show", number=number), 303)


def _listed(typed: str = "", errors: dict[str, str] | None = None) -> Any:
    session = reading()
    after = request.args.get("after", 0, type=int)
    if sees_everything(reader()):
        found = accounts.everyone(session, after=after, size=_PAGE_SIZE + 1)
        rows = [(account, None) for account in found]
    else:
        rows = [(account, right) for account, right in accounts.seen_by(session, reader().id)]
    shown = rows[:_PAGE_SIZE] if sees_everything(reader()) else rows
    return page(
        "accounts/search.html",
        status=422 if errors else 200,
        errors=errors or {},
        typed=typed,
        rows=shown,
        figures=holdings.figures(session, [account.id for account, _right in shown]),
        sees_everything=sees_everything(reader()),
        previous=url_for("accounts.search") if after else None,
        next=url_for("accounts.search", after=shown[-1][0].id) if len(rows) > len(shown) else None,
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        right_names=RIGHT_NAMES,
    )


@blueprint.get("/<number>")
@requires()
def show(number: str) -> Any:
    session = reading()
    account, right = seen(session, number)
    return page(
        "accounts/show.html",
        account=account,
        right=right,
        figures=holdings.figures(session, [account.id])[account.id],
        balances=accounts.balances(session, account.id, size=_BALANCES_SHOWN + 1),
        balances_shown=_BALANCES_SHOWN,
        moves=_moves(account),
        history=_history(session, account),
        may_ask=_may_ask(account),
        may_apply=right in PROPOSING and account.kind is AccountKind.ENTITY,
        representatives=people.acting(session, [account.id]),
        today=local_time(now()).date(),
        certificates=certificates.of_account(session, account.id, size=_CERTIFICATES_SHOWN),
        certificate_titles=TITLES,
        may_propose=may_propose(right),
        is_final=account.kind in FINAL,
        has_trusted=registry().policy.is_on and account.kind in HOLDING,
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        right_names=RIGHT_NAMES,
    )


def _moves(account: Account) -> bool:
    """Tell whether the reader may bar, suspend or open again an account as it stands."""
    return reader().role in DUTIES[Duty.MANAGE_ACCOUNTS] and bool(moves_by_hand(account.state))


def _may_ask(account: Account) -> bool:
    """Tell whether the reader may ask the people of an account for documents."""
    is_there = account.state not in {State.APPLIED, State.CLOSED}
    is_asking = reader().role in DUTIES[Duty.EXAMINE_APPLICATIONS]
    return is_asking and is_there and account.kind is AccountKind.ENTITY


def _history(session: Session, account: Account) -> list[AnyRow]:
    """Return the changes of an account's state, the last first, for administrators alone."""
    if not sees_everything(reader()):
        return []
    wanted = logs.Operations(operations={"change account state"}, subjects={account.number})
    return [row for row in logs.operations(session, wanted, size=_PAGE_SIZE) if not row.refusal]


def seen(session: Session, number: str) -> tuple[Account, Right | None]:
    """Return an account and the reader's right on it.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    try:
        is_printed = str(parse_number(number)) == number
    except Refusal:
        is_printed = False
    account = accounts.by_number(session, number) if is_printed else None
    if account is None:
        raise NotFound("account")
    power = people.power(session.connection(), reader().id, account.id)
    if power is None or not roles.may_see_account(power.role, power.right):
        raise NotFound("account")
    # One applied for and not yet open is as if it did not exist, even to its future people.
    if account.state is State.APPLIED and not roles.may_see_account(power.role, None):
        raise NotFound("account")
    return account, power.right


def label(account: Account) -> str:
    """Return an account as lists offer it: its number and its holder."""
    name = account.holder.name_en
    if words.language() == "ja":
        name = account.holder.name_ja or name
    return f"{account.number}  {name}"


def sees_everything(person: Reader) -> bool:
    """Tell whether a person sees every account, as administrators do."""
    return roles.may_see_account(person.role, None)


def may_propose(right: Right | None) -> bool:
    """Tell whether a right on an account lets a person propose what holders propose."""
    return roles.may_propose(Kind.TRANSFER, None, right)


def may_approve(right: Right | None) -> bool:
    """Tell whether a right on an account lets a person approve what its holder proposed."""
    return roles.may_decide(Event.APPROVE, Kind.TRANSFER, None, right)
