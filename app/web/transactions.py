"""Transactions: the list, one of them with its history, and the decisions on a proposal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import Blueprint, get_flashed_messages, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import ledger, roles
from app.domain.accounts import FINAL
from app.domain.accounts import KIND_NAMES as ACCOUNT_NAMES
from app.domain.errors import NotFound, Refusal, UnknownChoice
from app.domain.ledger import KIND_NAMES, STATUS_NAMES, Event, Kind, Status
from app.domain.serials import SERIAL_MAX, Range
from app.domain.text import normalise
from app.store import accounts, blocks, decisions, holdings, people, transactions
from app.store.databases import AnyRow
from app.store.transactions import Filter
from app.web import dates, words
from app.web.access import requires
from app.web.accounts import sees_everything
from app.web.messages import sentence
from app.web.pages import number, page
from app.web.sessions import reading, registry
from app.web.sign_in import reader

blueprint = Blueprint("transactions", __name__, url_prefix="/portal/transactions")

PAGE_SIZE: Final = 50
_COUNT_CAP: Final = 10_000
RUNS_MAX: Final = 50

#: Each decision is a noun with an address of its own.
NOUNS: Final = {
    "approval": Event.APPROVE,
    "rejection": Event.REJECT,
    "withdrawal": Event.WITHDRAW,
}

#: Why a check at approval ended a transaction; only the code of the refusal is kept with it.
_TERMINATED_BECAUSE: Final = {
    "AccountStateForbids": _l("The state of one of the accounts did not permit it any more."),
    "AccountKindForbids": _l("The type of one of the accounts did not permit it."),
    "SerialsBarred": _l("Some of the serial numbers had been barred in the meantime."),
    "SerialsNotHeld": _l("The account did not hold all of the serial numbers any more."),
    "LimitExceeded": _l("More had been issued in the meantime than the decision left."),
    "NumberTooLarge": _l("The serial numbers of the registry are used up."),
}


@blueprint.record
def _tell_macros(state: BlueprintSetupState) -> None:
    """Give the macros that print transactions the official wording they print."""
    state.app.jinja_env.globals.update(
        transaction_names=KIND_NAMES,
        status_names=STATUS_NAMES,
        account_names=ACCOUNT_NAMES,
        final_kinds=FINAL,
    )


# The list


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    kind: str = ""
    state: str = ""
    proposer: str = ""
    approver: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def from_arguments(cls) -> "Asked":
        return cls(**{name: normalise(request.args.get(name, ""))[:100] for name in asdict(cls())})

    def given(self) -> dict[str, Any]:
        """Return what was filled in, for an address."""
        return {name: typed for name, typed in asdict(self).items() if typed}


@blueprint.get("")
@requires()
def search() -> Any:
    session = reading()
    asked = Asked.from_arguments()
    everything = sees_everything(reader())
    mine = [account.id for account, _right in accounts.seen_by(session, reader().id)]
    persons = _persons(session, None if everything else mine)
    errors: dict[str, str] = {}
    wanted = _understood(asked, persons, None if everything else mine, errors)
    shown = _Page([], 0) if errors else _shown(session, wanted, asked)
    return page(
        "transactions/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=_chips(asked, persons),
        shown=shown,
        persons=persons,
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        statuses={status: words.text(name) for status, name in STATUS_NAMES.items()},
        printed=printed,
        all_address=url_for("transactions.search"),
    )


def _persons(session: Session, mine: list[int] | None) -> dict[str, str]:
    """Return who may have proposed or decided what the reader sees, by id."""
    found = people.everyone(session) if mine is None else people.acting(session, mine)
    japanese = words.language() == "ja"
    return {str(one.id): one.name_ja if japanese else one.name_en for one in found}


def _understood(
    asked: Asked, persons: Mapping[str, str], mine: list[int] | None, errors: dict[str, str]
) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    for name, offered in (
        ("kind", frozenset(Kind)),
        ("state", frozenset(Status)),
        ("proposer", persons),
        ("approver", persons),
    ):
        typed = getattr(asked, name)
        if typed and typed not in offered:
            errors[name] = sentence(UnknownChoice(typed, field=name))
    days = {}
    for name in ("since", "until"):
        try:
            days[name] = dates.parse(getattr(asked, name), name)
        except Refusal as refusal:
            errors[name] = sentence(refusal)
    if errors:
        return Filter(accounts=[])
    return Filter(
        accounts=mine,
        kind=Kind(asked.kind) if asked.kind else None,
        status=Status(asked.state) if asked.state else None,
        proposed_by=int(asked.proposer) if asked.proposer else None,
        decided_by=int(asked.approver) if asked.approver else None,
        since=dates.begins(days["since"]) if days["since"] else None,
        until=dates.ends(days["until"]) if days["until"] else None,
    )


@dataclass(frozen=True)
class _Page:
    """One page of the list, newest first."""

    rows: list[AnyRow]
    count: int
    previous: str | None = None
    next: str | None = None

    @property
    def summary(self) -> str:
        """How many transactions were found, in words."""
        if self.count > _COUNT_CAP:
            return str(_("More than %(count)s transactions", count=number(_COUNT_CAP)))
        counted = ngettext(
            "%(count)s transaction",
            "%(count)s transactions",
            self.count,
            count=number(self.count),
        )
        return str(counted)


def _shown(session: Session, wanted: Filter, asked: Asked) -> _Page:
    before = request.args.get("before", type=int)
    after = None if before else request.args.get("after", type=int)
    found = list(transactions.find(session, wanted, before=before, after=after, size=PAGE_SIZE + 1))
    more = len(found) > PAGE_SIZE
    rows = found[-PAGE_SIZE:] if after is not None else found[:PAGE_SIZE]
    has_newer = more if after is not None else before is not None
    has_older = True if after is not None else more
    return _Page(
        rows,
        transactions.count(session, wanted, cap=_COUNT_CAP),
        _turned(asked, after=rows[0].id) if rows and has_newer else None,
        _turned(asked, before=rows[-1].id) if rows and has_older else None,
    )


def _turned(asked: Asked, **position: Any) -> str:
    return url_for("transactions.search", **asked.given() | position)


def _chips(asked: Asked, persons: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    given = asked.given()
    return [
        {
            "label": _label(name, typed, persons),
            "address": url_for(
                "transactions.search", **{key: said for key, said in given.items() if key != name}
            ),
        }
        for name, typed in given.items()
    ]


def _label(name: str, typed: str, persons: Mapping[str, str]) -> str:
    offered: Mapping[str, Mapping[str, str]] = {
        "kind": {kind: words.text(wording) for kind, wording in KIND_NAMES.items()},
        "state": {one: words.text(wording) for one, wording in STATUS_NAMES.items()},
        "proposer": persons,
        "approver": persons,
    }
    said = offered.get(name, {}).get(typed, typed)
    labels = {
        "proposer": _("Proposed by: %(name)s", name=said),
        "approver": _("Decided by: %(name)s", name=said),
        "since": _("Proposed from: %(date)s", date=said),
        "until": _("Proposed until: %(date)s", date=said),
    }
    return str(labels.get(name, said))


# One transaction


@dataclass(frozen=True)
class Seen:
    """A transaction, and how the reader stands to it."""

    row: AnyRow
    #: The reader is of the side whose affair the proposal is, or an administrator.
    is_inside: bool
    role: roles.Role | None
    right: roles.Right | None

    def may(self, event: Event) -> bool:
        """Tell whether the reader may cause an event now; nobody approves an own proposal."""
        own = self.row.proposed_by == reader().id
        return (
            self.row.status is Status.PROPOSED
            and self.is_inside
            and not (own and event is Event.APPROVE)
            and roles.may_decide(event, self.row.kind, self.role, self.right)
        )


@blueprint.get("/<number>")
@requires()
def show(number: str) -> Any:
    return answer(seen(reading(), number))


def answer(found: Seen, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    """Answer with the page of one transaction."""
    session, row = reading(), found.row
    runs = holdings.described(session, ranges(session, row))
    own = row.proposed_by == reader().id
    return page(
        "transactions/show.html",
        status=code,
        errors=errors or {},
        row=row,
        number=printed(row.id),
        runs=runs[:RUNS_MAX],
        runs_left=max(0, len(runs) - RUNS_MAX),
        origin=registry().code,
        allocation=allocation(session, row),
        is_inside=found.is_inside,
        names_holders=sees_everything(reader()),
        nouns=[noun for noun, event in NOUNS.items() if found.may(event)],
        is_own=own,
        was_sent="sent" in request.args and own and row.status is Status.PROPOSED,
        was_decided="decided" in request.args and row.decided_by == reader().id,
        told=get_flashed_messages(),
        because=_TERMINATED_BECAUSE.get(row.reason or ""),
        Status=Status,
        Kind=Kind,
    )


def ranges(session: Session, row: AnyRow) -> list[Range]:
    """Return the serial numbers that a proposal has reserved or that have moved."""
    if row.status is Status.PROPOSED:
        return blocks.reserved(session.connection(), row.id)
    if row.status is Status.COMPLETED:
        return holdings.moved(session, row)
    return []


def allocation(session: Session, row: AnyRow) -> AnyRow | None:
    if row.allocation_id is None:
        return None
    return decisions.allocation(session.connection(), row.allocation_id)


# Numbers, and who may know of them


def printed(identifier: int) -> str:
    """Return a transaction's public number."""
    return ledger.transaction_number(registry().code, identifier)


def identified(number: str) -> int:
    """Return the identifier of a printed number; NotFound unless it is printed just so."""
    digits = number.removeprefix(registry().code)
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(SERIAL_MAX))
    identifier = int(digits) if is_number else 0
    if not 1 <= identifier <= SERIAL_MAX or printed(identifier) != number:
        raise NotFound("transaction")
    return identifier


def seen(session: Session, number: str) -> Seen:
    """Return a transaction and how the reader stands to it.

    A proposal is the affair of its source; once completed, the target's people know it too.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    row = transactions.shown(session, identified(number))
    if row is None:
        raise NotFound("transaction")
    for account_id, is_inside in (
        (row.source_id or row.target_id, True),
        (row.target_id, False),
    ):
        power = people.power(session.connection(), reader().id, account_id)
        knows = is_inside or row.status is Status.COMPLETED
        if knows and power and roles.may_see_account(power.role, power.right):
            return Seen(row, is_inside=is_inside, role=power.role, right=power.right)
    raise NotFound("transaction")
