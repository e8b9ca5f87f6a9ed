"""The public credit search: every live block of the ledger, without holders' names."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import Blueprint, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.accounts import HOLDING_NAMES, KIND_NAMES, Kind, holding
from app.domain.projects import UNIT_CLASS_NAMES
from app.domain.serials import Range, Serial
from app.store import accounts, countries, credit_choices, credit_totals
from app.store.credits import count, find
from app.web import credit_files, lists, words
from app.web.access import public
from app.web.credit_filters import Asked, Wanted, address, chips, offered, understood
from app.web.messages import sentence
from app.web.pages import number, page
from app.web.sessions import kept, reading, registry

blueprint = Blueprint("credits", __name__)
blueprint.add_url_rule(f"{words.PREFIX}/credits.csv", "table", credit_files.table)
blueprint.add_url_rule(f"{words.PREFIX}/credits.json", "document", credit_files.document)

PAGE_SIZE: Final = 50
COUNT_CAP: Final = 10_000
_STATE_OF: Final = {kind: holding(kind) for kind in Kind}


@blueprint.get(f"{words.PREFIX}/credits")
@public
def search() -> Any:
    session = reading()
    asked = lists.typed(Asked)
    wanted, refusals = understood(session, asked)
    errors = {field: sentence(refusal) for field, refusal in refusals.items()}
    return page(
        "credits/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        shown=_found(session, wanted, asked),
        chips=chips(asked),
        choices=_choices(asked),
        partners=offered(kept(countries.names)),
        kinds=offered(KIND_NAMES),
        states=offered(HOLDING_NAMES),
        state_of=_STATE_OF,
        demo=kept(accounts.demo),
        files={name: address(f"credits.{name}", asked) for name in ("table", "document")},
        all_address=url_for("credits.search"),
        printed=partial(_printed, registry().code),
        block_address=url_for("blocks.show", serial="-")[:-1],
        project_address=url_for("projects.show", reference="-")[:-1],
    )


def _choices(asked: Asked) -> dict[str, dict[Any, str]]:
    """Return what the facets offer; a methodology without credits only where it was chosen."""
    references = {*kept(credit_choices.with_credits), asked.methodology} - {""}
    return {
        "methodologies": {reference: reference for reference in sorted(references)},
        "scopes": offered(kept(credit_choices.scopes)),
        "vintages": {year: str(year) for year in kept(countries.vintages)},
        "classes": offered(UNIT_CLASS_NAMES),
        "orders": {"desc": str(_("Highest first"))},
    }


@dataclass(frozen=True)
class Shown:
    """One page of the result, and what is said of the whole.

    `within` is how much of it bears the serial numbers that were typed, where blocks bear others.
    """

    rows: list[Row[Any]]
    count: int
    is_capped: bool
    totals: dict[Kind, int]
    tonnes: int
    within: int | None = None
    previous: str | None = None
    next: str | None = None

    @property
    def summary(self) -> str:
        """How many blocks were found, in words."""
        if self.is_capped:
            return str(_("More than %(count)s blocks", count=number(self.count)))
        if self.count == 1:
            return str(_("1 block"))
        return str(_("%(count)s blocks", count=number(self.count)))


_NOTHING: Final = Shown(rows=[], count=0, is_capped=False, totals={}, tonnes=0)


def _found(session: Session, wanted: Wanted, asked: Asked) -> Shown:
    totals = credit_totals.totals(session, wanted.search)
    if not totals:
        return _NOTHING
    found = wanted.search
    if found.kinds is not None:
        # Kinds of account in which nothing was found need not be looked for.
        found = replace(found, kinds=frozenset(totals))
    rows, previous, following = _page(session, replace(wanted, search=found), asked)
    blocks = count(session, found, cap=COUNT_CAP)
    return Shown(
        rows=rows,
        count=min(blocks, COUNT_CAP),
        is_capped=blocks > COUNT_CAP,
        totals=totals,
        tonnes=sum(totals.values()),
        within=_within(session, wanted),
        previous=previous,
        next=following,
    )


def _page(
    session: Session, wanted: Wanted, asked: Asked
) -> tuple[list[Row[Any]], str | None, str | None]:
    """Return the rows of the page asked for, and the addresses of those before and after it."""
    after, before = lists.serial("after"), lists.serial("before")
    before = None if after is not None else before
    found = find(
        session,
        wanted.search,
        after=after,
        before=before,
        size=PAGE_SIZE + 1,
        descending=wanted.descending,
    )
    more = len(found) > PAGE_SIZE
    rows = list(found[:PAGE_SIZE] if before is None else found[-PAGE_SIZE:])
    has_previous = after is not None if before is None else more
    has_next = more if before is None else True
    return (
        rows,
        _turned(asked, "before", rows[0]) if rows and has_previous else None,
        _turned(asked, "after", rows[-1]) if rows and has_next else None,
    )


def _turned(asked: Asked, name: str, row: Row[Any]) -> str:
    return address("credits.search", asked, **{name: Range(row.first, row.first)})


def _printed(own: str, row: Row[Any]) -> Serial:
    """Return a block as it is printed."""
    numbers = Range(row.first, row.last)
    return bands.serial(numbers, row.partner, row.project, row.vintage, own=own)


def _within(session: Session, wanted: Wanted) -> int | None:
    if wanted.typed is None or wanted.typed == wanted.search.range:
        return None
    narrower = replace(wanted.search, range=wanted.typed, begins_with_block=False)
    return sum(credit_totals.totals(session, narrower).values())
