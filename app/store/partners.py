"""Questions about one partner country after the other: what there is of each, and how much."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING_KINDS, Holding
from app.domain.projects import Stage
from app.domain.text import searchable
from app.store import acquired
from app.store.databases import AnyRow
from app.store.tables import (
    Issuance,
    Methodology,
    PartnerCountry,
    Project,
    Rule,
    ThirdPartyEntity,
    Total,
)

_stages = (
    select(
        Project.partner,
        func.count().label("projects"),
        *(
            func.sum(case((Project.stage == stage, 1), else_=0)).label(stage.value)
            for stage in Stage
        ),
    )
    .group_by(Project.partner)
    .subquery()
)
_tonnes = (
    select(
        Total.partner,
        func.sum(Total.quantity).label("tonnes"),
        func.count(Total.project_id.distinct()).label("projects_with_credits"),
        *(
            func.sum(
                case((Total.kind.in_(sorted(HOLDING_KINDS[state])), Total.quantity), else_=0)
            ).label(state.value)
            for state in Holding
        ),
    )
    .group_by(Total.partner)
    .subquery()
)


def _counted(label: str, column: Any, partner: Any) -> Any:
    query = select(partner.label("partner"), func.count(column.distinct()).label(label))
    return query.group_by(partner).subquery()


_acquired = acquired.by(Issuance.partner)
_from_elsewhere = func.coalesce(_acquired.c.acquired, 0)


_methodologies = _counted("methodologies", Methodology.reference, Methodology.partner)
_entities = _counted("entities", ThirdPartyEntity.reference, ThirdPartyEntity.partner)
_rules = _counted("rules", Rule.id, Rule.partner)


def _summed(table: Any, *names: str) -> list[Any]:
    return [func.coalesce(table.c[name], 0).label(name) for name in names]


def _everything() -> Select[Any]:
    query = select(
        PartnerCountry.__table__,
        *_summed(_stages, "projects", *(stage.value for stage in Stage)),
        (func.coalesce(_tonnes.c.tonnes, 0) - _from_elsewhere).label("tonnes"),
        _from_elsewhere.label("acquired"),
        *_summed(_tonnes, "projects_with_credits", *(state.value for state in Holding)),
        *_summed(_methodologies, "methodologies"),
        *_summed(_entities, "entities"),
        *_summed(_rules, "rules"),
    )
    for table in (_stages, _tonnes, _methodologies, _entities, _rules):
        query = query.outerjoin(table, table.c.partner == PartnerCountry.alpha2)
    query = query.outerjoin(_acquired, _acquired.c.key == PartnerCountry.alpha2)
    return query.order_by(PartnerCountry.bilateral_document_on, PartnerCountry.alpha2)


_EVERYTHING = _everything()


def find(session: Session, words: str = "") -> Sequence[AnyRow]:
    """Return the partner countries in the order in which they joined.

    There are as many as there are countries, so every word is looked for in all of them here.
    """
    found = session.connection().execute(_EVERYTHING).all()
    wanted = searchable(words).split()
    return [row for row in found if all(word in _names(row) for word in wanted)]


def by_code(session: Session, code: str) -> AnyRow | None:
    """Return one partner country by its code of two letters."""
    query = _EVERYTHING.where(PartnerCountry.alpha2 == code)
    return session.connection().execute(query).one_or_none()


def _names(row: AnyRow) -> str:
    return searchable(row.alpha2, row.alpha3, row.name_en, row.name_ja)
