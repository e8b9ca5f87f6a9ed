"""Questions about partner countries: all of them, with their projects and credits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.domain.text import Text
from app.store import acquired
from app.store.tables import Issuance, PartnerCountry, Project, Total

_NAMES = select(PartnerCountry.alpha2, PartnerCountry.name_en, PartnerCountry.name_ja).order_by(
    PartnerCountry.bilateral_document_on, PartnerCountry.alpha2
)
_projects = (
    select(Project.partner, func.count().label("projects")).group_by(Project.partner).subquery()
)
_tonnes = (
    select(Total.partner, func.sum(Total.quantity).label("tonnes"))
    .group_by(Total.partner)
    .subquery()
)
_acquired = acquired.by(Issuance.partner)
_EVERYONE = (
    select(
        PartnerCountry.__table__,
        func.coalesce(_projects.c.projects, 0).label("projects"),
        (func.coalesce(_tonnes.c.tonnes, 0) - func.coalesce(_acquired.c.acquired, 0)).label(
            "tonnes"
        ),
    )
    .outerjoin(_projects, _projects.c.partner == PartnerCountry.alpha2)
    .outerjoin(_tonnes, _tonnes.c.partner == PartnerCountry.alpha2)
    .outerjoin(_acquired, _acquired.c.key == PartnerCountry.alpha2)
    .order_by(PartnerCountry.bilateral_document_on, PartnerCountry.alpha2)
)
_VINTAGES = select(Total.vintage).where(Total.quantity > 0).distinct().order_by(Total.vintage)


def names(session: Session) -> dict[str, Text]:
    """Return the partner countries' names by code, in the order in which they joined."""
    found = session.connection().execute(_NAMES)
    return {alpha2: Text(name_en, name_ja) for alpha2, name_en, name_ja in found}


def everyone(session: Session) -> Sequence[Row[Any]]:
    """Return each partner country with how many projects and how many tonnes are its."""
    return session.connection().execute(_EVERYONE).all()


def vintages(session: Session) -> list[int]:
    """Return the vintages of which there are credits, ascending."""
    return list(session.connection().execute(_VINTAGES).scalars())


def parties(session: Session) -> dict[str, str]:
    """Return the codes of three letters of the partner countries by those of two."""
    query = select(PartnerCountry.alpha2, PartnerCountry.alpha3)
    return {row.alpha2: row.alpha3 for row in session.connection().execute(query)}
