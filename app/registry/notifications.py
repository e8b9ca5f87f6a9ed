"""Verbs on notifications: tell people what happened, and what they do with their inbox.

Telling costs three statements however many people it concerns, inside the transaction that makes
what is told: no event without its notification and its mails, and none of them without the event.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Select,
    Text,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.orm import Session

from app.domain.notifications import TOPICS, Kind, Topic
from app.domain.people import Acting, State
from app.domain.roles import DUTIES, Duty
from app.registry.vaults import Vault
from app.store.statements import Statement
from app.store.tables import Delivered, Mail, Notification, Representative, User
from app.store.tables.base import Moment, Word

#: Where the mail leads: to the inbox entry, which tells the rest after sign-in.
PATH: Final = "/portal/notifications/"

_TELL = Statement(insert(Notification).returning(Notification.id), "at", "kind", "subject", "facts")


def _concerned() -> Any:
    """Return who is named, or acts on one of two accounts: each once, and found by index."""
    named = select(cast(bindparam("user"), BigInteger).label("user_id"))
    acting = select(Representative.user_id).where(
        Representative.account_id.in_([bindparam("one"), bindparam("other")]),
        Representative.state == Acting.ACTIVE,
    )
    return union(named, acting).subquery("concerned")


def _named() -> Any:
    """Return who is in a list."""
    users: Any = bindparam("users", expanding=True)
    return select(User.id.label("user_id")).where(User.id.in_(users)).subquery("concerned")


def _inbox(concerned: Any) -> Insert:
    chosen: Select[Any] = (
        select(
            User.id,
            bindparam("notification", type_=BigInteger),
            bindparam("topic", type_=Word(Topic)),
        )
        .join(concerned, concerned.c.user_id == User.id)
        .where(User.state != State.DEACTIVATED)
    )
    return insert(Delivered).from_select(["user_id", "notification_id", "topic"], chosen)


def _mails(concerned: Any) -> Insert:
    chosen: Select[Any] = (
        select(
            User.email,
            User.language,
            bindparam("kind", type_=Word(Kind)),
            bindparam("path", type_=Text),
            bindparam("now", type_=Moment),
            bindparam("now", type_=Moment),
        )
        .join(concerned, concerned.c.user_id == User.id)
        .where(
            User.state != State.DEACTIVATED,
            User.email.is_not(None),
            # The people of the demonstration live at no address.
            User.is_demo.is_(False),
        )
    )
    columns = ["address", "language", "kind", "path", "made_at", "next_at"]
    return insert(Mail).from_select(columns, chosen, include_defaults=False)


_INBOX = Statement(_inbox(_concerned()))
_MAILS = Statement(_mails(_concerned()))
_INBOX_OF_NAMED = _inbox(_named())
_MAILS_TO_NAMED = _mails(_named())


def tell(
    connection: Connection,
    kind: Kind,
    subject: str,
    facts: dict[str, Any],
    *,
    user: int | None = None,
    account: int | None = None,
    other: int | None = None,
    now: datetime,
) -> int:
    """Tell a person, or the people of one account or two, what happened; return its id."""
    told = _TELL.row(connection, at=now, kind=kind, subject=subject, facts=facts)
    assert told is not None, "an insert returns its row"
    whom = {"user": user, "one": account, "other": other}
    _INBOX.run(connection, [{"notification": told.id, "topic": TOPICS[kind], **whom}])
    path = f"{PATH}{told.id}"
    _MAILS.run(connection, [{"kind": kind, "path": path, "now": now, **whom}])
    return int(told.id)


def tell_all(
    session: Session,
    kind: Kind,
    subject: str,
    facts: dict[str, Any],
    *,
    users: Sequence[int],
    now: datetime,
) -> None:
    """Tell several people the same, each once: one notification in the inbox of each."""
    if not users:
        return
    connection = session.connection()
    told = _TELL.row(connection, at=now, kind=kind, subject=subject, facts=facts)
    assert told is not None, "an insert returns its row"
    given = {"users": list(set(users)), "kind": kind, "path": f"{PATH}{told.id}", "now": now}
    connection.execute(_INBOX_OF_NAMED, given | {"notification": told.id, "topic": TOPICS[kind]})
    connection.execute(_MAILS_TO_NAMED, given)


def administrators(session: Session, duty: Duty) -> list[int]:
    """Return the active administrators whose role carries a duty."""
    query = select(User.id).where(
        User.role.in_(list(DUTIES[duty])),
        User.state == State.ACTIVE,
        User.password_hash.is_not(None),
    )
    return list(session.scalars(query.order_by(User.id)))


def write_to(
    session: Session,
    address: str,
    language: str,
    kind: Kind,
    path: str,
    *,
    vault: Vault | None = None,
    secret: str = "",
    now: datetime,
) -> None:
    """Write to an address that may be no inbox's: a former one, or one with a secret link."""
    sealed = vault.seal(secret.encode(), "mail") if vault and secret else None
    session.add(
        Mail(
            address=address,
            language=language,
            kind=kind,
            path=path,
            sealed=sealed,
            made_at=now,
            next_at=now,
        )
    )
    session.flush()


# The inbox


def read(session: Session, user_id: int, notification_id: int, *, now: datetime) -> bool:
    """Mark one entry of a person's inbox as read; tell whether it is there."""
    first = func.coalesce(Delivered.read_at, bindparam("now", now, type_=Moment))
    return _mark(session, user_id, notification_id, read_at=first)


def read_all(session: Session, user_id: int, *, until: int | None = None, now: datetime) -> None:
    """Mark a person's whole inbox as read, or only up to the newest entry that was shown."""
    unread = [
        Delivered.user_id == user_id,
        Delivered.read_at.is_(None),
        Delivered.deleted_at.is_(None),
    ]
    if until is not None:
        unread.append(Delivered.notification_id <= until)
    session.execute(update(Delivered).where(*unread).values(read_at=now))


def delete(session: Session, user_id: int, notification_id: int, *, now: datetime) -> bool:
    """Hide an entry from its person; the record stays. Tell whether it exists."""
    first = func.coalesce(Delivered.deleted_at, bindparam("now", now, type_=Moment))
    return _mark(session, user_id, notification_id, deleted_at=first)


def restore(
    session: Session, user_id: int, notification_id: int, *, since: datetime | None = None
) -> bool:
    """Bring back an entry that its person deleted, since a moment; tell whether there is one."""
    undone = [or_(Delivered.deleted_at.is_(None), Delivered.deleted_at >= since)] if since else []
    return _mark(session, user_id, notification_id, *undone, deleted_at=None)


def _mark(
    session: Session,
    user_id: int,
    notification_id: int,
    *conditions: ColumnElement[bool],
    **values: Any,
) -> bool:
    marked = session.execute(
        update(Delivered)
        .where(
            Delivered.user_id == user_id, Delivered.notification_id == notification_id, *conditions
        )
        .values(**values)
        .returning(Delivered.user_id)
    )
    return marked.first() is not None
