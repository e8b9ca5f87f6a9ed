"""Questions about requests for documents: one, its files, lists of them, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.applications import OPENING, WAITING
from app.store import turning
from app.store.databases import AnyRow
from app.store.tables import Account, Application, Attachment, DocumentRequest, User

_Answerer = aliased(User, name="answerer")

#: It is asked for still: neither handed in nor ended, nor has the application ended that it is for.
_OPEN: ColumnElement[bool] = and_(
    DocumentRequest.answered_at.is_(None),
    DocumentRequest.ended_at.is_(None),
    or_(DocumentRequest.application_id.is_(None), Application.status.in_(WAITING)),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of requests for documents is about; what is not given does not matter.

    Args:
        concerning: only those for one of `accounts`, or for this person's own applications.
        is_open: whether the documents are still asked for.
    """

    concerning: int | None = None
    accounts: Sequence[int] = ()
    is_open: bool | None = None
    application_id: int | None = None
    account_id: int | None = None


_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        DocumentRequest.id,
        DocumentRequest.documents,
        DocumentRequest.comment,
        DocumentRequest.application_id,
        DocumentRequest.asked_by,
        DocumentRequest.asked_at,
        DocumentRequest.due_at,
        DocumentRequest.reminded_at,
        DocumentRequest.answered_at,
        DocumentRequest.ended_at,
        _OPEN.label("is_open"),
        Account.number.label("account"),
        Application.form,
        Application.version,
        User.name_en,
        User.name_ja,
        _Answerer.name_en.label("answerer_en"),
        _Answerer.name_ja.label("answerer_ja"),
    )
    .outerjoin(Application, Application.id == DocumentRequest.application_id)
    .outerjoin(
        Account,
        Account.id == func.coalesce(DocumentRequest.account_id, Application.account_id),
    )
    .join(User, User.id == DocumentRequest.asked_by)
    .outerjoin(_Answerer, _Answerer.id == DocumentRequest.answered_by)
)


def find(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return requests newest first with names: below `before`, or the last above `after`."""
    query = _SHOWN.where(*_conditions(wanted))
    return turning.newest_first(
        session, query, DocumentRequest.id, before=before, after=after, size=size
    )


def one(session: Session, request_id: int) -> AnyRow | None:
    """Return one request as a list shows it."""
    return session.execute(_SHOWN.where(DocumentRequest.id == request_id)).one_or_none()


def count(session: Session, wanted: Filter, *, cap: int = 1_000) -> int:
    """Return how many there are, at most `cap` + 1."""
    capped = (
        select(DocumentRequest.id)
        .outerjoin(Application, Application.id == DocumentRequest.application_id)
        .where(*_conditions(wanted))
        .limit(cap + 1)
        .subquery()
    )
    return session.execute(select(func.count()).select_from(capped)).scalar_one()


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.is_open is not None:
        found.append(_OPEN if wanted.is_open else ~_OPEN)
    if wanted.application_id is not None:
        found.append(DocumentRequest.application_id == wanted.application_id)
    if wanted.account_id is not None:
        found.append(DocumentRequest.account_id == wanted.account_id)
    if wanted.concerning is not None:
        own = and_(
            Application.started_by == wanted.concerning,
            Application.is_paper.is_(False),
            or_(Application.account_id.is_(None), Application.form == OPENING),
        )
        about = func.coalesce(DocumentRequest.account_id, Application.account_id)
        found.append(or_(own, about.in_(wanted.accounts)))
    return found


def by_id(session: Session, request_id: int) -> DocumentRequest | None:
    """Return a request as it stands."""
    return session.get(DocumentRequest, request_id)


def by_key(session: Session, asked_by: int, key: str) -> DocumentRequest | None:
    """Return the request that an administrator made with a key."""
    query = select(DocumentRequest).where(
        DocumentRequest.asked_by == asked_by, DocumentRequest.key == key
    )
    return session.scalars(query).one_or_none()


def locked(session: Session, request_id: int) -> DocumentRequest | None:
    """Return a request as it stands, for the one who is about to change it."""
    query = select(DocumentRequest).where(DocumentRequest.id == request_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def is_open(session: Session, request_id: int) -> bool:
    """Tell whether the documents are still asked for."""
    query = (
        select(DocumentRequest.id)
        .outerjoin(Application, Application.id == DocumentRequest.application_id)
        .where(DocumentRequest.id == request_id, _OPEN)
    )
    return session.execute(query).first() is not None


def due(session: Session, *, now: datetime, until: datetime) -> Sequence[int]:
    """Return the requests whose day comes before `until` and that nobody was reminded of."""
    query = (
        select(DocumentRequest.id)
        .outerjoin(Application, Application.id == DocumentRequest.application_id)
        .where(
            _OPEN,
            DocumentRequest.reminded_at.is_(None),
            DocumentRequest.due_at > now,
            DocumentRequest.due_at <= until,
        )
        .order_by(DocumentRequest.id)
    )
    return session.scalars(query).all()


def attachments(session: Session, request_id: int) -> Sequence[Attachment]:
    """Return the files handed in for a request that were not removed, in the order they came."""
    query = select(Attachment).where(
        Attachment.document_request_id == request_id, Attachment.removed_at.is_(None)
    )
    return session.scalars(query.order_by(Attachment.id)).all()
