"""Verbs on the documents of authorizations: add one while it waits for approval, read one."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.domain.article6_errors import TooManyFilesHere
from app.domain.roles import Duty
from app.registry import authorization_decisions as decisions
from app.registry import logs, people
from app.registry.attachments import Received
from app.store import authorizations as questions
from app.store.tables import AuthorizationDocument

FILES_MAX: Final = 10


class Added(NamedTuple):
    """A document that is kept, and whether it had been there already."""

    id: int
    was_there: bool


def add(
    session: Session,
    version_id: int,
    file: Received,
    *,
    actor: int,
    now: datetime,
    at: str = "",
) -> Added:
    """Keep a document with a version that waits: whoever approves it sees all there is.

    The same content is kept once.

    Raises:
        NotEntitled, NotFound, VersionDecided
        TooManyFilesHere: at the field `at`.
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    found = decisions.waiting(session, version_id)
    there = questions.documents(session, [version_id])
    for one in there:
        if one.digest == file.sha256:
            return Added(one.id, was_there=True)
    if len(there) >= FILES_MAX:
        raise TooManyFilesHere(FILES_MAX, field=at)
    made = AuthorizationDocument(
        version_id=found.id,
        name=file.name,
        media_type=file.media_type,
        content=file.content,
        digest=file.sha256,
        added_by=actor,
        added_at=now,
    )
    session.add(made)
    session.flush()
    _log(session, "add authorization document", made, found.authorization.identifier, actor, now)
    return Added(made.id, was_there=False)


def read(session: Session, document_id: int, *, actor: int, now: datetime) -> None:
    """Note that somebody took a document away."""
    found = questions.document(session, document_id)
    assert found is not None, "it was found before"
    version = questions.version(session, found.version_id)
    assert version is not None, "documents belong to a version"
    subject = version.authorization.identifier
    _log(session, "read authorization document", found, subject, actor, now)


def _log(
    session: Session,
    operation: str,
    found: AuthorizationDocument,
    subject: str,
    actor: int,
    now: datetime,
) -> None:
    facts = {"name": found.name, "sha256": found.digest.hex()}
    logs.done(session, operation, subject, actor=actor, now=now, **facts)
