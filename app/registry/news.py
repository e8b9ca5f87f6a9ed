"""Verbs on news: publish or schedule, change, withdraw."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain import news as rules
from app.domain.errors import (
    AlreadyDone,
    KeyUsedOtherwise,
    NewsPublished,
    NewsWithdrawn,
    NotFound,
)
from app.domain.form_errors import ChangedMeanwhile
from app.domain.news import TEXTS, Standing
from app.domain.people_errors import AlreadyBegun
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import news as questions
from app.store.tables import News


class Written(NamedTuple):
    """A piece of news, and whether this very act wrote anything of it."""

    id: int
    is_new: bool


def write(
    session: Session,
    texts: Mapping[str, str],
    *,
    at: datetime | None,
    key: str,
    actor: int,
    now: datetime,
) -> Written:
    """Write a piece of news in both languages; the same form sent twice writes one.

    Args:
        texts: what it says, by the names in `TEXTS`.
        at: when it is published; None for now.

    Raises:
        NotEntitled: the actor's role does not carry it.
        Required, TooLong: at their fields.
        AlreadyBegun: it would be published in the past, at the field "at".
        KeyUsedOtherwise: the key was used for other news.
    """
    people.require(session, actor, Duty.WRITE_NEWS)
    said = _said(texts)
    known = questions.by_key(session, actor, key)
    if known is not None:
        is_same = all(getattr(known, name) == said[name] for name in TEXTS)
        if not is_same or (at is not None and at != known.published_at):
            raise KeyUsedOtherwise
        return Written(known.id, is_new=False)
    check_time(at, now)
    made = News(published_at=at or now, key=key, made_by=actor, made_at=now, **said)
    session.add(made)
    session.flush()
    _log(session, "publish news", made, actor, now)
    return Written(made.id, is_new=True)


def change(
    session: Session,
    identifier: int,
    texts: Mapping[str, str],
    *,
    at: datetime | None,
    seen: str,
    actor: int,
    now: datetime,
) -> Written:
    """Change what a piece of news says and, while it is scheduled, when it is published.

    What stands there already, as when a form is sent twice, is not written again.

    Args:
        at: when it is published; None for now, or as it is if that was already.
        seen: the fingerprint of what was there when the change was begun.

    Raises:
        NotEntitled, NotFound
        NewsWithdrawn, NewsPublished
        ChangedMeanwhile: somebody else changed it.
        Required, TooLong, AlreadyBegun: at their fields, as in `write`.
    """
    people.require(session, actor, Duty.WRITE_NEWS)
    found = _locked(session, identifier)
    where = rules.standing(found.published_at, found.withdrawn_at, now)
    if where is Standing.WITHDRAWN:
        raise NewsWithdrawn
    said = _said(texts)
    if where is Standing.PUBLISHED:
        if at is not None and at != found.published_at:
            raise NewsPublished
        at = found.published_at
    is_same = at == found.published_at and all(getattr(found, one) == said[one] for one in TEXTS)
    if is_same:
        return Written(found.id, is_new=False)
    if seen != fingerprint(found):
        raise ChangedMeanwhile
    if at != found.published_at:
        check_time(at, now)
    for name in TEXTS:
        setattr(found, name, said[name])
    found.published_at = at or now
    found.changed_by, found.changed_at = actor, now
    session.flush()
    _log(session, "change news", found, actor, now)
    return Written(found.id, is_new=True)


def withdraw(session: Session, identifier: int, *, seen: str, actor: int, now: datetime) -> None:
    """Take a piece of news back for good; administrators still know of it.

    Raises:
        NotEntitled, NotFound
        AlreadyDone: it was withdrawn before.
        ChangedMeanwhile: somebody changed it since it was shown.
    """
    people.require(session, actor, Duty.WRITE_NEWS)
    found = _locked(session, identifier)
    if found.withdrawn_at is not None:
        raise AlreadyDone
    if seen != fingerprint(found):
        raise ChangedMeanwhile
    found.withdrawn_by, found.withdrawn_at = actor, now
    session.flush()
    _log(session, "withdraw news", found, actor, now)


def fingerprint(found: News) -> str:
    """Return what tells this state of a piece of news from another."""
    texts = {name: getattr(found, name) for name in TEXTS}
    return rules.fingerprint(texts, found.published_at)


def check_time(at: datetime | None, now: datetime) -> None:
    """Refuse a time that has passed; times are typed to the minute, and the present one counts.

    Raises:
        AlreadyBegun: at the field "at".
    """
    if at is not None and at < now.replace(second=0, microsecond=0):
        raise AlreadyBegun(field="at")


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: rules.text(texts[name], name) for name in TEXTS}


def _locked(session: Session, identifier: int) -> News:
    found = session.get(News, identifier, with_for_update=True)
    if found is None:
        raise NotFound("news")
    return found


def _log(session: Session, operation: str, found: News, actor: int, now: datetime) -> None:
    facts = {
        "title_en": found.title_en,
        "title_ja": found.title_ja,
        "published_at": found.published_at.isoformat(),
    }
    logs.done(session, operation, str(found.id), actor=actor, now=now, **facts)
