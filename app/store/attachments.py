"""Questions about attachments: one, those of a request for documents, and what an applicant has."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.orm import Session

from app.domain.applications import ENDED
from app.store.tables import Application, Attachment, User

#: What the column holds at most; an address may say more.
_ID_MAX: Final = 2**63 - 1


def by_id(session: Session, attachment_id: int) -> Attachment | None:
    """Return a file, removed or not, without its content."""
    if attachment_id > _ID_MAX:
        return None
    return session.get(Attachment, attachment_id)


def content(session: Session, attachment_id: int) -> bytes | None:
    """Return what is in a file; nothing once it was wiped."""
    query = select(Attachment.content).where(Attachment.id == attachment_id)
    return session.scalars(query).one()


def of_application(session: Session, application_id: int) -> Sequence[Attachment]:
    """Return the files of an application that nobody asked for apart, in the order they came."""
    query = select(Attachment).where(
        Attachment.application_id == application_id,
        Attachment.document_request_id.is_(None),
        Attachment.removed_at.is_(None),
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def of_request(session: Session, document_request_id: int) -> Sequence[Attachment]:
    """Return the files for a request for documents that were not removed, as they came."""
    query = select(Attachment).where(
        Attachment.document_request_id == document_request_id, Attachment.removed_at.is_(None)
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def bytes_of_applicant(session: Session, application: Application) -> int:
    """Return how much is kept of an applicant: in all applications of a person that have not ended.

    A visitor has one application, and one that came on paper stands for an applicant of its own.
    """
    query = _kept().join(Application, Application.id == Attachment.application_id)
    if application.started_by is None or application.is_paper:
        query = query.where(Application.id == application.id)
    else:
        query = query.where(
            Application.started_by == application.started_by,
            Application.is_paper.is_(False),
            Application.status.not_in(ENDED),
        )
    return session.execute(query).scalar_one()


def bytes_of_request(session: Session, document_request_id: int) -> int:
    """Return how much is kept for a request for documents."""
    query = _kept().where(Attachment.document_request_id == document_request_id)
    return session.execute(query).scalar_one()


def lock_applicant(session: Session, user_id: int) -> None:
    """Let files be added to the applications of a person by one at a time."""
    query = select(User.id).where(User.id == user_id)
    session.execute(query.with_for_update(key_share=True)).one()


def _kept() -> Select[int]:
    """Add up what takes up room, which a file does that was only struck out."""
    size = func.coalesce(func.sum(Attachment.size), 0)
    return select(size.cast(BigInteger)).where(Attachment.content.is_not(None))
