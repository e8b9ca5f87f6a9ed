"""Public pages about partner countries: all of them, their CSV, and each with what it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.accounts import Holding
from app.domain.errors import NotFound
from app.domain.projects import STAGE_NAMES, Stage
from app.domain.references import STANDING_NAMES
from app.store import (
    data_files,
    issuances,
    methodologies,
    partners,
    rules,
    third_party_entities,
)
from app.web import lists, published_tables, words
from app.web.access import public
from app.web.pages import number, page
from app.web.projects import scoped
from app.web.published_tables import Cell
from app.web.sessions import kept, reading

blueprint = Blueprint("partners", __name__)

#: Files of the starting data from which the list comes.
_FILES: Final = (
    "partner_countries",
    "projects",
    "methodologies",
    "third_party_entities",
    "rules",
)
#: Rows of each kind that a country's page shows; the lists have them all.
_ROWS_MAX: Final = 50
COLUMNS: Final = (
    "code",
    "alpha3",
    "name_en",
    "name_ja",
    "bilateral_document_on",
    "date_is_certain",
    "note_en",
    "note_ja",
    "projects",
    *(f"projects_{stage.value}" for stage in Stage),
    "projects_with_credits",
    "methodologies",
    "third_party_entities",
    "rules",
    "issued_tco2",
    "acquired_tco2",
    *(f"{state.value}_tco2" for state in Holding),
)


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    q: str = ""


@blueprint.get(f"{words.PREFIX}/partner-countries")
@public
def search() -> Any:
    asked = lists.typed(Asked)
    rows = partners.find(reading(), asked.q)
    address = partial(url_for, "partners.search")
    return page(
        "partners/search.html",
        asked=asked,
        rows=rows,
        found=ngettext(
            "%(count)s partner country",
            "%(count)s partner countries",
            len(rows),
            count=number(len(rows)),
        ),
        chips=lists.chips(asked, {"q": lambda typed: _("Search: %(text)s", text=typed)}, address),
        csv_address=url_for("partners.table", **lists.given(asked)),
        all_address=address(),
        partner_address=url_for("partners.show", code="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/partner-countries.csv")
@public
def table() -> Response:
    asked = lists.typed(Asked)

    def lines(session: Session) -> Iterator[list[Cell]]:
        for row in partners.find(session, asked.q):
            yield [
                row.alpha2,
                row.alpha3,
                row.name_en,
                row.name_ja,
                row.bilateral_document_on.isoformat(),
                "yes" if row.date_is_certain else "no",
                row.note_en,
                row.note_ja,
                row.projects,
                *(getattr(row, stage.value) for stage in Stage),
                row.projects_with_credits,
                row.methodologies,
                row.entities,
                row.rules,
                row.tonnes,
                row.acquired,
                *(getattr(row, state.value) for state in Holding),
            ]

    return published_tables.answer(
        "jcm-partner-countries.csv", COLUMNS, lines, partial(data_files.moved_at, names=_FILES)
    )


@blueprint.get(f"{words.PREFIX}/partner-countries/<code>")
@public
def show(code: str) -> Any:
    session = reading()
    partner = partners.by_code(session, code) if lists.is_reference(code) else None
    if partner is None:
        raise NotFound("partner country")
    of_partner = methodologies.Search(partner=code)
    entities = third_party_entities.Search(partner=code)
    return page(
        "partners/show.html",
        partner=partner,
        name=partner.name_ja if words.language() == "ja" else partner.name_en,
        note=partner.note_ja if words.language() == "ja" else partner.note_en,
        rules=rules.of_partner(session, code),
        methodologies=methodologies.find(session, of_partner, size=_ROWS_MAX),
        entities=third_party_entities.find(session, entities, size=_ROWS_MAX),
        decisions=issuances.decided(session, partner=code, size=_ROWS_MAX),
        rows_max=_ROWS_MAX,
        scopes=scoped(kept(methodologies.scopes)),
        stages=[
            (stage.value, words.text(name), getattr(partner, stage.value))
            for stage, name in STAGE_NAMES.items()
        ],
        standings={standing: words.text(name) for standing, name in STANDING_NAMES.items()},
    )
