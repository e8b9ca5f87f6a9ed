"""The trusted accounts of an account: the list, and a proposal to add one.

There is a list where the registry has a policy on movements, and nowhere else.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, abort, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING, parse_number
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal, Required
from app.domain.people_errors import CodeUsed, CodeWrong, PasskeyRefused, ProofRequired
from app.domain.roles import Right
from app.domain.trust import STATUS_NAMES, Status, Step, may, may_propose
from app.registry import trust as verbs
from app.registry.trust import NOTE_MAX
from app.store import trust
from app.store.databases import AnyRow
from app.store.tables import Account
from app.web import accounts, attempts, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("trusted", __name__, url_prefix="/portal/accounts/<account>/trusted")

_ACTION: Final = "propose trusted account"
#: Each step on an entry is a noun with an address of its own.
NOUNS: Final = {
    "approval": Step.APPROVE,
    "rejection": Step.REJECT,
    "withdrawal": Step.WITHDRAW,
    "removal": Step.REMOVE,
}
_LINE_MAX: Final = 100
_FIELDS: Final = ("target", "note")
_UNSIGNED: Final = (ProofRequired, CodeWrong, CodeUsed, PasskeyRefused)


@blueprint.record
def _tell_macros(state: BlueprintSetupState) -> None:
    """Give the pages the official wording of the states of an entry."""
    state.app.jinja_env.globals.update(trust_status_names=STATUS_NAMES)


# The list


@blueprint.get("")
@requires()
def search(account: str) -> Any:
    return listed(*opened(account))


def opened(number: str) -> tuple[Account, Right | None]:
    """Return an account that can have a list, and the reader's right on it.

    Raises:
        NotFound: there is none, or no list, or the reader may not know that there is.
    """
    found, right = accounts.seen(reading(), number)
    if not registry().policy.is_on or found.kind not in HOLDING:
        raise NotFound("trusted accounts")
    return found, right


def listed(
    account: Account, right: Right | None, code: int = 200, errors: dict[str, str] | None = None
) -> Any:
    """Answer with the list of an account."""
    session = reading()
    entries = trust.current(session, account.id)
    return page(
        "trusted/search.html",
        status=code,
        errors=errors or {},
        account=account,
        entries=entries,
        nouns={entry.id: nouns(entry, right) for entry in entries},
        ended=trust.ended(session, account.id),
        own=trust.of_same_holder(session, account),
        may_propose=may_propose(right),
        policy=registry().policy,
        now=now(),
        Status=Status,
    )


def nouns(entry: AnyRow, right: Right | None) -> list[str]:
    """Return what the reader may do with an entry; nobody approves an own one."""
    is_own = entry.proposed_by == reader().id
    steps = {Status.WAITING: [Step.APPROVE, Step.REJECT, Step.WITHDRAW]}
    possible = steps.get(entry.status, [Step.REMOVE] if entry.status is Status.APPROVED else [])
    return [
        noun
        for noun, step in NOUNS.items()
        if step in possible
        and may(step, right, is_own=is_own)
        and not (is_own and step is Step.APPROVE)
    ]


# Proposing an addition


@dataclass
class _Typed:
    """The form as it came, and what is wrong with it."""

    account: Account
    right: Right | None
    values: dict[str, str]
    key: str
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong in words, in the order of the fields."""
        order = ("", *_FIELDS)
        return {name: sentence(self.refusals[name]) for name in order if name in self.refusals}

    def refuse(self, refusal: Refusal) -> None:
        """Note a refusal at its field, or over the whole form."""
        refusal.field = refusal.field if refusal.field in _FIELDS else ""
        self.refusals.setdefault(refusal.field, refusal)

    @property
    def signed(self) -> dict[str, Value]:
        """What a signature covers."""
        return {"account": self.account.number, "key": self.key, **self.values}


@blueprint.get("/check")
@requires()
def start(account: str) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("trusted.new", account=account), 303)


@blueprint.get("/new")
@requires()
def new(account: str) -> Any:
    return _form_page(_typed(account))


@blueprint.post("/new")
@resumable
@requires()
def change(account: str) -> Any:
    """Come back from the check page with everything still filled in."""
    return _form_page(_typed(account))


@blueprint.post("/check")
@resumable
@requires()
def check(account: str) -> Any:
    typed = _typed(account)
    if is_resumed():
        return _form_page(typed)
    _attempt(typed, _check)
    return _refused(typed) if typed.refusals else _check_page(typed)


@blueprint.post("")
@resumable
@requires()
def create(account: str) -> Any:
    typed = _typed(account)
    if is_resumed():
        return _form_page(typed)
    try:
        _attempt(typed, _propose)
    except _UNSIGNED as refusal:
        signing.refused(refusal)
        attempts.log(_ACTION, typed.account.number, [refusal])
        return _check_page(typed, status(refusal), {refusal.field: sentence(refusal)})
    if typed.refusals:
        return _refused(typed)
    return redirect(url_for("trusted.search", account=account), 303)


def _typed(number: str) -> _Typed:
    """Return the form of an account, for someone who may propose an addition to its list."""
    found, right = opened(number)
    if not may_propose(right):
        abort(403)
    values = {name: request.form.get(name, "").replace("\0", "").strip() for name in _FIELDS}
    key = request.form.get("key", "").replace("\0", "") or uuid4().hex
    return _Typed(found, right, values, key)


def _attempt(typed: _Typed, verb: Any) -> None:
    """Read the form and, if it can be read, let the verb judge it; what is wrong is noted."""
    target = typed.values["target"]
    try:
        if not target:
            raise Required
        typed.values["target"] = str(parse_number(target[:_LINE_MAX]))
    except Refusal as refusal:
        refusal.field = "target"
        typed.refuse(refusal)
        return
    try:
        _written(typed, verb)
    except _UNSIGNED:
        raise
    except Refusal as refusal:
        typed.refuse(refusal)


def _written(typed: _Typed, verb: Any) -> None:
    try:
        database().write(lambda session: verb(session, typed))
    except CodeUsed:
        # Perhaps by this very proposal, sent twice: then it is there by now.
        database().write(lambda session: verb(session, typed))


def _check(session: Session, typed: _Typed) -> None:
    number, target, note = typed.account.number, typed.values["target"], typed.values["note"]
    verbs.check(session, number, target, note=note, actor=reader().id)


def _propose(session: Session, typed: _Typed) -> None:
    actor = reader().id
    is_new = trust.by_key(session, actor, typed.key) is None
    verbs.propose(
        session,
        typed.account.number,
        typed.values["target"],
        note=typed.values["note"],
        key=typed.key,
        actor=actor,
        now=now(),
    )
    if is_new:
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _ACTION, typed.signed)


def _refused(typed: _Typed) -> Any:
    """Log each refusal and show the form with all that was typed."""
    refusals = list(typed.refusals.values())
    attempts.log(_ACTION, typed.account.number, refusals)
    return _form_page(typed, max(status(refusal) for refusal in refusals))


def _form_page(typed: _Typed, code: int = 200) -> Any:
    return page(
        "trusted/form.html",
        status=code,
        errors=typed.errors,
        account=typed.account,
        values=typed.values,
        key=typed.key,
        note_max=NOTE_MAX,
        policy=registry().policy,
    )


def _check_page(typed: _Typed, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    return page(
        "trusted/check.html",
        status=code,
        errors=errors or {},
        account=typed.account,
        values=typed.values,
        key=typed.key,
        policy=registry().policy,
        ways=signing.asked(_ACTION, typed.signed),
    )
