"""Public list of the third-party entities that validate and verify, and its CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.references import STANDING_NAMES, Standing
from app.store import countries, data_files, third_party_entities
from app.store.third_party_entities import Search
from app.web import lists, published_tables, words
from app.web.access import public
from app.web.lists import Shown
from app.web.pages import number, page
from app.web.published_tables import Cell
from app.web.sessions import kept, reading

blueprint = Blueprint("third_party_entities", __name__)

#: Files of the starting data from which the list comes.
_FILES: Final = ("third_party_entities", "partner_countries")
COLUMNS: Final = (
    "reference",
    "partner",
    "partner_name",
    "name",
    "standing",
    "standing_name",
    "valid_until",
    "source",
)


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    partner: str = ""
    standing: str = ""


@blueprint.get(f"{words.PREFIX}/third-party-entities")
@public
def search() -> Any:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(errors, asked)
    shown = Shown([], 0) if errors else _shown(asked)
    address = partial(url_for, "third_party_entities.search")
    return page(
        "third_party_entities/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        shown=shown,
        found=ngettext(
            "%(count)s third-party entity",
            "%(count)s third-party entities",
            shown.count,
            count=number(shown.count),
        ),
        offered=offered,
        chips=lists.chips(asked, offered | {"q": published_tables.searched}, address),
        csv_address=url_for("third_party_entities.table", **lists.given(asked)),
        all_address=address(),
        partner_address=url_for("partners.show", code="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/third-party-entities.csv")
@public
def table() -> Response:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(errors, asked)
    published_tables.refuse(asked, errors)
    wanted = _understood(asked)

    def lines(session: Session) -> Iterator[list[Cell]]:
        for row in third_party_entities.stream(session, wanted):
            yield [
                row.reference,
                row.partner,
                offered["partner"].get(row.partner, row.partner),
                row.name,
                row.standing.value,
                offered["standing"][row.standing],
                row.valid_until.isoformat() if row.valid_until else None,
                row.source,
            ]

    return published_tables.answer(
        "jcm-third-party-entities.csv",
        COLUMNS,
        lines,
        partial(data_files.changed_at, names=_FILES),
    )


def _shown(asked: Asked) -> Shown:
    session, wanted = reading(), _understood(asked)
    return lists.turned(
        partial(third_party_entities.find, session, wanted),
        third_party_entities.count(session, wanted),
        partial(url_for, "third_party_entities.search", **lists.given(asked)),
        by_reference=True,
    )


def _offered(errors: dict[str, str], asked: Asked) -> dict[str, Any]:
    """Return the choices of each field in words; what was chosen otherwise is said in `errors`."""
    offered = {
        "partner": {code: words.text(name) for code, name in kept(countries.names).items()},
        "standing": {standing.value: words.text(name) for standing, name in STANDING_NAMES.items()},
    }
    lists.choices(asked, offered, errors)
    return offered


def _understood(asked: Asked) -> Search:
    return Search(
        words=asked.q,
        partner=asked.partner or None,
        standing=Standing(asked.standing) if asked.standing else None,
    )
