"""Verbs on sessions: begin, prolong, renew the token, end. The browser alone knows the token."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.access import HALFWAY, LONGEST, Outcome
from app.registry import logs, vaults
from app.registry.logs import Origin
from app.store import people
from app.store.tables import SignedIn
from app.store.tables.sessions import Stage


def begin(
    session: Session, user_id: int, stage: Stage, *, origin: Origin, now: datetime
) -> tuple[int, str]:
    """Open a session and return its id and its token."""
    token = vaults.token()
    life = LONGEST if stage is Stage.FULL else HALFWAY
    opened = SignedIn(
        token_hash=vaults.hashed(token),
        user_id=user_id,
        stage=stage,
        begun_at=now,
        seen_at=now,
        expires_at=now + life,
        address=origin.address,
        device=origin.device,
    )
    session.add(opened)
    session.flush()
    return opened.id, token


def seen(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that the person is there."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.ended_at.is_(None), SignedIn.seen_at < now)
        .values(seen_at=now)
    )


def renew(session: Session, session_id: int) -> str | None:
    """Give a session the other token that it needs since its person's powers changed.

    Returns the token, with which the former one is worth nothing any more; None when the session
    needs none, as another request of the same browser has got it by now.
    """
    token = vaults.token()
    renewed = session.execute(
        update(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.ended_at.is_(None), SignedIn.renew.is_(True))
        .values(token_hash=vaults.hashed(token), renew=False)
        .returning(SignedIn.id)
    )
    return token if renewed.first() else None


def end(session: Session, session_id: int, *, because: str, now: datetime) -> bool:
    """End a session; tell whether it was open."""
    ended = session.execute(
        update(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
        .returning(SignedIn.id)
    )
    return ended.first() is not None


def end_all(
    session: Session,
    user_id: int,
    *,
    because: str,
    now: datetime,
    besides: int | None = None,
    origin: Origin | None = None,
) -> int:
    """End every session of a person, or all but one; return how many those were."""
    user = people.by_id(session, user_id)
    assert user is not None, "a session has its person"
    ended = session.execute(
        update(SignedIn)
        .where(
            SignedIn.user_id == user_id,
            SignedIn.ended_at.is_(None),
            SignedIn.id != (besides or 0),
        )
        .values(ended_at=now, ended_because=because)
        .returning(SignedIn.address, SignedIn.device, SignedIn.expires_at)
    ).all()
    # Those that had run out by themselves are no news.
    alive = [one for one in ended if one.expires_at > now]
    for one in alive:
        logs.access(
            session,
            user.login_id,
            Outcome.SESSION_ENDED,
            user_id=user_id,
            origin=origin or Origin(one.address, one.device),
            now=now,
        )
    return len(alive)


def power_changed(session: Session, user_ids: Iterable[int]) -> None:
    """Let the sessions of people whose powers changed get new tokens with their next page."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.user_id.in_(list(user_ids)), SignedIn.ended_at.is_(None))
        .values(renew=True)
    )


def end_own(
    session: Session, user_id: int, session_id: int, *, origin: Origin, now: datetime
) -> bool:
    """End one session of a person's own; tell whether it is one."""
    opened = session.get(SignedIn, session_id)
    if opened is None or opened.user_id != user_id:
        return False
    if end(session, session_id, because="ended by its person", now=now):
        user = people.by_id(session, user_id)
        assert user is not None, "a session has its person"
        outcome = Outcome.SESSION_ENDED
        logs.access(session, user.login_id, outcome, user_id=user_id, origin=origin, now=now)
    return True
