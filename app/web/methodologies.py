"""Public pages about methodologies: the list, its CSV, and each with versions and projects."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.projects import STAGE_NAMES
from app.store import countries, data_files, methodologies
from app.store.methodologies import Search
from app.web import lists, published_tables, words
from app.web.access import public
from app.web.lists import Shown
from app.web.pages import number, page
from app.web.projects import scoped
from app.web.published_tables import Cell
from app.web.sessions import kept, reading

blueprint = Blueprint("methodologies", __name__)

#: Files of the starting data from which the list comes.
_FILES: Final = ("methodologies", "partner_countries", "sectoral_scopes", "projects")
#: Projects that a methodology's page names; the list of projects has them all.
_PROJECTS_MAX: Final = 50
COLUMNS: Final = (
    "reference",
    "version",
    "partner",
    "partner_name",
    "title_en",
    "title_ja",
    "title_is_official",
    "sectoral_scope",
    "sectoral_scope_name",
    "approved_on",
    "proponent",
    "projects",
)


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    partner: str = ""
    scope: str = ""


@blueprint.get(f"{words.PREFIX}/methodologies")
@public
def search() -> Any:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(errors, asked)
    shown = Shown([], 0) if errors else _shown(asked)
    address = partial(url_for, "methodologies.search")
    return page(
        "methodologies/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        shown=shown,
        found=ngettext(
            "%(count)s methodology",
            "%(count)s methodologies",
            shown.count,
            count=number(shown.count),
        ),
        scopes_known=kept(methodologies.with_scope),
        offered=offered,
        chips=lists.chips(asked, offered | {"q": published_tables.searched}, address),
        csv_address=url_for("methodologies.table", **lists.given(asked)),
        all_address=address(),
        methodology_address=url_for("methodologies.show", reference="-")[:-1],
        partner_address=url_for("partners.show", code="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/methodologies.csv")
@public
def table() -> Response:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(errors, asked)
    published_tables.refuse(asked, errors)
    wanted = _understood(asked)
    scopes = {scope: words.text(name) for scope, name in kept(methodologies.scopes).items()}

    def lines(session: Session) -> Iterator[list[Cell]]:
        for row in methodologies.stream(session, wanted):
            yield [
                row.reference,
                row.version,
                row.partner,
                offered["partner"].get(row.partner, row.partner),
                row.title_en,
                row.title_ja,
                "yes" if row.title_is_official else "no",
                row.sectoral_scope,
                scopes.get(row.sectoral_scope),
                row.approved_on.isoformat() if row.approved_on else None,
                row.proponent,
                row.projects,
            ]

    return published_tables.answer(
        "jcm-methodologies.csv", COLUMNS, lines, partial(data_files.changed_at, names=_FILES)
    )


@blueprint.get(f"{words.PREFIX}/methodologies/<reference>")
@public
def show(reference: str) -> Any:
    session = reading()
    is_one = lists.is_reference(reference)
    methodology = methodologies.by_reference(session, reference) if is_one else None
    if methodology is None:
        raise NotFound("methodology")
    return page(
        "methodologies/show.html",
        methodology=methodology,
        partner=kept(countries.names)[methodology.partner],
        scopes=scoped(kept(methodologies.scopes)),
        projects=methodologies.projects_of(session, reference, size=_PROJECTS_MAX),
        stages={stage: words.text(name) for stage, name in STAGE_NAMES.items()},
    )


def _shown(asked: Asked) -> Shown:
    session, wanted = reading(), _understood(asked)
    return lists.turned(
        partial(methodologies.find, session, wanted),
        methodologies.count(session, wanted),
        partial(url_for, "methodologies.search", **lists.given(asked)),
        by_reference=True,
    )


def _offered(errors: dict[str, str], asked: Asked) -> dict[str, Any]:
    """Return the choices of each field in words; what was chosen otherwise is said in `errors`."""
    offered = {
        "partner": {code: words.text(name) for code, name in kept(countries.names).items()},
        "scope": scoped(kept(methodologies.scopes)),
    }
    lists.choices(asked, offered, errors)
    return offered


def _understood(asked: Asked) -> Search:
    return Search(
        words=asked.q,
        partner=asked.partner or None,
        scope=int(asked.scope) if asked.scope else None,
    )
