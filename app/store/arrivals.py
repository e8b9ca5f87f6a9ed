"""Questions about what credits from elsewhere are said to be: decisions and approaches."""

from sqlalchemy import Connection, bindparam, select

from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Approach, Decision, Project

_DECISION = Statement(
    select(
        Decision.id.label("decision_id"),
        Decision.project_id,
        Decision.unit_class,
        Decision.monitoring_from,
        Decision.monitoring_to,
        Project.reference.label("project"),
        Project.partner,
    )
    .join(Project, Project.id == Decision.project_id)
    .where(Decision.reference == bindparam("reference"))
)
_APPROACH = Statement(select(Approach.id).where(Approach.code == bindparam("code")))


def decision(connection: Connection, reference: str) -> AnyRow | None:
    """Return a Joint Committee's decision with its project."""
    return _DECISION.row(connection, reference=reference)


def approach(connection: Connection, code: str) -> int | None:
    """Return the id of a cooperative approach."""
    found = _APPROACH.row(connection, code=code)
    return None if found is None else int(found.id)
