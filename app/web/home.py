"""HOME: what the person was told, the person's accounts, what waits, and what happened lately."""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain import roles
from app.domain.accounts import KIND_NAMES, STATE_NAMES
from app.domain.announcements import Announced
from app.domain.announcements import Kind as Announcing
from app.domain.exchange import Status as Crossed
from app.domain.ledger import Event, Kind, Status
from app.domain.roles import ROLE_NAMES
from app.store import accounts, announcements, holdings, transactions
from app.store.databases import AnyRow
from app.store.transactions import Filter
from app.web import notifications
from app.web.access import may_open, requires
from app.web.accounts import may_approve, may_propose, sees_everything
from app.web.pages import page
from app.web.readers import Reader, reader
from app.web.sessions import now, reading
from app.web.transactions import printed

blueprint = Blueprint("home", __name__, url_prefix="/portal")

_SHOWN_MAX: Final = 20
_RECENT: Final = 5


@blueprint.get("/")
@requires()
def show() -> Any:
    session = reading()
    person = reader()
    mine = accounts.seen_by(session, person.id)
    identifiers = [account.id for account, _right in mine]
    waiting = _waiting(session, person, mine)
    seen = Filter(accounts=None if sees_everything(person) else identifiers)
    return page(
        "home/show.html",
        notices=_notices(session),
        told=notifications.latest(),
        follows_ledger=may_open("transactions.search"),
        mine=mine,
        figures=holdings.figures(session, identifiers),
        may_propose=any(may_propose(right) for _account, right in mine),
        waiting=waiting[:_SHOWN_MAX],
        has_more_waiting=len(waiting) > _SHOWN_MAX,
        recent=transactions.find(session, seen, size=_RECENT),
        sees_everything=sees_everything(person),
        words_to_propose=_words_to_propose(person),
        printed=printed,
        role=ROLE_NAMES[person.role] if person.role else None,
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
    )


def _notices(session: Session) -> list[Announced]:
    """Return the notices that are on; maintenance stands above every page anyway."""
    shown = announcements.shown(session, now())
    return [one for one in shown if one.kind is Announcing.NOTICE]


def _waiting(session: Session, person: Reader, mine: Sequence[AnyRow]) -> list[AnyRow]:
    """Return the proposals this person may approve, newest first: of own accounts, or by role."""
    approvable = [account.id for account, right in mine if may_approve(right)]
    by_role = frozenset(
        kind for kind in Kind if roles.may_decide(Event.APPROVE, kind, person.role, None)
    )
    waiting = Filter(status=Status.PROPOSED, not_proposed_by=person.id)
    found: list[AnyRow] = []
    if approvable:
        own = replace(waiting, accounts=approvable, kinds=roles.HOLDERS_KINDS)
        found += transactions.find(session, own, size=_SHOWN_MAX + 1)
    if by_role:
        found += transactions.find(session, replace(waiting, kinds=by_role), size=_SHOWN_MAX + 1)
    undecided = [
        row
        for row in found
        if row.execute_at is None and row.crossing_status in {None, Crossed.PROPOSED}
    ]
    return sorted(undecided, key=attrgetter("id"), reverse=True)


def _words_to_propose(person: Reader) -> list[tuple[str, str]]:
    """Return the forms of what an administrator of this role may propose."""
    labels = {
        "issuances": _("Propose an issuance"),
        "mandatory-cancellations": _("Propose a mandatory cancellation"),
    }
    kinds = {"issuances": Kind.ISSUANCE, "mandatory-cancellations": Kind.MANDATORY_CANCELLATION}
    return [
        (word, label)
        for word, label in labels.items()
        if roles.may_propose(kinds[word], person.role, None)
    ]
