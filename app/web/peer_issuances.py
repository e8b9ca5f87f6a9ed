"""Issuances in two registries, for administrators: what this side issued and the other announced.

What stands here of the other side came by signed message; nothing else of it is known here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain import envelopes
from app.domain.peer_issuances import FINDING_NAMES, WRONG, Decided, Finding
from app.domain.peer_issuances import partner as shared
from app.domain.roles import Duty
from app.store import countries, peer_issuances, peers
from app.store.databases import AnyRow
from app.store.peer_issuances import Search
from app.web import lists, words
from app.web.access import requires
from app.web.lists import Shown
from app.web.pages import number, page
from app.web.sessions import kept, reading, registry

blueprint = Blueprint("peer_issuances", __name__, url_prefix="/portal/registries/issuances")

_STANDINGS: Final = {
    "wrong": _l("Does not add up"),
    "missing": _l("Something is missing"),
}
#: Of decisions that are not recorded here, so many announcements are shown.
_UNRECORDED_MAX: Final = 50


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    partner: str = ""
    standing: str = ""


class Message(NamedTuple):
    """One issuance of the other side, and the message that announced it."""

    peer: str
    reference: str
    decision: str
    quantity: int
    day: date
    number: int
    #: The name of the key under which the message was signed.
    key: str


class Row(NamedTuple):
    """One decision."""

    decision: AnyRow
    #: Whose share the rest is.
    other: str
    messages: Sequence[Message]
    findings: Sequence[tuple[Finding, int]]
    is_wrong: bool


@blueprint.get("")
@requires(Duty.SEE_EVERYTHING)
def search() -> Any:
    session, own = reading(), registry().code
    others = {
        country: peer
        for peer in peers.everyone(session)
        if (country := shared(own, peer.code)) is not None
    }
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(others)
    lists.choices(asked, offered, errors)
    wanted = Search(
        [asked.partner] if asked.partner else list(others),
        is_wrong=asked.standing == "wrong",
        is_missing=asked.standing == "missing",
        words=asked.q,
    )
    address = partial(url_for, "peer_issuances.search")
    shown = Shown([], 0)
    if not errors:
        shown = lists.turned(
            partial(peer_issuances.find, session, wanted),
            peer_issuances.count(session, wanted),
            partial(address, **lists.given(asked)),
            by_reference=True,
        )
    return page(
        "peer_issuances/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        offered=offered,
        others=others,
        shown=shown,
        rows=_rows(shown.rows, others),
        found=ngettext(
            "%(count)s decision", "%(count)s decisions", shown.count, count=number(shown.count)
        ),
        unrecorded=_messages(peer_issuances.unrecorded(session, _UNRECORDED_MAX)),
        chips=lists.chips(asked, offered | {"q": str}, address),
        all_address=address(),
        finding_names=FINDING_NAMES,
        wrong=WRONG,
    )


def _offered(others: Mapping[str, AnyRow]) -> dict[str, dict[str, str]]:
    names = kept(countries.names)
    return {
        "partner": {code: words.text(names[code]) for code in others if code in names},
        "standing": {name: str(label) for name, label in _STANDINGS.items()},
    }


def _rows(found: Sequence[AnyRow], others: Mapping[str, AnyRow]) -> list[Row]:
    """Return decisions with what was announced of them, and what does not add up."""
    references = [row.reference for row in found]
    told: dict[str, list[Message]] = defaultdict(list)
    days: dict[str, set[date]] = defaultdict(set)
    announced = peer_issuances.announced(reading(), references) if references else []
    for row, message in zip(announced, _messages(announced), strict=True):
        told[row.decision].append(message)
        if row.decided_on is not None:
            days[row.decision].add(row.decided_on)
    rows = []
    for row in found:
        decided = Decided(
            total=row.total,
            share=row.quantity,
            is_complete=row.is_complete,
            issued=row.issued,
            announced=row.announced,
            decided_on=row.decided_on if row.date_is_public else None,
        )
        findings = decided.findings(days[row.reference])
        is_wrong = any(finding in WRONG for finding, _tonnes in findings)
        rows.append(Row(row, others[row.partner].code, told[row.reference], findings, is_wrong))
    return rows


def _messages(found: Sequence[AnyRow]) -> list[Message]:
    zone = registry().time_zone
    return [
        Message(
            peer=row.code,
            reference=row.reference,
            decision=row.decision,
            quantity=row.quantity,
            day=row.issued_at.astimezone(zone).date(),
            number=row.number,
            key=envelopes.decode(row.envelope).key,
        )
        for row in found
    ]
