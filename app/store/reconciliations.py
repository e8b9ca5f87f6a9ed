"""Questions about reconciliations: what either of two registries holds of the other, and runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, String, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.exchange import Message, Side
from app.domain.reconciliation import UNRESOLVED, Books, Key, Part, Ranges, Stage
from app.domain.serials import Range
from app.store import turning
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Bar,
    Block,
    Crossing,
    Difference,
    ExchangeMessage,
    Issuance,
    Peer,
    Project,
    Provenance,
    Reconciliation,
    Transaction,
    User,
)

_LIVE = (
    select(
        Block.first,
        Block.last,
        Block.opened_by,
        Block.account_id,
        Issuance.vintage,
        # As it is in the table: what was altered may be no class at all.
        type_coerce(Issuance.unit_class, String).label("unit_class"),
        Project.reference.label("project"),
    )
    .join(Issuance, Issuance.id == Block.issuance_id)
    .join(Project, Project.id == Issuance.project_id)
    .outerjoin(Provenance, Provenance.issuance_id == Issuance.id)
    .where(Block.closed_by.is_(None))
    .order_by(Block.first)
)


def books(connection: Connection, peer: AnyRow, own: str, *, heard: int | None = None) -> Books:
    """Return what this registry holds of another one, and has in it, by its own books.

    The account of the other registry is locked, so nothing crosses meanwhile.

    Args:
        own: the code of this registry.
        heard: the last message that the other registry had heard; what left here after that it
            cannot know of, and counts as still here.
    """
    unheard = _unheard(connection, peer.id, heard)
    sent: Ranges = {}
    received: Ranges = {}
    there = _LIVE.where(
        Block.account_id == peer.account_id,
        or_(Provenance.peer_id.is_(None), Provenance.peer_id != peer.id),
    )
    for row in connection.execute(there):
        if row.opened_by not in unheard:
            _add(sent, row, own)
    # What others issued stands above all that this registry can issue.
    here = _LIVE.where(Block.first > bands.OWN_MAX, Provenance.peer_id == peer.id)
    for row in connection.execute(here):
        if row.account_id != peer.account_id or row.opened_by in unheard:
            _add(received, row, own)
    return {Part.SENT: sent, Part.RECEIVED: received}


def _unheard(connection: Connection, peer_id: int, heard: int | None) -> set[int]:
    """Return the transactions by which credits left, told after the last message heard."""
    if heard is None:
        return set()
    query = (
        select(Crossing.transaction_id)
        .join(ExchangeMessage, ExchangeMessage.crossing_id == Crossing.id)
        .where(
            ExchangeMessage.peer_id == peer_id,
            ExchangeMessage.side == Side.OUT,
            ExchangeMessage.kind == Message.COMPLETION,
            ExchangeMessage.number > heard,
        )
    )
    return {one for one in connection.execute(query).scalars() if one is not None}


def _add(kinds: Ranges, row: AnyRow, own: str) -> None:
    origin, numbers = bands.printed(Range(row.first, row.last), own=own)
    ranges = kinds.setdefault(Key(origin, row.project, row.vintage, row.unit_class), [])
    if ranges and ranges[-1].last + 1 == numbers.first:
        numbers = Range(ranges.pop().first, numbers.last)
    ranges.append(numbers)


# Runs


def under_way(connection: Connection, peer_id: int | None) -> str | None:
    """Return the number of a run begun here with a registry, or of the own books, and not over."""
    waits = or_(
        Reconciliation.stage == Stage.INITIATED,
        (Reconciliation.stage == Stage.TOTALS_INCONSISTENT) & Reconciliation.code.is_(None),
    )
    query = select(Reconciliation.number).where(
        _of_peer(peer_id), Reconciliation.is_ours, Reconciliation.ended_at.is_(None), waits
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()


def _of_peer(peer_id: int | None) -> Any:
    if peer_id is None:
        return Reconciliation.peer_id.is_(None)
    return Reconciliation.peer_id == peer_id


def count_since(connection: Connection, prefix: str) -> int:
    """Return how many runs have a number that begins so."""
    query = select(func.count()).where(Reconciliation.number.startswith(prefix, autoescape=True))
    return int(connection.execute(query).scalar_one())


def begun(connection: Connection, peer: AnyRow) -> datetime:
    """Return since when this registry has been there: its first transaction, or its first peer."""
    query = select(Transaction.proposed_at).order_by(Transaction.id).limit(1)
    first = connection.execute(query).scalar_one_or_none()
    created: datetime = peer.created_at
    return created if first is None else min(first, created)


def by_number(session: Session, number: str) -> Reconciliation | None:
    """Return a run as it is now."""
    query = select(Reconciliation).where(Reconciliation.number == number)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def locked(session: Session, number: str) -> Reconciliation:
    """Lock a run and return it as it is now."""
    query = select(Reconciliation).where(Reconciliation.number == number).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


_ROW: Final = (
    Reconciliation.id,
    Reconciliation.number,
    Reconciliation.stage,
    Reconciliation.is_ours,
    Reconciliation.snapshot_at,
    Reconciliation.ended_at,
    Reconciliation.proposed_at,
    Peer.code.label("peer"),
    Peer.name_en,
    Peer.name_ja,
)


_RUNS: Final[Select[*tuple[Any, ...]]] = select(*_ROW).outerjoin(
    Peer, Peer.id == Reconciliation.peer_id
)


def everyone(
    session: Session, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Sequence[AnyRow]:
    """Return runs newest first, between two ids."""
    return turning.newest_first(
        session, _RUNS, Reconciliation.id, before=before, after=after, size=size
    )


def clean_since(session: Session, run: Reconciliation) -> str | None:
    """Return the number of the latest later run of the same books that found no difference."""
    query = select(Reconciliation.number).where(
        _of_peer(run.peer_id),
        Reconciliation.id > run.id,
        Reconciliation.stage == Stage.CONFIRMED,
    )
    return session.scalars(query.order_by(Reconciliation.id.desc()).limit(1)).first()


# Differences, and what they bar


def differences(session: Session, run_id: int, *, size: int | None = None) -> Sequence[AnyRow]:
    """Return what a run found, each with the account it lies in and whether it is barred."""
    query = (
        select(
            *Difference.__table__.columns,
            Account.number.label("account"),
            Account.state.label("account_state"),
            Bar.lifted_at,
            User.name_en.label("lifted_by_en"),
            User.name_ja.label("lifted_by_ja"),
        )
        .outerjoin(Account, Account.id == Difference.account_id)
        .outerjoin(Bar, Bar.id == Difference.bar_id)
        .outerjoin(User, User.id == Bar.lifted_by)
        .where(Difference.reconciliation_id == run_id)
        .order_by(Difference.id)
    )
    return session.connection().execute(query.limit(size)).all()


def has_found(connection: Connection, run_id: int) -> bool:
    """Tell whether a run found anything."""
    query = select(Difference.id).where(Difference.reconciliation_id == run_id)
    return connection.execute(query.limit(1)).first() is not None


_UNRESOLVED = (
    select(Reconciliation.number)
    .join(Difference, Difference.reconciliation_id == Reconciliation.id)
    .where(Reconciliation.ended_at.is_(None), Reconciliation.stage.in_(UNRESOLVED))
    .order_by(Reconciliation.id)
    .limit(1)
)


def holding_bar(connection: Connection, bar_id: int, *, but: int = 0) -> str | None:
    """Return the run that is not resolved and that a bar belongs to; `but` is another's id."""
    query = _UNRESOLVED.where(Difference.bar_id == bar_id, Reconciliation.id != but)
    return connection.execute(query).scalar_one_or_none()


def holding_account(connection: Connection, account_id: int, *, but: int = 0) -> str | None:
    """Return the run that is not resolved and for which an account was barred."""
    query = _UNRESOLVED.where(
        Difference.account_id == account_id,
        Difference.barred_from.is_not(None),
        Reconciliation.id != but,
    )
    return connection.execute(query).scalar_one_or_none()


def barred_from(connection: Connection, account_id: int) -> Any:
    """Return the state from which a run that is not resolved barred an account, if one did."""
    query = (
        select(Difference.barred_from)
        .join(Reconciliation, Reconciliation.id == Difference.reconciliation_id)
        .where(
            Difference.account_id == account_id,
            Difference.barred_from.is_not(None),
            Reconciliation.ended_at.is_(None),
        )
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()


def standing_bar(connection: Connection, wanted: Range) -> int | None:
    """Return a bar on exactly these numbers that belongs to a run that is not resolved."""
    query = (
        select(Bar.id)
        .join(Difference, Difference.bar_id == Bar.id)
        .join(Reconciliation, Reconciliation.id == Difference.reconciliation_id)
        .where(
            Bar.first == wanted.first,
            Bar.last == wanted.last,
            Bar.lifted_at.is_(None),
            Reconciliation.ended_at.is_(None),
        )
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()
