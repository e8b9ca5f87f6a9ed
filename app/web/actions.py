"""Actions with ITMOs: the list for the registry and its reviewers, and the public one.

What stands under a confidential version of an authorization is not on the public list, nor counted
there; nor is who acted, which the registry never tells of single movements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.documents import moments
from app.domain import itmo
from app.domain.errors import Refusal
from app.domain.itmo import Identifier, Units
from app.domain.nomenclature import LABELS, NAMES, ActionType
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.roles import Duty
from app.domain.serials import Range
from app.store import action_lists, itmos
from app.store.action_lists import Filter
from app.store.databases import AnyRow
from app.web import entries, lists, lives, published_tables, words
from app.web.access import may_open, public, requires
from app.web.lists import Shown
from app.web.messages import sentence
from app.web.pages import number, page
from app.web.sessions import now, reading
from app.web.transactions import printed

blueprint = Blueprint("actions", __name__)

#: What everyone may know of an action.
_OPEN: Final = (
    *("time", "type", "type_name", "subtype", "itmo_identifier", "first", "last", "quantity"),
    *("cooperative_approach", "first_transferring_party", "party_registry", "vintage", "project"),
    *("authorization", "authorization_version", "other_party", "cancelled_for"),
    *("using_or_cancelling_party", "calendar_year"),
)
_CLOSED: Final = ("using_or_cancelling_entity", "transaction", "note", "is_confidential")


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    type: str = ""
    approach: str = ""
    authorization: str = ""
    vintage: str = ""
    year: str = ""


@blueprint.get("/portal/article6/actions")
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    """Show every action."""
    return _list_page("actions/search.html", is_public=False)


@blueprint.get("/portal/article6/actions.csv")
@requires(Duty.SEE_ARTICLE_6)
def table() -> Response:
    return _file((*_OPEN, *_CLOSED), _whole_line, is_public=False)


@blueprint.get(f"{words.PREFIX}/article6/actions", endpoint="public")
@public
def open_to_all() -> Any:
    """Show the actions that are public."""
    return _list_page("actions/public.html", is_public=True)


@blueprint.get(f"{words.PREFIX}/article6/actions.csv")
@public
def public_table() -> Response:
    return _file(_OPEN, _line, is_public=True)


def _list_page(template: str, *, is_public: bool) -> Any:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered()
    wanted = _understood(reading(), asked, offered, errors, is_public=is_public)
    endpoint, file = ("public", "public_table") if is_public else ("search", "table")
    address = partial(url_for, f"actions.{endpoint}")
    shown = Shown([], 0, _summary(0)) if errors else _shown(wanted, asked, address)
    return page(
        template,
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        chips=lists.chips(asked, _labels(offered), address),
        shown=shown,
        offered=offered,
        all_address=address(),
        csv_address=url_for(f"actions.{file}", **lists.given(asked)),
        identifier=identifier,
        instant=instant,
        names=NAMES,
        printed=printed,
        opens_transactions=not is_public and may_open("transactions.show"),
    )


def _shown(wanted: Filter, asked: Asked, address: Callable[..., str]) -> Shown:
    session = reading()
    count = action_lists.count(session, wanted, cap=lists.COUNT_CAP)
    turned = partial(address, **lists.given(asked))
    find = partial(action_lists.find, session, wanted)
    return lists.turned(find, count, turned, summary=_summary(count))


def _summary(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s actions", count=number(lists.COUNT_CAP)))
    return str(ngettext("%(count)s action", "%(count)s actions", count, count=number(count)))


# The filter


def _offered() -> dict[str, dict[str, str]]:
    """Return the choices of each facet."""
    years = {str(year): str(year) for year in range(ITMO_VINTAGE_MIN, now().year + 1)}
    return {
        "type": {kind.value: words.text(NAMES[kind]) for kind in ActionType},
        "approach": {
            row.code: f"{row.code} {row.partner_ja if words.language() == 'ja' else row.partner_en}"
            for row in itmos.approaches(reading())
        },
        # Whether or not there is anything: what is confidential must not show in what is offered.
        "vintage": years,
        "year": years,
    }


def _understood(
    session: Session,
    asked: Asked,
    offered: Mapping[str, Mapping[str, str]],
    errors: dict[str, str],
    *,
    is_public: bool,
) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    lists.choices(asked, offered, errors)
    found: Range | None = None
    try:
        found = lives.understood(session, asked.q) if asked.q else None
    except Refusal as refusal:
        errors["q"] = sentence(refusal)
    if errors:
        return Filter()
    codes = {code: id_ for id_, code in itmos.codes(session).items()} if asked.approach else {}
    return Filter(
        is_public=is_public,
        type=ActionType(asked.type) if asked.type else None,
        approach_id=codes[asked.approach] if asked.approach else None,
        authorization=asked.authorization or None,
        vintage=int(asked.vintage) if asked.vintage else None,
        year=int(asked.year) if asked.year else None,
        range=found,
    )


def _labels(
    offered: Mapping[str, Mapping[str, str]],
) -> dict[str, Mapping[str, str] | Callable[[str], str]]:
    return {
        **offered,
        "q": published_tables.searched,
        "authorization": lambda said: str(_("Authorization: %(name)s", name=said)),
        "vintage": lambda said: str(_("Vintage: %(year)s", year=said)),
        "year": lambda said: str(_("Year: %(year)s", year=said)),
    }


# How an action is printed


def identifier(row: AnyRow) -> Identifier:
    """Return the unique identifier of the ITMOs of an action."""
    units = Units(row.code, row.party_registry, row.first_transferring)
    return itmo.identifier(units, Range(row.first, row.last), row.vintage)


def instant(at: datetime) -> str:
    """Print when an action took place: in UTC, as it is reported."""
    return moments.moment(at, words.language(), UTC)


def _file(
    columns: tuple[str, ...], line: Callable[[AnyRow], Iterable[str]], *, is_public: bool
) -> Response:
    asked, errors = lists.typed(Asked), dict[str, str]()
    wanted = _understood(reading(), asked, _offered(), errors, is_public=is_public)
    published_tables.refuse(asked, errors)
    return entries.table("itmo-actions.csv", columns, action_lists.find, wanted, line)


def _line(row: AnyRow) -> tuple[str, ...]:
    return (
        row.at.astimezone(UTC).isoformat(timespec="seconds"),
        row.type.value,
        words.text(NAMES[row.type]),
        LABELS[row.subtype] if row.subtype else "",
        str(identifier(row)),
        str(Range(row.first, row.last).counted.first),
        str(Range(row.first, row.last).counted.last),
        str(row.last - row.first + 1),
        row.code,
        row.first_transferring,
        row.party_registry,
        str(row.vintage),
        row.project,
        row.identifier,
        str(row.number),
        row.counterparty or "",
        row.cancelled_for.value if row.cancelled_for else "",
        row.using_party or "",
        str(row.calendar_year or ""),
    )


def _whole_line(row: AnyRow) -> tuple[str, ...]:
    return (
        *_line(row),
        row.using_entity or "",
        printed(row.transaction_id) if row.transaction_id else "",
        row.note,
        "yes" if row.is_confidential else "no",
    )
