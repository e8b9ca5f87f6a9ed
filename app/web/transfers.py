"""Proposing a movement: a form, a page to check what exactly would move, and the proposal.

One description per kind of movement serves all of them: which fields its form has. Nothing is
kept between the steps but what the pages carry; the key made with the form keeps a proposal that
is sent twice from being made twice.
"""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import chain, ledger, roles, serials
from app.domain.accounts import parse_number
from app.domain.chain import Value
from app.domain.errors import (
    KeyUsedOtherwise,
    NotFound,
    Refusal,
    SerialsChanged,
    UnknownAccount,
    UnknownChoice,
)
from app.domain.exchange import ANSWER_LIMIT
from app.domain.ledger import FIXED_TARGET, KIND_NAMES, PROPOSAL_LIFE, Kind
from app.domain.nomenclature import NAMES, CancelledFor
from app.domain.people_errors import CodeUsed, CodeWrong, PasskeyRefused, ProofRequired
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.serials import Range
from app.domain.text import Text, normalise
from app.registry import transactions
from app.registry.transactions import TEXT_MAX, Order
from app.store import accounts, actions, blocks, decisions, holdings
from app.store import transactions as questions
from app.store.tables import Account
from app.web import attempts, crossings, orders, signing
from app.web.access import requires
from app.web.accounts import label, may_propose, sees_everything
from app.web.messages import sentence, status
from app.web.orders import FORMS, LINE_MAX, Form, Typed
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry
from app.web.transactions import printed

blueprint = Blueprint("transfers", __name__, url_prefix="/portal")

_WORD: Final = f"<any({','.join(repr(word) for word in FORMS)}):word>"
_SHOWN_MAX: Final = 50
_ACTION: Final = "propose"
_ANSWER_HOURS: Final = ANSWER_LIMIT // timedelta(hours=1)
#: Refusals that are about the signature, or about what was signed.
_UNSIGNED: Final = (ProofRequired, CodeWrong, CodeUsed, PasskeyRefused, SerialsChanged)


# The pages


@blueprint.get(f"/{_WORD}")
@blueprint.get(f"/{_WORD}/check")
@requires()
def start(word: str) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("transfers.new", word=word), 303)


@blueprint.get(f"/{_WORD}/new")
@requires()
def new(word: str) -> Any:
    return _form_page(word, Typed.of(_form(word), request.args))


@blueprint.post(f"/{_WORD}/new")
@resumable
@requires()
def change(word: str) -> Any:
    """Come back from the check page with everything still filled in."""
    return _form_page(word, Typed.of(_form(word), request.form))


@blueprint.post(f"/{_WORD}/check")
@resumable
@requires()
def check(word: str) -> Any:
    typed = Typed.of(_form(word), request.form)
    if is_resumed():
        return _form_page(word, typed)
    ranges = _attempt(typed, _preview)
    if typed.refusals:
        return _refused(word, typed)
    return _check_page(word, typed, ranges)


@blueprint.post(f"/{_WORD}")
@resumable
@requires()
def create(word: str) -> Any:
    typed = Typed.of(_form(word), request.form)
    if is_resumed():
        return _form_page(word, typed)
    try:
        identifier = _attempt(typed, _propose)
    except _UNSIGNED as refusal:
        return _unsigned(word, typed, refusal)
    if typed.refusals:
        return _refused(word, typed)
    return redirect(url_for("transactions.show", number=printed(identifier), sent="yes"), 303)


def _unsigned(word: str, typed: Typed, refusal: Refusal) -> Any:
    """Show the check page again: what was signed, or that it was, is not right."""
    signing.refused(refusal)
    _log(typed, [refusal])
    ranges = _attempt(typed, _preview)
    if typed.refusals:
        return _refused(word, typed)
    errors = {refusal.field: sentence(refusal)}
    return _check_page(word, typed, ranges, status(refusal), errors)


def _form(word: str) -> Form:
    """Return the form of a word, for someone who may propose movements of its kind."""
    form = FORMS[word]
    if not form.is_holders and not roles.may_propose(form.kind, reader().role, None):
        abort(403)
    return form


_Verb = Callable[[Session, Typed, "Order | tuple[int, int]"], Any]


def _attempt(typed: Typed, verb: _Verb) -> Any:
    """Read the form and, if it can be read, let the verb judge it; what is wrong is noted.

    Raises:
        Refusal: one of `_UNSIGNED`, which are about no field of the form.
    """
    is_issuance = typed.form.kind is Kind.ISSUANCE
    asked = orders.issue(typed) if is_issuance else orders.order(typed, registry().code)
    if typed.refusals:
        return None
    try:
        return _written(typed, verb, asked)
    except _UNSIGNED:
        raise
    except NotFound:
        typed.refuse("source", _no_such_source(typed))
    except KeyUsedOtherwise as refusal:
        # Told so, the person may mean this as another proposal: it gets a key of its own.
        typed.key = uuid4().hex
        typed.refuse("", refusal)
    except Refusal as refusal:
        typed.refuse(refusal.field, refusal)
    return None


def _written(typed: Typed, verb: _Verb, asked: Order | tuple[int, int]) -> Any:
    try:
        return database().write(lambda session: verb(session, typed, asked))
    except CodeUsed:
        # Perhaps by this very proposal, sent twice: then it is there by now.
        return database().write(lambda session: verb(session, typed, asked))


def _no_such_source(typed: Typed) -> Refusal:
    """Say the same of another's account as of one that does not exist."""
    text = typed.values["source"].strip()
    return UnknownChoice(text) if typed.form.is_holders else UnknownAccount(text)


def _preview(session: Session, _typed: Typed, asked: Order | tuple[int, int]) -> list[Range]:
    if isinstance(asked, Order):
        told = registry()
        return transactions.preview(
            session,
            asked,
            actor=reader().id,
            now=now(),
            policy=told.policy,
            party=told.own_party,
        )
    transactions.preview_issuance(session, *asked, actor=reader().id)
    return []


def _propose(session: Session, typed: Typed, asked: Order | tuple[int, int]) -> int:
    """Propose what was signed; the same proposal sent again needs no second signature."""
    at, actor, key = now(), reader().id, typed.key
    connection = session.connection()
    is_new = questions.by_key(connection, actor, key) is None
    if isinstance(asked, Order):
        told = registry()
        identifier = transactions.propose(
            session,
            asked,
            key=key,
            actor=actor,
            now=at,
            policy=told.policy,
            party=told.own_party,
        )
    else:
        identifier = transactions.propose_issuance(session, *asked, key=key, actor=actor, now=at)
    if is_new:
        if typed.shown and typed.shown != _digest(blocks.reserved(connection, identifier)):
            raise SerialsChanged
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _ACTION, _signed(typed))
    return identifier


def _signed(typed: Typed) -> dict[str, Value]:
    """Return what a proposal's signature covers: every field, and the serial numbers shown."""
    values: dict[str, Value] = {**typed.values}
    return {
        "kind": str(typed.form.kind),
        "values": values,
        "key": typed.key,
        "shown": typed.shown,
    }


def _digest(ranges: list[Range]) -> str:
    listed: list[Value] = [f"{one.first}-{one.last}" for one in sorted(ranges)]
    return chain.digest(chain.canonical({"serials": listed})).hex() if ranges else ""


def _refused(word: str, typed: Typed) -> Any:
    """Log each refusal and show the form with all that was typed."""
    _log(typed, list(typed.refusals.values()))
    return _form_page(word, typed, code=422)


def _log(typed: Typed, refusals: list[Refusal]) -> None:
    kind = orders.movement(typed, registry().code)
    subject = normalise(typed.values.get("source", ""))[:LINE_MAX]
    attempts.log(f"propose {kind}", subject, refusals)


def _form_page(word: str, typed: Typed, code: int = 200) -> Any:
    session, form = reading(), typed.form
    sources = _sources(session, form)
    if form.is_holders and not sources and not typed.refusals:
        return page("transfers/none.html", kind_name=KIND_NAMES[form.kind])
    chosen = _chosen(session, typed, sources)
    decision = _decision(session, typed)
    return page(
        "transfers/form.html",
        status=code,
        errors=typed.errors(),
        word=word,
        form=form,
        values=typed.values,
        key=typed.key,
        kind_name=KIND_NAMES[form.kind],
        sources={account.number: label(account) for account in sources},
        chosen=chosen,
        figures=holdings.figures(session, [chosen.id])[chosen.id] if chosen else None,
        balances=accounts.balances(session, chosen.id) if chosen else [],
        decision=decision,
        decisions=decisions.positions(session) if "decision" in form.fields else [],
        allocations=decisions.allocations(session, decision.id) if decision else [],
        asks_use=_asks_use(session, typed, [account.id for account in sources]),
        serving=_serving(),
        this_year=now().astimezone(UTC).year,
        text_max=TEXT_MAX,
        life=PROPOSAL_LIFE.days,
        Kind=Kind,
    )


def _asks_use(session: Session, typed: Typed, sources: list[int]) -> bool:
    """Tell whether what is asked only of ITMOs stands on the form: where there may be some."""
    asked = {"calendar_year", "cancelled_for"} & set(typed.form.fields)
    if not asked:
        return False
    if any(typed.values[name] or name in typed.refusals for name in asked):
        return True
    return actions.may_concern(session.connection(), sources if typed.form.is_holders else None)


def _serving() -> dict[str, Text]:
    return {one.value: NAMES[one] for one in CancelledFor}


def _sources(session: Session, form: Form) -> list[Account]:
    if not form.is_holders:
        return []
    mine = accounts.seen_by(session, reader().id)
    return [account for account, right in mine if may_propose(right)]


def _chosen(session: Session, typed: Typed, sources: list[Account]) -> Account | None:
    """Return the account whose holdings stand beside the form: the one chosen, or the first."""
    asked = normalise(typed.values.get("source", ""))
    for account in sources:
        if account.number == asked:
            return account
    if typed.form.is_holders or not sees_everything(reader()):
        return sources[0] if sources else None
    return accounts.by_number(session, asked) if asked else None


def _decision(session: Session, typed: Typed) -> Any:
    asked = normalise(typed.values.get("decision", ""))
    return decisions.by_reference(session, asked) if asked else None


def _check_page(
    word: str,
    typed: Typed,
    ranges: list[Range],
    code: int = 200,
    errors: dict[str, str] | None = None,
) -> Any:
    session, form = reading(), typed.form
    typed.shown = _digest(ranges)
    issued_to = None
    if form.kind is Kind.ISSUANCE:
        issued_to = decisions.allocation(session.connection(), int(typed.values["allocation"]))
        quantity = ledger.quantity(typed.values["quantity"])
    else:
        quantity = serials.quantity(ranges)
    runs = holdings.described(session, ranges)
    is_use = any(run.vintage >= ITMO_VINTAGE_MIN for run in runs) and _asks_use(
        session, typed, [account.id for account in _sources(session, form)]
    )
    target = parse_number(typed.values["target"]) if "target" in form.fields else None
    is_abroad = orders.movement(typed, registry().code) is Kind.EXTERNAL_TRANSFER
    return page(
        "transfers/check.html",
        status=code,
        errors=errors or {},
        shown=typed.shown,
        ways=signing.asked(_ACTION, _signed(typed)),
        word=word,
        form=form,
        values=typed.values,
        key=typed.key,
        kind_name=KIND_NAMES[form.kind],
        source=typed.values.get("source"),
        target=target,
        abroad=crossings.destination(session, target, ranges) if target and is_abroad else None,
        answer_hours=_ANSWER_HOURS,
        fixed_target=FIXED_TARGET.get(form.kind),
        issued_to=issued_to,
        quantity=quantity,
        is_use=is_use,
        serving=_serving(),
        this_year=now().astimezone(UTC).year,
        runs=runs[:_SHOWN_MAX],
        runs_left=max(0, len(runs) - _SHOWN_MAX),
        origin=registry().code,
        life=PROPOSAL_LIFE.days,
    )
