"""What the ledger says for corresponding adjustments, from maintained sums and never by a scan."""

from typing import Final

from sqlalchemy import Connection, exists, func, select

from app.domain.adjustment_figures import Flow
from app.domain.authorizations import Standing
from app.domain.nomenclature import ActionType, Subtype
from app.store.databases import AnyRow
from app.store.tables import (
    Action,
    ActionSum,
    Approach,
    AuthorizationVersion,
    Methodology,
    PartnerCountry,
    project_methodologies,
)

#: What enters a balance, and what is acquired, so that it can be seen what is left of it.
_COUNTED: Final = (ActionType.FIRST_TRANSFER, ActionType.USE, ActionType.ACQUISITION)
#: A project with methodologies of several scopes goes by the first.
_SCOPES: Final = (
    select(
        project_methodologies.c.project_id,
        func.min(Methodology.sectoral_scope).label("sector"),
    )
    .join(Methodology, Methodology.id == project_methodologies.c.methodology_id)
    .group_by(project_methodologies.c.project_id)
    .subquery()
)
_TOLD: Final = (
    Approach.code,
    Approach.definition,
    _SCOPES.c.sector,
    PartnerCountry.alpha3,
    ActionSum.type,
    ActionSum.subtype,
    ActionSum.purpose,
    ActionSum.vintage,
    ActionSum.calendar_year,
    ActionSum.year,
)
_FLOWS: Final = (
    select(*_TOLD, func.sum(ActionSum.quantity).label("tonnes"))
    .join(Approach, Approach.id == ActionSum.approach_id)
    .join(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
    .outerjoin(_SCOPES, _SCOPES.c.project_id == ActionSum.project_id)
    .where(ActionSum.type.in_(_COUNTED))
    .group_by(*_TOLD)
    .order_by(*_TOLD)
)
_CONFIDENTIAL: Final = select(
    exists().where(
        AuthorizationVersion.is_confidential,
        AuthorizationVersion.standing == Standing.APPROVED,
        exists().where(Action.version_id == AuthorizationVersion.id),
    )
)


def flows(connection: Connection, party: str) -> list[Flow]:
    """Return all first transfers, uses and acquisitions in the registry of a Party, summed up.

    The host of an approach is the Party that first transfers; every use here is the Party's own.
    """
    return [_flow(row, party) for row in connection.execute(_FLOWS)]


def is_withheld(connection: Connection) -> bool:
    """Tell whether the sums hold a confidential authorization, so that they are not public."""
    return bool(connection.execute(_CONFIDENTIAL).scalar_one())


def _flow(row: AnyRow, party: str) -> Flow:
    return Flow(
        approach=row.code,
        definition=row.definition,
        sector=row.sector or 0,
        first_transferring=row.alpha3,
        using=party if row.type is ActionType.USE else "",
        type=row.type,
        subtype=Subtype(row.subtype) if row.subtype else None,
        purpose=row.purpose,
        vintage=row.vintage,
        calendar_year=row.calendar_year,
        year=row.year,
        # PostgreSQL sums up to a decimal.
        quantity=int(row.tonnes),
    )
