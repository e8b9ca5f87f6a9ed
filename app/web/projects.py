"""Public pages about projects: the list, its CSV, and each with its decisions and issuances."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING_KINDS, Holding
from app.domain.errors import NotFound
from app.domain.projects import STAGE_NAMES, Stage
from app.domain.text import Text
from app.store import blocks, countries, data_files, issuances, methodologies, projects
from app.store.databases import AnyRow
from app.store.projects import Details, Search
from app.web import lists, published_tables, words
from app.web.access import public
from app.web.lists import Shown
from app.web.pages import number, page
from app.web.public import issued, kinds_of_accounts
from app.web.published_tables import Cell
from app.web.sessions import kept, reading

blueprint = Blueprint("projects", __name__)

#: Files of the starting data from which the list comes.
_FILES: Final = ("projects", "partner_countries", "methodologies", "sectoral_scopes")
#: A search of a map that anybody may ask; it lies outside the registry.
_MAP: Final = "https://www.openstreetmap.org/search?query="
COLUMNS: Final = (
    "reference",
    "partner",
    "partner_name",
    "title_en",
    "title_ja",
    "stage",
    "stage_name",
    "registered_on",
    "methodologies",
    "sectoral_scopes",
    "participants_japan",
    "participants_partner",
    "focal_points",
    "expected_ktco2_per_year",
    "issued_tco2",
    "acquired_tco2",
    *(f"{state.value}_tco2" for state in Holding),
)


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""
    partner: str = ""
    stage: str = ""
    methodology: str = ""
    scope: str = ""


@blueprint.get(f"{words.PREFIX}/projects")
@public
def search() -> Any:
    asked, errors = lists.typed(Asked), dict[str, str]()
    offered = _offered(errors, asked)
    shown = Shown([], 0) if errors else _shown(asked)
    address = partial(url_for, "projects.search")
    return page(
        "projects/search.html",
        status=422 if errors else 200,
        asked=asked,
        errors=errors,
        shown=shown,
        found=ngettext(
            "%(count)s project", "%(count)s projects", shown.count, count=number(shown.count)
        ),
        methodologies=projects.methodologies(reading(), [row.id for row in shown.rows]),
        scopes_known=kept(methodologies.with_scope),
        offered=offered,
        chips=lists.chips(asked, offered | {"q": published_tables.searched}, address),
        csv_address=url_for("projects.table", **lists.given(asked)),
        all_address=address(),
        project_address=url_for("projects.show", reference="-")[:-1],
        methodology_address=url_for("methodologies.show", reference="-")[:-1],
        partner_address=url_for("partners.show", code="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/projects.csv")
@public
def table() -> Response:
    asked, errors = lists.typed(Asked), dict[str, str]()
    _offered(errors, asked)
    published_tables.refuse(asked, errors)
    wanted = _understood(asked)
    partners = kept(countries.names)
    named = {code: words.text(name) for code, name in partners.items()}
    stages = {stage: words.text(name) for stage, name in STAGE_NAMES.items()}

    def lines(session: Session) -> Iterator[list[Cell]]:
        for row, details in projects.stream(session, wanted):
            yield _line(row, details, named, stages)

    return published_tables.answer(
        "jcm-projects.csv", COLUMNS, lines, partial(data_files.moved_at, names=_FILES)
    )


@blueprint.get(f"{words.PREFIX}/projects/<reference>")
@public
def show(reference: str) -> Any:
    session = reading()
    is_one = lists.is_reference(reference)
    project = projects.by_reference(session, reference) if is_one else None
    if project is None:
        raise NotFound("project")
    by_kind = blocks.totals(session, blocks.Search(projects=(project.id,)))
    partner = kept(countries.names)[project.partner]
    return page(
        "projects/show.html",
        project=project,
        partner=partner,
        decisions=issuances.decided(session, project_id=project.id),
        by_kind=by_kind,
        issued=issued(session, by_kind, project.id),
        kinds_of_accounts=kinds_of_accounts(by_kind),
        tonnes={
            state: sum(by_kind.get(kind, 0) for kind in kinds)
            for state, kinds in HOLDING_KINDS.items()
        },
        Holding=Holding,
        scopes=_names_of_scopes(),
        stage_name=STAGE_NAMES[project.stage],
        map_address=_MAP + quote(partner.en),
    )


def _shown(asked: Asked) -> Shown:
    session, wanted = reading(), _understood(asked)
    return lists.turned(
        partial(projects.find, session, wanted),
        projects.count(session, wanted),
        partial(url_for, "projects.search", **lists.given(asked)),
        by_reference=True,
    )


def _offered(errors: dict[str, str], asked: Asked) -> dict[str, Any]:
    """Return the choices of each field in words; what was chosen otherwise is said in `errors`."""
    offered = {
        "partner": {code: words.text(name) for code, name in kept(countries.names).items()},
        "stage": {stage.value: words.text(name) for stage, name in STAGE_NAMES.items()},
        "methodology": {reference: reference for reference in kept(methodologies.references)},
        "scope": _names_of_scopes(),
    }
    lists.choices(asked, offered, errors)
    return offered


def _understood(asked: Asked) -> Search:
    return Search(
        words=asked.q,
        partner=asked.partner or None,
        stage=Stage(asked.stage) if asked.stage else None,
        methodology=asked.methodology or None,
        scope=int(asked.scope) if asked.scope else None,
    )


def _names_of_scopes() -> dict[str, str]:
    return scoped(kept(methodologies.scopes))


def scoped(names: dict[int, Text]) -> dict[str, str]:
    """Return sectoral scopes as they are listed: the number, then the name."""
    return {str(scope): f"{scope} {words.text(name)}" for scope, name in names.items()}


def _line(
    row: AnyRow, details: Details, partners: dict[str, str], stages: dict[Stage, str]
) -> list[Cell]:
    sides = {
        side: "; ".join(one.name for one in details.participants if one.is_japanese is side)
        for side in (True, False)
    }
    numbers = {one.sectoral_scope for one in details.methodologies} - {None}
    return [
        row.reference,
        row.partner,
        partners.get(row.partner, row.partner),
        row.title_en,
        row.title_ja,
        row.stage.value,
        stages[row.stage],
        row.registered_on.isoformat() if row.registered_on else None,
        "; ".join(f"{one.reference} Ver{one.version}" for one in details.methodologies),
        "; ".join(str(number) for number in sorted(numbers)),
        sides[True],
        sides[False],
        "; ".join(one.name for one in details.participants if one.is_focal_point),
        row.expected_kilotonnes_per_year,
        row.tonnes,
        row.acquired,
        *(getattr(row, state.value) for state in Holding),
    ]
