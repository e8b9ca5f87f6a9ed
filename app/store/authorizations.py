"""Questions about authorizations: what is in force, what covers units, and lists of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.authorizations import Standing, Terms, governing, latest
from app.domain.nomenclature import ActionType
from app.domain.serials import SERIAL_MAX
from app.store.databases import AnyRow
from app.store.tables import (
    Action,
    Approach,
    Authorization,
    AuthorizationDocument,
    AuthorizationVersion,
)

#: With these outcomes come under an authorization here: at home, and from another Party.
_TAKING = (ActionType.FIRST_TRANSFER, ActionType.ACQUISITION)


def in_force(
    connection: Connection, approach_id: int, on: date, *, known_at: datetime | None = None
) -> list[Terms]:
    """Return the versions that hold on a day for an approach, blanket ones after its own.

    Args:
        known_at: leave out what was approved later than this.
    """
    return latest(_approved(connection, approach_id, known_at), on)


def covering(
    connection: Connection,
    *,
    approach_id: int,
    vintage: int,
    project: str,
    on: date,
    known_at: datetime | None = None,
) -> Terms | None:
    """Return the version that covers units which were not first transferred yet.

    Quantities and last days are not looked at here: see `taken` and `Terms.permits`.
    """
    found = in_force(connection, approach_id, on, known_at=known_at)
    return next((terms for terms in found if terms.covers(vintage, project)), None)


def governs(
    connection: Connection,
    *,
    approach_id: int,
    first_version_id: int,
    on: date,
    known_at: datetime | None = None,
) -> Terms | None:
    """Return the version that governs units first transferred under `first_version_id`.

    Changes and revocations since do not reach them unless that version's terms say so.
    """
    versions = _approved(connection, approach_id, known_at)
    first = next(one for one in versions if one.version_id == first_version_id)
    return governing(first, versions, on)


def terms(connection: Connection, version_id: int, approach_id: int) -> Terms:
    """Return one version as it reads for an approach, which a blanket one does not name."""
    query = versions(approach_id).where(AuthorizationVersion.id == version_id)
    return read_terms(connection.execute(query).one())


def taken(connection: Connection, authorization_id: int) -> int:
    """Return how many tonnes came under an authorization so far, in all its versions."""
    tonnes = func.coalesce(func.sum(Action.last - Action.first + 1), 0)
    query = (
        select(tonnes)
        .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
        .where(AuthorizationVersion.authorization_id == authorization_id, Action.type.in_(_TAKING))
    )
    return int(connection.execute(query).scalar_one())


def _approved(
    connection: Connection, approach_id: int, known_at: datetime | None = None
) -> list[Terms]:
    """Return every approved version that an approach ever had, its own and blanket ones."""
    query = versions(approach_id).where(
        AuthorizationVersion.standing == Standing.APPROVED,
        or_(Authorization.approach_id == approach_id, Authorization.approach_id.is_(None)),
    )
    if known_at is not None:
        query = query.where(AuthorizationVersion.decided_at <= known_at)
    return [read_terms(row) for row in connection.execute(query)]


def versions(approach_id: int | None) -> Select[Any]:
    """Return the question for versions as they read for an approach, or for their own."""
    meant = Authorization.approach_id if approach_id is None else approach_id
    definition = select(Approach.definition).where(Approach.id == meant).scalar_subquery()
    said = [one for one in AuthorizationVersion.__table__.columns if one.name != "definition"]
    return select(
        *said, Authorization.identifier, Authorization.approach_id, definition.label("definition")
    ).join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)


def read_terms(row: Any) -> Terms:
    """Return what a row of `versions` says."""
    return Terms(
        version_id=row.id,
        authorization_id=row.authorization_id,
        identifier=row.identifier,
        number=row.number,
        change=row.change,
        is_blanket=row.approach_id is None,
        authorized_on=row.authorized_on,
        effective_on=row.effective_on,
        purpose=row.purpose,
        definition=row.definition,
        issuance_until=row.issuance_until,
        use_until=row.use_until,
        cancellation_until=row.cancellation_until,
        timeframe_first=row.timeframe_first,
        timeframe_last=row.timeframe_last,
        vintage_first=row.vintage_first,
        vintage_last=row.vintage_last,
        quantity=row.quantity,
        metric=row.metric,
        parties=frozenset(row.parties.split()),
        projects=frozenset(row.projects.split()),
        reaches_first_transferred=row.reaches_first_transferred,
    )


# One of them, for verbs and pages


def by_identifier(session: Session, identifier: str) -> Authorization | None:
    """Return an authorization, wherever its versions stand."""
    query = select(Authorization).where(Authorization.identifier == identifier)
    return session.scalars(query).one_or_none()


def version(session: Session, version_id: int) -> AuthorizationVersion | None:
    """Return a version, wherever it stands."""
    return session.get(AuthorizationVersion, version_id) if version_id <= SERIAL_MAX else None


def by_key(session: Session, entered_by: int, key: str) -> AuthorizationVersion | None:
    """Return the version that somebody entered with this key."""
    query = select(AuthorizationVersion).where(
        AuthorizationVersion.entered_by == entered_by, AuthorizationVersion.key == key
    )
    return session.scalars(query).one_or_none()


def newest(session: Session, authorization_id: int) -> AuthorizationVersion | None:
    """Return the approved version with the highest number."""
    query = select(AuthorizationVersion).where(
        AuthorizationVersion.authorization_id == authorization_id,
        AuthorizationVersion.standing == Standing.APPROVED,
    )
    return session.scalars(query.order_by(AuthorizationVersion.number.desc()).limit(1)).first()


def pending(session: Session, authorization_id: int) -> AuthorizationVersion | None:
    """Return the version that waits for approval; there is one at most."""
    query = select(AuthorizationVersion).where(
        AuthorizationVersion.authorization_id == authorization_id,
        AuthorizationVersion.standing == Standing.PROPOSED,
    )
    return session.scalars(query).one_or_none()


def documents(session: Session, version_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return the documents of versions without their content, as they came."""
    columns = [one for one in AuthorizationDocument.__table__.columns if one.name != "content"]
    query = select(*columns, func.length(AuthorizationDocument.content).label("size"))
    of_them = AuthorizationDocument.version_id.in_(version_ids)
    return session.execute(query.where(of_them).order_by(AuthorizationDocument.id)).all()


def document(session: Session, document_id: int) -> AuthorizationDocument | None:
    """Return a document with its content."""
    return session.get(AuthorizationDocument, document_id) if document_id <= SERIAL_MAX else None
