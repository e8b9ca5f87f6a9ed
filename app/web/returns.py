"""Sending a transfer back: a page to check what would return, and the proposal of that."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import roles, serials
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal
from app.domain.ledger import PROPOSAL_LIFE, Kind, Status
from app.domain.people_errors import CodeUsed
from app.domain.serials import Range
from app.domain.trust_errors import NotReturnable
from app.registry import transactions
from app.registry.transactions import Order
from app.store import holdings, people
from app.store import transactions as questions
from app.store.databases import AnyRow
from app.web import attempts, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry
from app.web.transactions import RUNS_MAX, answer, printed, seen

blueprint = Blueprint("returns", __name__, url_prefix="/portal/transactions")

_ACTION: Final = "return"
_OPERATION: Final = f"propose {Kind.TRANSFER}"


@dataclass(frozen=True)
class _Back:
    """A completed transfer in the hands of somebody who may send it back, and all of its serials.

    `key` keeps a return that is sent twice from being proposed twice.
    """

    row: AnyRow
    ranges: list[Range]
    key: str

    @property
    def order(self) -> Order:
        """What is asked for: everything that came, to where it came from."""
        return Order(
            kind=Kind.TRANSFER,
            source=self.row.target,
            target=self.row.source,
            quantity=self.row.quantity,
            serials=self.ranges,
            returns=self.row.id,
        )

    @property
    def signed(self) -> dict[str, Value]:
        """What a signature covers."""
        return {
            "returns": printed(self.row.id),
            "quantity": self.row.quantity,
            "source": self.row.target,
            "target": self.row.source,
            "key": self.key,
        }


@blueprint.get("/<number>/return")
@requires()
def show(number: str) -> Any:
    back = _back(number)
    try:
        database().write(lambda session: _preview(session, back))
    except Refusal as refusal:
        return _refused(number, refusal)
    return _check_page(back)


@blueprint.post("/<number>/return")
@resumable
@requires()
def create(number: str) -> Any:
    back = _back(number)
    if is_resumed():
        return _check_page(back)
    try:
        identifier = _written(back)
    except Refusal as refusal:
        signing.refused(refusal)
        if refusal.field == "code":
            attempts.log(_OPERATION, number, [refusal])
            return _check_page(back, status(refusal), {"code": sentence(refusal)})
        return _refused(number, refusal)
    return redirect(url_for("transactions.show", number=printed(identifier), sent="yes"), 303)


def _back(number: str) -> _Back:
    """Return the transfer of a number, for someone who may propose for its target.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    session = reading()
    row = seen(session, number).row
    power = people.power(session.connection(), reader().id, row.target_id)
    if power is None or not roles.may_propose(Kind.TRANSFER, power.role, power.right):
        raise NotFound("transaction")
    is_completed = row.kind is Kind.TRANSFER and row.status is Status.COMPLETED
    ranges = holdings.moved(session, row) if is_completed else []
    return _Back(row, ranges, request.form.get("key", "").replace("\0", "") or uuid4().hex)


def _preview(session: Session, back: _Back) -> None:
    if not back.ranges:
        raise NotReturnable
    transactions.preview(
        session, back.order, actor=reader().id, now=now(), policy=registry().policy
    )


def _written(back: _Back) -> int:
    try:
        return database().write(lambda session: _propose(session, back))
    except CodeUsed:
        # Perhaps by this very proposal, sent twice: then it is there by now.
        return database().write(lambda session: _propose(session, back))


def _propose(session: Session, back: _Back) -> int:
    if not back.ranges:
        raise NotReturnable
    actor = reader().id
    is_new = questions.by_key(session.connection(), actor, back.key) is None
    identifier = transactions.propose(
        session, back.order, key=back.key, actor=actor, now=now(), policy=registry().policy
    )
    if is_new:
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _ACTION, back.signed)
    return identifier


def _refused(number: str, refusal: Refusal) -> Any:
    """Log the attempt and say on the page of the transfer why it cannot be sent back."""
    attempts.log(_OPERATION, number, [refusal])
    return answer(seen(reading(), number), status(refusal), {"": sentence(refusal)})


def _check_page(back: _Back, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    runs = holdings.described(reading(), back.ranges)
    return page(
        "returns/check.html",
        status=code,
        errors=errors or {},
        row=back.row,
        number=printed(back.row.id),
        quantity=serials.quantity(back.ranges),
        key=back.key,
        runs=runs[:RUNS_MAX],
        runs_left=max(0, len(runs) - RUNS_MAX),
        origin=registry().code,
        life=PROPOSAL_LIFE.days,
        ways=signing.asked(_ACTION, back.signed),
    )
