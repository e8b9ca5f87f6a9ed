"""Proposing a movement: a form, a page to check what exactly would move, and the proposal.

One description per kind of movement serves all of them: which fields its form has. Nothing is
kept between the steps but what the pages carry; the key made with the form keeps a proposal that
is sent twice from being made twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import ledger, roles, serials
from app.domain.accounts import parse_number
from app.domain.errors import (
    KeyUsedOtherwise,
    MalformedSerial,
    NotFound,
    NothingChosen,
    Refusal,
    Required,
    TooLong,
    UnknownAccount,
    UnknownChoice,
    UnknownProject,
)
from app.domain.ledger import FIXED_TARGET, KIND_NAMES, PROPOSAL_LIFE, Kind
from app.domain.projects import REFERENCE
from app.domain.serials import Range, Serial
from app.domain.text import normalise
from app.registry import logs, transactions
from app.registry.transactions import TEXT_MAX, Order
from app.store import accounts, decisions, holdings
from app.store.tables import Account
from app.web.access import requires
from app.web.accounts import label, may_propose, sees_everything
from app.web.messages import sentence
from app.web.pages import page
from app.web.sessions import database, reading, registry
from app.web.sign_in import reader
from app.web.transactions import printed

blueprint = Blueprint("transfers", __name__, url_prefix="/portal")


@dataclass(frozen=True)
class Form:
    """What is asked for one kind of movement, in the order of the page."""

    kind: Kind
    fields: tuple[str, ...]

    @property
    def is_holders(self) -> bool:
        """Tell whether holders propose it, for their own accounts."""
        return self.kind in roles.HOLDERS_KINDS


_WHICH: Final = ("quantity", "project", "vintage", "serials")
#: Each form by the word in its address.
FORMS: Final = {
    "transfers": Form(Kind.TRANSFER, ("source", "target", *_WHICH, "remark")),
    "retirements": Form(Kind.RETIREMENT, ("source", *_WHICH, "remark")),
    "voluntary-cancellations": Form(
        Kind.VOLUNTARY_CANCELLATION, ("source", *_WHICH, "purpose", "beneficiary", "remark")
    ),
    "mandatory-cancellations": Form(
        Kind.MANDATORY_CANCELLATION, ("source", *_WHICH, "reference", "remark")
    ),
    "issuances": Form(Kind.ISSUANCE, ("decision", "allocation", "quantity")),
}
_WORD: Final = f"<any({','.join(repr(word) for word in FORMS)}):word>"

_LINE_MAX: Final = 100
_SERIALS_MAX: Final = 200_000
_QUOTED_MAX: Final = 40
_SHOWN_MAX: Final = 50
_LONG: Final = frozenset({"purpose", "beneficiary", "reference", "remark"})


# What was typed


@dataclass
class Typed:
    """A form as it came: every field as typed, the key made with it, and what is wrong."""

    form: Form
    values: dict[str, str]
    key: str
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, given: Mapping[str, str]) -> "Typed":
        # PostgreSQL keeps no NUL, and nobody can type one.
        values = {name: given.get(name, "").replace("\0", "") for name in form.fields}
        return cls(form, values, given.get("key", "").replace("\0", "") or uuid4().hex)

    def read(self, name: str, parse: Callable[[str], Any]) -> Any:
        """Return a field understood; None when empty, or wrong and so noted."""
        typed = self.values.get(name, "")
        if not typed.strip():
            return None
        try:
            length = _SERIALS_MAX if name == "serials" else _LINE_MAX
            if len(typed) > length:
                raise TooLong(length)
            return parse(typed)
        except Refusal as refusal:
            self.refuse(name, refusal)
            return None

    def refuse(self, name: str, refusal: Refusal) -> None:
        """Note a refusal at a field of this form, or over the whole form if it has no such one."""
        known = name in self.form.fields
        refusal.field = name if known else ""
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        """Return what is wrong in words, in the order of the fields."""
        order = ("", *self.form.fields)
        return {name: sentence(self.refusals[name]) for name in order if name in self.refusals}


def _order(typed: Typed) -> Order:
    """Read every field, so that all that is wrong with them is said at once."""
    for name in ("source", "target"):
        if name in typed.form.fields and not typed.values[name].strip():
            typed.refuse(name, Required())
    quantity = typed.read("quantity", ledger.quantity)
    chosen = typed.read("serials", _serials) or ()
    if not chosen and quantity is None and not {"quantity", "serials"} & set(typed.refusals):
        typed.refuse("quantity", NothingChosen())
    return Order(
        kind=typed.form.kind,
        source=typed.read("source", _source(typed.form)) or "",
        target=typed.read("target", lambda text: str(parse_number(text))) or "",
        quantity=quantity,
        serials=chosen,
        project=typed.read("project", _project),
        vintage=typed.read("vintage", _vintage),
        **_texts(typed),
    )


def _source(form: Form) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            return str(parse_number(text))
        except Refusal as refusal:
            # Holders choose from a list; administrators type the number.
            raise UnknownChoice(text[:_QUOTED_MAX]) if form.is_holders else refusal from refusal

    return parse


def _serials(text: str) -> tuple[Serial | Range, ...]:
    try:
        found = tuple(serials.parse_list(text))
        serials.distinct([one if isinstance(one, Range) else one.range for one in found])
    except MalformedSerial as refusal:
        if len(refusal.text) > _QUOTED_MAX:
            refusal.text = f"{refusal.text[:_QUOTED_MAX]}…"
        raise
    return found


def _project(text: str) -> str:
    reference = normalise(text).upper()
    if not REFERENCE.fullmatch(reference):
        raise UnknownProject(reference[:_QUOTED_MAX])
    return reference


def _vintage(text: str) -> int:
    year = normalise(text)
    if not (year.isascii() and year.isdecimal() and len(year) == len("2021")):
        raise UnknownChoice(year[:_QUOTED_MAX])
    return int(year)


def _texts(typed: Typed) -> dict[str, str]:
    texts = {name: typed.values[name].strip() for name in typed.form.fields if name in _LONG}
    for name, text in texts.items():
        if len(text) > TEXT_MAX:
            typed.refuse(name, TooLong(TEXT_MAX))
        if not text and name != "remark":
            typed.refuse(name, Required())
    return texts


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
@requires()
def change(word: str) -> Any:
    """Come back from the check page with everything still filled in."""
    return _form_page(word, Typed.of(_form(word), request.form))


@blueprint.post(f"/{_WORD}/check")
@requires()
def check(word: str) -> Any:
    typed = Typed.of(_form(word), request.form)
    ranges = _attempt(typed, _preview)
    if typed.refusals:
        return _refused(word, typed)
    return _check_page(word, typed, ranges)


@blueprint.post(f"/{_WORD}")
@requires()
def create(word: str) -> Any:
    typed = Typed.of(_form(word), request.form)
    identifier = _attempt(typed, _propose)
    if typed.refusals:
        return _refused(word, typed)
    return redirect(url_for("transactions.show", number=printed(identifier), sent="yes"), 303)


def _form(word: str) -> Form:
    """Return the form of a word, for someone who may propose movements of its kind."""
    form = FORMS[word]
    if not form.is_holders and not roles.may_propose(form.kind, reader().role, None):
        abort(403)
    return form


_Verb = Callable[[Session, Typed, "Order | tuple[int, int]"], Any]


def _attempt(typed: Typed, verb: _Verb) -> Any:
    """Read the form and, if it can be read, let the verb judge it; what is wrong is noted."""
    read = _issue if typed.form.kind is Kind.ISSUANCE else _order
    asked = read(typed)
    if typed.refusals:
        return None
    try:
        return database().write(lambda session: verb(session, typed, asked))
    except NotFound:
        typed.refuse("source", _no_such_source(typed))
    except KeyUsedOtherwise as refusal:
        # Told so, the person may mean this as another proposal: it gets a key of its own.
        typed.key = uuid4().hex
        typed.refuse("", refusal)
    except Refusal as refusal:
        typed.refuse(refusal.field, refusal)
    return None


def _no_such_source(typed: Typed) -> Refusal:
    """Say the same of another's account as of one that does not exist."""
    text = typed.values["source"].strip()
    return UnknownChoice(text) if typed.form.is_holders else UnknownAccount(text)


def _issue(typed: Typed) -> tuple[int, int]:
    allocation = typed.read("allocation", _allocation)
    if allocation is None and "allocation" not in typed.refusals:
        typed.refuse("allocation", Required())
    quantity = typed.read("quantity", ledger.quantity)
    if quantity is None and "quantity" not in typed.refusals:
        typed.refuse("quantity", Required())
    return allocation or 0, quantity or 0


def _allocation(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(serials.SERIAL_MAX))):
        raise UnknownChoice(text[:_QUOTED_MAX])
    return int(text)


def _preview(session: Session, _typed: Typed, asked: Order | tuple[int, int]) -> list[Range]:
    if isinstance(asked, Order):
        return transactions.preview(session, asked, actor=reader().id)
    transactions.preview_issuance(session, *asked, actor=reader().id)
    return []


def _propose(session: Session, typed: Typed, asked: Order | tuple[int, int]) -> int:
    now, actor, key = datetime.now(UTC), reader().id, typed.key
    if isinstance(asked, Order):
        return transactions.propose(session, asked, key=key, actor=actor, now=now)
    return transactions.propose_issuance(session, *asked, key=key, actor=actor, now=now)


def _refused(word: str, typed: Typed) -> Any:
    """Log each refusal in a transaction of its own and show the form with all that was typed."""
    now, actor, operation = datetime.now(UTC), reader().id, f"propose {typed.form.kind}"
    subject = normalise(typed.values.get("source", ""))[:_LINE_MAX]

    def log(session: Session) -> None:
        for refusal in typed.refusals.values():
            logs.refused(session, operation, subject, refusal, actor=actor, now=now)

    database().write(log)
    return _form_page(word, typed, status=422)


def _form_page(word: str, typed: Typed, status: int = 200) -> Any:
    session, form = reading(), typed.form
    sources = _sources(session, form)
    if form.is_holders and not sources and not typed.refusals:
        return page("transfers/none.html", kind_name=KIND_NAMES[form.kind])
    chosen = _chosen(session, typed, sources)
    decision = _decision(session, typed)
    return page(
        "transfers/form.html",
        status=status,
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
        text_max=TEXT_MAX,
        life=PROPOSAL_LIFE.days,
        Kind=Kind,
    )


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


def _check_page(word: str, typed: Typed, ranges: list[Range]) -> Any:
    session, form = reading(), typed.form
    issued_to = None
    if form.kind is Kind.ISSUANCE:
        issued_to = decisions.allocation(session.connection(), int(typed.values["allocation"]))
        quantity = ledger.quantity(typed.values["quantity"])
    else:
        quantity = serials.quantity(ranges)
    runs = holdings.described(session, ranges)
    target = parse_number(typed.values["target"]) if "target" in form.fields else None
    return page(
        "transfers/check.html",
        word=word,
        form=form,
        values=typed.values,
        key=typed.key,
        kind_name=KIND_NAMES[form.kind],
        source=typed.values.get("source"),
        target=target,
        fixed_target=FIXED_TARGET.get(form.kind),
        issued_to=issued_to,
        quantity=quantity,
        runs=runs[:_SHOWN_MAX],
        runs_left=max(0, len(runs) - _SHOWN_MAX),
        origin=registry().code,
        life=PROPOSAL_LIFE.days,
    )
