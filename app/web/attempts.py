"""What a person tried in vain: logged in a transaction of its own, as the first is undone."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.registry import logs
from app.web.readers import reader
from app.web.sessions import database, now, renew


def log(operation: str, subject: str, refusals: Iterable[Refusal]) -> None:
    """Log refusals of one attempt; what is read afterwards is what is now."""
    actor, at, several = reader().id, now(), list(refusals)

    def write(session: Session) -> None:
        for refusal in several:
            logs.refused(session, operation, subject, refusal, actor=actor, now=at)

    database().write(write)
    renew()
