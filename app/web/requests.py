"""Requests about people and powers: the list, and one of them with its history."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.requests import (
    AT_ONCE,
    KIND_NAMES,
    STATUS_NAMES,
    Kind,
    Status,
    identifier,
    may_decide,
    number,
)
from app.domain.roles import DUTIES, PROPOSING, Duty
from app.registry import requests as verbs
from app.store import accounts, people, requests, tasks
from app.store.databases import AnyRow
from app.store.requests import Filter
from app.web import lists, pages, words
from app.web.access import requires
from app.web.comparisons import compared
from app.web.lists import Shown
from app.web.pages import page
from app.web.people import is_administrator
from app.web.readers import reader
from app.web.request_fields import WORDS
from app.web.sessions import reading

blueprint = Blueprint("requests", __name__, url_prefix="/portal/requests")

_MINE: Final = "mine"

#: Each decision is a noun with an address of its own, and the status that it leads to.
NOUNS: Final = {
    "approval": Status.APPROVED,
    "rejection": Status.REJECTED,
    "withdrawal": Status.WITHDRAWN,
}


# The list


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    whose: str = ""
    kind: str = ""
    state: str = ""
    person: str = ""
    since: str = ""
    until: str = ""


@blueprint.get("")
@requires()
def search() -> Any:
    session, asked = reading(), lists.typed(Asked)
    mine = [] if is_administrator() else accounts.seen_by(session, reader().id)
    errors: dict[str, str] = {}
    wanted = _understood(session, asked, [account.id for account, _right in mine], errors)
    shown = _shown(session, wanted, asked)
    manages = reader().role in DUTIES[Duty.MANAGE_PEOPLE]
    return page(
        "requests/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=_chips(asked),
        shown=shown,
        names_person=names_person,
        whose={_MINE: _("Asked by me")},
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        statuses={status: words.text(name) for status, name in STATUS_NAMES.items()},
        all_address=url_for("requests.search"),
        may_add=manages or any(right in PROPOSING for _account, right in mine),
        may_issue=manages,
        add=WORDS[Kind.ADD_REPRESENTATIVE],
        issue=WORDS[Kind.ISSUE_LOGIN_ID],
    )


def _understood(
    session: Session, asked: Asked, mine: list[int], errors: dict[str, str]
) -> Filter | None:
    """Read the filter field by field; None when it can match nothing."""
    offered = {"whose": {_MINE}, "kind": KIND_NAMES, "state": STATUS_NAMES}
    lists.choices(asked, offered, errors)
    days = lists.days(asked, errors)
    person = people.by_login_id(session, asked.person) if asked.person else None
    if errors or (asked.person and person is None):
        # Of whom the reader may not know the list is empty, as of those who do not exist.
        return None
    return Filter(
        status=Status(asked.state) if asked.state else None,
        kind=Kind(asked.kind) if asked.kind else None,
        user_id=person.id if person else None,
        asked_by=reader().id if asked.whose == _MINE else None,
        concerning=None if is_administrator() else reader().id,
        accounts=mine,
        since=days["since"],
        until=days["until"],
    )


def _shown(session: Session, wanted: Filter | None, asked: Asked) -> Shown:
    if wanted is None:
        return Shown([], 0, _summary(0))
    count = requests.count(session, wanted, cap=lists.COUNT_CAP)
    address = partial(url_for, "requests.search", **lists.given(asked))
    find = partial(requests.find, session, wanted)
    return lists.turned(find, count, address, summary=_summary(count))


def _summary(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s requests", count=pages.number(lists.COUNT_CAP)))
    return str(
        ngettext("%(count)s request", "%(count)s requests", count, count=pages.number(count))
    )


def _chips(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    return lists.chips(
        asked,
        {
            "whose": {_MINE: _("Asked by me")},
            "kind": {kind.value: words.text(name) for kind, name in KIND_NAMES.items()},
            "state": {status.value: words.text(name) for status, name in STATUS_NAMES.items()},
            "since": lambda said: _("from %(day)s", day=said),
            "until": lambda said: _("until %(day)s", day=said),
        },
        partial(url_for, "requests.search"),
    )


# One request


def seen(session: Session, printed: str) -> AnyRow:
    """Return a request.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    found = identifier(printed)
    row = requests.by_id(session, found) if found is not None else None
    if row is None or not verbs.may_see(session, row, reader().id):
        raise NotFound("request")
    return row


def may(row: AnyRow, noun: str) -> bool:
    """Tell whether the reader may end a request in this way now."""
    if row.status is not Status.WAITING:
        return False
    if noun == "withdrawal":
        return bool(row.asked_by == reader().id)
    decides = may_decide(reader().role) and row.user_id != reader().id
    return decides and row.asked_by != reader().id


@blueprint.get("/<printed>")
@requires()
def show(printed: str) -> Any:
    return answer(seen(reading(), printed))


def answer(row: AnyRow, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    """Answer with the page of one request."""
    own = row.asked_by == reader().id
    return page(
        "requests/show.html",
        status=code,
        errors=errors or {},
        row=row,
        number=number(row.id),
        names_person=names_person(row),
        knows_person=is_administrator() or row.user_id == reader().id,
        lines=compared(row.kind, row.asked, row.before),
        claims=tasks.claims(reading(), request=row.id),
        nouns=[noun for noun in NOUNS if may(row, noun)],
        is_task=may(row, "approval"),
        was_sent="sent" in request.args and own and row.status is Status.WAITING,
        was_decided="decided" in request.args and row.decided_by == reader().id,
        at_once=row.kind in AT_ONCE,
        waits_for_address=waits_for_address(row),
        Status=Status,
        Kind=Kind,
    )


def names_person(row: AnyRow) -> bool:
    """Tell whether a request names its person to the reader.

    Who asks by login ID to have somebody added does not learn by it whose login ID it is.
    """
    if row.kind is not Kind.ADD_REPRESENTATIVE or "name_en" in row.asked:
        return True
    return is_administrator() or row.user_id == reader().id or row.status is Status.APPROVED


def waits_for_address(row: AnyRow) -> bool:
    """Tell whether a new mail address was not yet confirmed by the link sent to it."""
    is_new = row.kind is Kind.CHANGE_DETAILS and "email" in row.asked
    return is_new and row.status is Status.WAITING and not row.before.get("confirmed")
