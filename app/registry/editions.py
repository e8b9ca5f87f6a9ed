"""Verbs on editions of the information disclosure: make one, scheduled or at once, and withdraw it.

An edition keeps every word and figure that is printed. It never changes; withdrawn, it is gone from
the public pages and administrators still find it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.disclosure import Sheet
from app.domain.disclosure_errors import DayNotOver, EditionStands, TablesChanged
from app.domain.errors import AlreadyDone, KeyUsedOtherwise, NotFound, ReasonRequired, TooLong
from app.domain.people_errors import AlreadyBegun
from app.domain.roles import Duty
from app.domain.text import Text, normalise
from app.registry import logs, people
from app.store import disclosure
from app.store import editions as questions
from app.store.disclosure import Memory
from app.store.tables import Edition

REASON_MAX: Final = 1_024


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose edition it is, and where it is verified: printed on every one.

    Args:
        zone: the registry's time zone, in which its days end.
        zone_name: what it is called, such as Asia/Tokyo.
    """

    code: str
    name: Text
    authority: Text
    address: str
    zone: tzinfo
    zone_name: str


def check_day(day: date, zone: tzinfo, now: datetime) -> None:
    """Refuse a day that is not over, at the field "as_of"."""
    if day >= now.astimezone(zone).date():
        raise DayNotOver(field="as_of")


def check_time(published_at: datetime | None, now: datetime) -> None:
    """Refuse to schedule for a minute that has passed, at the field "on"; None is at once."""
    if published_at is not None and published_at < now - timedelta(minutes=1):
        raise AlreadyBegun(field="on")


def check_free(session: Session, day: date) -> None:
    """Refuse a day of which there is an edition that is not withdrawn, at the field "as_of"."""
    stands = questions.standing(session, day)
    if stands is not None:
        raise EditionStands(stands, field="as_of")


def make(
    session: Session,
    day: date,
    *,
    published_at: datetime | None,
    seen: str,
    publisher: Publisher,
    memory: Memory | None = None,
    key: str,
    actor: int,
    now: datetime,
) -> str:
    """Freeze the tables as of a day and return the edition's number; sent twice, it is made once.

    Args:
        published_at: from when everyone sees it; None is at once.
        seen: the digest of the tables that were shown (`domain.disclosure.digest`).
        key: that of the form, which is used once.

    Raises:
        NotEntitled: the actor's role does not carry it.
        DayNotOver, AlreadyBegun, EditionStands: as `check_day`, `check_time` and `check_free`.
        TablesChanged: they are not those that were shown.
        KeyUsedOtherwise: the key made an edition of another day.
    """
    people.require(session, actor, Duty.PUBLISH_DISCLOSURE)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if known.as_of != day:
            raise KeyUsedOtherwise
        return known.number
    # Taken before anything is looked at: whoever takes it at the same time tries again, and sees.
    identifier = questions.next_id(session)
    check_day(day, publisher.zone, now)
    check_time(published_at, now)
    check_free(session, day)
    tables = disclosure.as_of(session, day, publisher.zone, now=now, memory=memory)
    if rules.digest(tables) != seen:
        raise TablesChanged
    sheet = Sheet(
        disclosure=tables,
        registry=publisher.name,
        authority=publisher.authority,
        address=publisher.address,
        time_zone=publisher.zone_name,
        number=rules.number(publisher.code, identifier),
        published_at=max(published_at or now, now),
    )
    return _frozen(session, identifier, sheet, key=key, actor=actor, now=now)


def _frozen(
    session: Session, identifier: int, sheet: Sheet, *, key: str, actor: int, now: datetime
) -> str:
    content = rules.frozen(sheet)
    assert sheet.number is not None, "an edition has a number"
    assert sheet.published_at is not None, "an edition is published or scheduled"
    made = Edition(
        id=identifier,
        number=sheet.number,
        as_of=sheet.disclosure.as_of,
        content=content,
        digest=hashlib.sha256(content).digest(),
        published_at=sheet.published_at,
        key=key,
        made_by=actor,
        made_at=now,
    )
    session.add(made)
    session.flush()
    logs.done(
        session,
        "make edition",
        made.number,
        actor=actor,
        now=now,
        as_of=made.as_of.isoformat(),
        published_at=made.published_at.isoformat(),
        digest=made.digest.hex(),
    )
    return made.number


def withdraw(session: Session, number: str, *, reason: str, actor: int, now: datetime) -> None:
    """Take an edition from the public pages, for a reason that administrators read.

    Raises:
        NotEntitled, NotFound
        AlreadyDone: it is withdrawn.
        ReasonRequired, TooLong: at the field "reason".
    """
    people.require(session, actor, Duty.PUBLISH_DISCLOSURE)
    found = questions.by_number(session, number)
    if found is None:
        raise NotFound("edition")
    session.refresh(found, with_for_update=True)
    if found.withdrawn_at is not None:
        raise AlreadyDone
    said = normalise(reason)
    if not said:
        raise ReasonRequired(field="reason")
    if len(said) > REASON_MAX:
        raise TooLong(REASON_MAX, field="reason")
    found.withdrawn_by, found.withdrawn_at, found.withdrawn_reason = actor, now, said
    session.flush()
    logs.done(session, "withdraw edition", number, actor=actor, now=now, reason=said)
