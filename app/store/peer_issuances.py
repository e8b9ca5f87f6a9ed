"""Questions about issuances in two registries: what is to be announced, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.domain.bands import OWN_MAX
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Decision,
    ExchangeMessage,
    Issuance,
    Peer,
    PeerIssuance,
    Project,
    Transaction,
)

_UNTOLD = Statement(
    select(
        Issuance.first,
        Issuance.vintage,
        Issuance.transaction_id,
        Decision.reference.label("decision"),
        Decision.decided_on,
        Decision.date_is_public,
        Project.reference.label("project"),
        Transaction.quantity,
        Transaction.decided_at,
    )
    .join(Decision, Decision.id == Issuance.decision_id)
    .join(Project, Project.id == Issuance.project_id)
    .join(Transaction, Transaction.id == Issuance.transaction_id)
    # This registry's own only: it counts without gaps, and under a lock until it has committed, so
    # that nothing can appear below a number that was seen.
    .where(
        Issuance.first > bindparam("after"),
        Issuance.first <= OWN_MAX,
        Issuance.partner == bindparam("partner"),
    )
    .order_by(Issuance.first)
    .limit(bindparam("size"))
)
_OF_REFERENCE = Statement(
    select(PeerIssuance.__table__).where(
        PeerIssuance.peer_id == bindparam("peer"), PeerIssuance.reference == bindparam("reference")
    )
)
_DECISION = Statement(
    select(Project.reference.label("project"), Project.partner)
    .join(Decision, Decision.project_id == Project.id)
    .where(Decision.reference == bindparam("reference"))
)


def untold(connection: Connection, partner: str, after: int, size: int) -> Sequence[AnyRow]:
    """Return own issuances of a partner's decisions above a serial number, ascending."""
    return _UNTOLD.rows(connection, partner=partner, after=after, size=size)


def note_told(connection: Connection, peer_id: int, last: int) -> None:
    """Note up to which serial number issuances were announced to another registry."""
    connection.execute(update(Peer).where(Peer.id == peer_id).values(announced=last))


def by_reference(connection: Connection, peer_id: int, reference: str) -> AnyRow | None:
    """Return what another registry announced under a number."""
    return _OF_REFERENCE.row(connection, peer=peer_id, reference=reference)


def decision(connection: Connection, reference: str) -> AnyRow | None:
    """Return project and partner country of a decision, if it is recorded here."""
    return _DECISION.row(connection, reference=reference)


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Write what another registry announced."""
    connection.execute(insert(PeerIssuance).values(values))


# What the pages show

_HERE: Final = (
    select(
        Issuance.decision_id,
        func.sum(Issuance.last - Issuance.first + 1).label("issued"),
        func.min(Transaction.decided_at).label("issued_from"),
        func.max(Transaction.decided_at).label("issued_until"),
    )
    .join(Transaction, Transaction.id == Issuance.transaction_id)
    .where(Issuance.first <= OWN_MAX)
    .group_by(Issuance.decision_id)
    .subquery()
)
_THERE: Final = (
    select(
        PeerIssuance.decision,
        func.sum(PeerIssuance.quantity).label("announced"),
        func.min(PeerIssuance.decided_on).label("first_day"),
        func.max(PeerIssuance.decided_on).label("last_day"),
    )
    .group_by(PeerIssuance.decision)
    .subquery()
)
_ISSUED: Final = func.coalesce(_HERE.c.issued, 0)
_ANNOUNCED: Final = func.coalesce(_THERE.c.announced, 0)


@dataclass(frozen=True, slots=True)
class Search:
    """Which decisions are asked for."""

    #: Partner countries whose decisions are shared with a registry that is connected.
    partners: Sequence[str]
    is_wrong: bool = False
    is_missing: bool = False
    #: Begins the reference of a decision.
    words: str = field(default="")


def find(
    session: Session,
    asked: Search,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int,
) -> Sequence[AnyRow]:
    """Return decisions with what either side issued of them, by their reference, ascending."""
    query = _asked(
        select(
            Decision.__table__,
            Project.reference.label("project"),
            Project.partner,
            _ISSUED.label("issued"),
            _HERE.c.issued_from,
            _HERE.c.issued_until,
            _ANNOUNCED.label("announced"),
        ),
        asked,
    )
    if before is not None:
        back = query.where(Decision.reference < before).order_by(Decision.reference.desc())
        return session.connection().execute(back.limit(size)).all()[::-1]
    if after is not None:
        query = query.where(Decision.reference > after)
    return session.connection().execute(query.order_by(Decision.reference).limit(size)).all()


def count(session: Session, asked: Search) -> int:
    """Return how many decisions there are: some dozens for each partner country."""
    return int(session.execute(_asked(select(func.count()), asked)).scalar_one())


def announced(session: Session, decisions: Sequence[str]) -> Sequence[AnyRow]:
    """Return what was announced of some decisions, each with its message, in the order it came."""
    query = _TOLD.where(PeerIssuance.decision.in_(decisions)).order_by(PeerIssuance.id)
    return session.connection().execute(query).all()


def unrecorded(session: Session, size: int) -> Sequence[AnyRow]:
    """Return what was announced of decisions that are not recorded here, newest first."""
    unknown = ~select(Decision.id).where(Decision.reference == PeerIssuance.decision).exists()
    query = _TOLD.where(unknown).order_by(PeerIssuance.id.desc()).limit(size)
    return session.connection().execute(query).all()


_TOLD: Final = (
    select(
        *(column for column in PeerIssuance.__table__.columns if column.name != "message_id"),
        ExchangeMessage.number,
        ExchangeMessage.envelope,
        Peer.code,
    )
    .join(ExchangeMessage, ExchangeMessage.id == PeerIssuance.message_id)
    .join(Peer, Peer.id == PeerIssuance.peer_id)
)


def _asked(query: Select[Any], asked: Search) -> Select[Any]:
    query = (
        query.select_from(Decision)
        .join(Project, Project.id == Decision.project_id)
        .outerjoin(_HERE, _HERE.c.decision_id == Decision.id)
        .outerjoin(_THERE, _THERE.c.decision == Decision.reference)
        .where(Project.partner.in_(asked.partners))
    )
    if asked.words:
        query = query.where(Decision.reference.startswith(asked.words.upper(), autoescape=True))
    if asked.is_wrong:
        query = query.where(_wrong())
    if asked.is_missing:
        query = query.where(_missing())
    return query


def _wrong() -> ColumnElement[bool]:
    """Tell what somebody must look into, as `app.domain.peer_issuances.WRONG` says it."""
    other_day = or_(
        _THERE.c.first_day != Decision.decided_on, _THERE.c.last_day != Decision.decided_on
    )
    return or_(
        Decision.total < _ISSUED + _ANNOUNCED,
        and_(Decision.is_complete, Decision.total - Decision.quantity < _ANNOUNCED),
        and_(Decision.date_is_public, other_day),
    )


def _missing() -> ColumnElement[bool]:
    return or_(
        Decision.quantity > _ISSUED,
        and_(Decision.is_complete, Decision.total - Decision.quantity > _ANNOUNCED),
    )
