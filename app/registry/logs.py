"""Verbs that write the logs: what was done, what was refused, who signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.errors import Refusal
from app.domain.people import LOGIN_ID_MAX
from app.store.statements import Statement
from app.store.tables import AccessEntry, LogEntry

_ENTRY: Final = Statement(
    insert(LogEntry), "at", "user_id", "operation", "subject", "refusal", "facts"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: the address, and the device in words."""

    address: str | None = None
    device: str = ""


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


def movement(
    connection: Connection,
    operation: str,
    subject: str,
    facts: dict[str, str],
    *,
    refusal: str | None,
    actor: int | None,
    now: datetime,
) -> None:
    """Log a step of a movement of credits, on the path where every statement counts."""
    entry = {
        "at": now,
        "user_id": actor,
        "operation": operation,
        "subject": subject,
        "refusal": refusal,
        "facts": facts,
    }
    _ENTRY.run(connection, [entry])


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
    outcome: Outcome,
    *,
    user_id: int | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Log what happened at the door; the login ID as typed, cut to 200 characters."""
    session.add(
        AccessEntry(
            at=now,
            user_id=user_id,
            login_id=login_id[:LOGIN_ID_MAX],
            address=origin.address,
            device=origin.device,
            outcome=outcome.value,
        )
    )
    session.flush()
