"""The verb that removes what is no longer kept: old logs, sessions, throttles, forgotten drafts.

Everything else stays for ever. The database itself refuses to remove an entry of the logs that is
younger than three years, so a mistake here removes too little and never too much.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Delete, delete, or_
from sqlalchemy.orm import Session

from app.registry import applications, logs
from app.store.tables import AccessEntry, LogEntry, SignedIn, Throttle

#: How long sessions that ended are kept, so that people see where they were signed in.
SESSIONS: Final = timedelta(days=90)
#: Failures are counted for half a day at most.
THROTTLES: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows of each kind were removed."""

    operations: int
    accesses: int
    sessions: int
    throttles: int
    drafts: int = 0


def prune(session: Session, *, log_years: int, now: datetime) -> Pruned:
    """Remove what is older than it is kept, and say how much that was."""
    oldest = now - log_years * _YEAR
    ended = now - SESSIONS
    pruned = Pruned(
        _removed(session, delete(LogEntry).where(LogEntry.at < oldest)),
        _removed(session, delete(AccessEntry).where(AccessEntry.at < oldest)),
        _removed(
            session,
            delete(SignedIn).where(or_(SignedIn.ended_at < ended, SignedIn.expires_at < ended)),
        ),
        _removed(
            session,
            delete(Throttle).where(
                Throttle.since < now - THROTTLES,
                or_(Throttle.until.is_(None), Throttle.until < now),
            ),
        ),
        applications.discard_untouched(session, now=now),
    )
    logs.done(
        session,
        "prune",
        "",
        actor=None,
        now=now,
        operations=str(pruned.operations),
        accesses=str(pruned.accesses),
        sessions=str(pruned.sessions),
        throttles=str(pruned.throttles),
        drafts=str(pruned.drafts),
    )
    return pruned


def _removed(session: Session, statement: Delete) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
