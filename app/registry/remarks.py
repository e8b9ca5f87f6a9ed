"""Verbs on remarks: what reviewers and administrators say of records of Article 6.2."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import remarks as rules
from app.domain.errors import KeyUsedOtherwise, NotFound
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import remarks as questions
from app.store.tables import Remark


def add(
    session: Session,
    subject: str,
    text: str,
    *,
    party: str,
    key: str,
    actor: int,
    now: datetime,
) -> int:
    """Record a remark, which is never changed; the same form sent twice makes one.

    Args:
        subject: what it is about, such as "aef:2025:1.0".
        party: whose registry this is.

    Raises:
        NotEntitled: the actor's role does not carry it.
        NotFound: there is no such record.
        Required, TooLong: at the field "text".
        KeyUsedOtherwise: the key was used for another remark.
    """
    people.require(session, actor, Duty.REMARK_ON_ARTICLE_6)
    about = rules.parse(subject)
    if not questions.is_there(session, about, party=party):
        raise NotFound("remarks")
    said = rules.kept(text)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if (known.subject, known.text) != (subject, said):
            raise KeyUsedOtherwise
        return known.id
    made = Remark(subject=subject, text=said, key=key, made_by=actor, made_at=now)
    session.add(made)
    session.flush()
    logs.done(session, "add remark", subject, actor=actor, now=now)
    return made.id
