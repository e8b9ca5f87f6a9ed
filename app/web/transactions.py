"""Transactions: the list, one of them with its history, and the decisions on a proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
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
from app.domain.certificates import CERTIFIED
from app.domain.errors import NotFound
from app.domain.exchange import ANSWER_LIMIT
from app.domain.exchange import Status as Crossed
from app.domain.ledger import KIND_NAMES, STATUS_NAMES, Event, Kind, Status
from app.domain.nomenclature import NAMES
from app.domain.serials import SERIAL_MAX, Range
from app.store import (
    accounts,
    blocks,
    certificates,
    correspondence,
    decisions,
    holdings,
    people,
    tasks,
    transactions,
)
from app.store.databases import AnyRow
from app.store.transactions import Filter
from app.web import crossings, lists, sent_back, words
from app.web.access import requires
from app.web.accounts import sees_everything
from app.web.lists import Shown
from app.web.pages import number, page
from app.web.readers import reader
from app.web.sessions import reading, registry

blueprint = Blueprint("transactions", __name__, url_prefix="/portal/transactions")

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
    "AboveLimit": _l("The target was not a trusted account any more, and the quantity too large."),
    "NotTrusted": _l("The target was not a trusted account any more."),
    "ProposerStopped": _l("The person who proposed it was stopped when its time had come."),
    "NotAuthorized": _l("No authorization covered some of the ITMOs any more."),
    "PurposeNotCovered": _l("The authorization of the ITMOs did not cover the purpose any more."),
    "AuthorizationOver": _l("The authorization's last day for this had passed."),
    "QuantityExhausted": _l("The authorization did not cover so many ITMOs any more."),
    "PartyNotCovered": _l("The authorization of the ITMOs did not cover that Party."),
    "FlaggedInconsistent": _l("Some of the ITMOs were flagged as inconsistent."),
    "AlreadyEnded": _l("Some of the ITMOs had been used or cancelled."),
    "RegistrySuspended": _l("The exchange with the other registry was suspended."),
    "RejectedThere": _l("The receiving registry rejected it."),
    "SecondBookShort": _l("The second book of the registry had less than would have moved."),
    "ApproverStopped": _l("The person who approved it could not approve any more by then."),
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


@blueprint.get("")
@requires()
def search() -> Any:
    session = reading()
    asked, errors = lists.typed(Asked), dict[str, str]()
    wanted, persons = filtered(session, asked, errors)
    shown = Shown([], 0, _summary(0)) if errors else _shown(session, wanted, asked)
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
        csv_address=url_for("transaction_files.table", **lists.given(asked)),
    )


def filtered(
    session: Session, asked: Asked, errors: dict[str, str]
) -> tuple[Filter, dict[str, str]]:
    """Return which transactions are asked for of those the reader may see, and the persons offered.

    What is wrong with the filter is said in `errors`, each at its field.
    """
    mine = None
    if not sees_everything(reader()):
        mine = [account.id for account, _right in accounts.seen_by(session, reader().id)]
    persons = _persons(session, mine)
    return _understood(asked, persons, mine, errors), persons


def _persons(session: Session, mine: list[int] | None) -> dict[str, str]:
    """Return who may have proposed or decided what the reader sees, by id."""
    found = people.everyone(session) if mine is None else people.acting(session, mine)
    japanese = words.language() == "ja"
    return {str(one.id): one.name_ja if japanese else one.name_en for one in found}


def _understood(
    asked: Asked, persons: Mapping[str, str], mine: list[int] | None, errors: dict[str, str]
) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    offered = {
        "kind": frozenset(Kind),
        "state": frozenset(Status),
        "proposer": persons,
        "approver": persons,
    }
    lists.choices(asked, offered, errors)
    days = lists.days(asked, errors)
    if errors:
        return Filter(accounts=[])
    return Filter(
        accounts=mine,
        kind=Kind(asked.kind) if asked.kind else None,
        status=Status(asked.state) if asked.state else None,
        proposed_by=int(asked.proposer) if asked.proposer else None,
        decided_by=int(asked.approver) if asked.approver else None,
        since=days["since"],
        until=days["until"],
    )


def _shown(session: Session, wanted: Filter, asked: Asked) -> Shown:
    count = transactions.count(session, wanted, cap=lists.COUNT_CAP)
    address = partial(url_for, "transactions.search", **lists.given(asked))
    find = partial(transactions.find, session, wanted)
    return lists.turned(find, count, address, summary=_summary(count))


def _summary(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s transactions", count=number(lists.COUNT_CAP)))
    return str(
        ngettext("%(count)s transaction", "%(count)s transactions", count, count=number(count))
    )


def _chips(asked: Asked, persons: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    return lists.chips(
        asked,
        {
            "kind": {kind: words.text(wording) for kind, wording in KIND_NAMES.items()},
            "state": {one: words.text(wording) for one, wording in STATUS_NAMES.items()},
            "proposer": lambda said: _("Proposed by: %(name)s", name=persons.get(said, said)),
            "approver": lambda said: _("Decided by: %(name)s", name=persons.get(said, said)),
            "since": lambda said: _("Proposed from: %(date)s", date=said),
            "until": lambda said: _("Proposed until: %(date)s", date=said),
        },
        partial(url_for, "transactions.search"),
    )


# One transaction


@dataclass(frozen=True)
class Seen:
    """A transaction, and how the reader stands to it."""

    row: AnyRow
    #: The reader is of the side whose affair the proposal is, or an administrator.
    is_inside: bool
    role: roles.Role | None
    right: roles.Right | None

    @property
    def is_asked(self) -> bool:
        """Whether another registry was asked, which alone decides from then on."""
        return self.row.crossing_status not in {None, Crossed.PROPOSED}

    def may(self, event: Event) -> bool:
        """Tell whether the reader may cause an event now; nobody approves an own proposal."""
        own = self.row.proposed_by == reader().id
        is_approved = self.row.execute_at is not None
        if self.is_asked:
            return False
        return (
            self.row.status is Status.PROPOSED
            and self.is_inside
            and not ((own or is_approved) and event is Event.APPROVE)
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
    crossing = crossings.of(session, row)
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
        claims=tasks.claims(session, transaction=row.id) if found.is_inside else [],
        is_own=own,
        was_sent="sent" in request.args and own and row.status is Status.PROPOSED,
        was_decided="decided" in request.args and row.decided_by == reader().id,
        told=get_flashed_messages(),
        because=_TERMINATED_BECAUSE.get(row.reason or ""),
        serving=NAMES,
        was_approved="decided" in request.args and row.approved_by == reader().id,
        crossing=crossing,
        sender=correspondence.approver(session, crossing.row.id) if crossing else None,
        was_asked="decided" in request.args and _is_asker(crossing),
        answer_hours=ANSWER_LIMIT // timedelta(hours=1),
        waits=row.status is Status.PROPOSED and row.execute_at is not None and not found.is_asked,
        printed=printed,
        **sent_back.links(session, row),
        **_certificate(session, found),
        Status=Status,
        Kind=Kind,
    )


def _is_asker(crossing: crossings.Shown | None) -> bool:
    """Tell whether the reader approved a transfer that another registry was asked about."""
    return crossing is not None and crossing.is_asked and crossing.row.approved_by == reader().id


def _certificate(session: Session, found: Seen) -> dict[str, Any]:
    """Return whether the reader may have a certificate of a transaction, and the one issued."""
    is_completed = found.row.status is Status.COMPLETED
    is_certified = found.is_inside and is_completed and found.row.kind in CERTIFIED
    issued = certificates.of_transaction(session, found.row.id) if is_certified else None
    return {"is_certified": is_certified, "certificate": issued}


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
