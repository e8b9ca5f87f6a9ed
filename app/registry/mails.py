"""Sending the mails that wait: each is taken, handed to the mail server, and noted as sent.

Between the server's answer and the note lies one commit; a worker killed just there leaves a mail
that is sent again, under the same Message-ID. Nothing else can send a mail twice, and nothing loses
one: on PostgreSQL its row is locked from the taking to the note, on SQLite, where a write keeps all
others waiting, one worker at a time sends, and both locks end with the process that holds them.
"""

import fcntl
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.orm import Session

from app.documents import mails
from app.documents.mails import Contents, Sender
from app.domain.requests import Delivery
from app.registry import links, logs, resumptions
from app.registry.vaults import Vault
from app.store import notifications
from app.store.databases import Database
from app.store.tables import Mail

#: After each failure, in minutes; from then on hourly.
_WAITS: Final = (1, 5, 30)
_HOURLY: Final = 60
#: Three days of that.
ATTEMPTS_MAX: Final = len(_WAITS) + 72
#: When a mail is due that was given up.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_FAILURE_MAX: Final = 500

_log = logging.getLogger(__name__)


class NotTaken(Exception):
    """The mail server refused this mail; another may pass."""


class Unreachable(Exception):
    """There is no mail server to speak to, which is no mail's fault."""


class Post(Protocol):
    """Whoever carries mails away."""

    def hand_over(self, message: EmailMessage) -> None:
        """Return when the mail server has accepted a mail; raise NotTaken or Unreachable."""


@dataclass(frozen=True, slots=True)
class Office:
    """What turns rows into mails on their way: who writes, what opens secrets, who carries."""

    sender: Sender
    vault: Vault
    post: Post


@dataclass
class Sent:
    """What became of the mails that were due."""

    sent: int = 0
    failed: int = 0


def send_due(
    database: Database,
    office: Office,
    *,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send what is due, one mail after another, until nothing is or `stopped` says so.

    Raises:
        Unreachable: the mails stay as they are.
    """
    done = Sent()
    with _turn(database) as is_ours:
        while is_ours and not stopped():
            sent = _send_next(database, office, clock)
            if sent is None:
                break
            done.sent += sent
            done.failed += not sent
    return done


def _send_next(database: Database, office: Office, clock: Callable[[], datetime]) -> bool | None:
    """Send the next mail and note what became of it; None if none is due."""
    if database.dialect == "sqlite":
        with database.reading() as session:
            mail = notifications.due(session, clock())
        if mail is None:
            return None
        identifier, failure = mail.id, _hand_over(office, mail, clock())
        database.write(
            lambda session: _note(session, session.get_one(Mail, identifier), failure, clock())
        )
    else:
        with database.writing() as session:
            mail = notifications.due(session, clock())
            if mail is None:
                return None
            failure = _hand_over(office, mail, clock())
            _note(session, mail, failure, clock())
    return failure is None


@contextmanager
def _turn(database: Database) -> Generator[bool, None, None]:
    """Tell whether it is this worker's turn; on SQLite, while no other worker sends."""
    path = database.engine.url.database
    if database.dialect != "sqlite" or not path:
        yield True
        return
    with Path(f"{path}.mails.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _hand_over(office: Office, mail: Mail, now: datetime) -> str | None:
    """Hand one mail to the server; return why it was not taken, or None."""
    if mail.sealed and now - mail.made_at >= _life(mail):
        return "the link in it is too old"
    opened = office.vault.open(mail.sealed, "mail") if mail.sealed else b""
    if opened is None:
        return "the secret in it was sealed under another secret key"
    secret = opened.decode()
    contents = Contents(
        mail.id,
        mail.made_at,
        mail.kind,
        mail.address,
        mail.language,
        mail.path,
        secret,
    )
    try:
        office.post.hand_over(mails.message(office.sender, contents))
    except (NotTaken, ValueError, MessageError) as why:
        # What a server says of a mail may quote it.
        said = str(why).replace(secret, "…") if secret else str(why)
        return said[:_FAILURE_MAX] or type(why).__name__
    return None


def _life(mail: Mail) -> timedelta:
    """Return for how long the link in a mail is good."""
    return resumptions.LIFE if mail.path == resumptions.PATH else links.LIFE[Delivery.LINK]


def _note(session: Session, mail: Mail, failure: str | None, now: datetime) -> None:
    mail.attempts += 1
    mail.failure = failure
    if failure is None:
        mail.sent_at, mail.sealed = now, None
    elif _is_hopeless(mail, now):
        mail.next_at, mail.sealed = NEVER, None
        facts = {"kind": mail.kind.value, "address": mail.address, "failure": failure}
        logs.done(session, "give up mail", f"mail {mail.id}", actor=None, now=now, **facts)
        _log.error("mail %d is given up after %d attempts: %s", mail.id, mail.attempts, failure)
    else:
        mail.next_at = now + wait(mail.attempts)
        _log.warning("mail %d is tried again at %s: %s", mail.id, mail.next_at, failure)
    session.flush()


def wait(attempts: int) -> timedelta:
    """Return how long a mail waits after so many attempts."""
    minutes = _WAITS[attempts - 1] if attempts <= len(_WAITS) else _HOURLY
    return timedelta(minutes=minutes)


def _is_hopeless(mail: Mail, now: datetime) -> bool:
    """Tell whether a mail is given up: after three days, or when its link is worth nothing."""
    next_at = now + wait(mail.attempts)
    outlived = mail.sealed and next_at - mail.made_at >= _life(mail)
    return bool(outlived) or mail.attempts >= ATTEMPTS_MAX
