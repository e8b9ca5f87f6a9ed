"""Verbs that write the logs: what was done, what was refused, who signed in."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store.tables import AccessEntry, LogEntry


def done(
    session: Session,
    operation: str,
    subject: str,
    *,
    actor: int | None,
    now: datetime,
    **facts: str,
) -> None:
    """Log an operation in the transaction that carries it out."""
    session.add(
        LogEntry(
            at=now, user_id=actor, operation=operation, subject=subject, refusal=None, facts=facts
        )
    )
    session.flush()


def refused(
    session: Session,
    operation: str,
    subject: str,
    refusal: Refusal,
    *,
    actor: int | None,
    now: datetime,
) -> None:
    """Log an attempt that the rules refused, in a transaction of its own: the first is undone."""
    session.add(
        LogEntry(
            at=now,
            user_id=actor,
            operation=operation,
            subject=subject,
            refusal=refusal.code,
            facts=refusal.facts(),
        )
    )
    session.flush()


def access(
    session: Session,
    login_id: str,
    outcome: str,
    *,
    user_id: int | None,
    address: str | None,
    now: datetime,
) -> None:
    """Log a sign-in, a sign-out or an attempt; the login ID as typed, cut to 200 characters."""
    session.add(
        AccessEntry(
            at=now, user_id=user_id, login_id=login_id[:200], address=address, outcome=outcome
        )
    )
    session.flush()
