"""Mails in words: a title, one sentence and a link, and never an amount, a name or an account.

A mail passes through hands that are not the registry's. What happened stands behind sign-in, where
the link leads.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from app.domain.notifications import Kind, detail, title
from app.domain.text import Text

#: The kinds whose own sentence says what the link is for, and that have no details.
LINKS: Final = frozenset(
    {
        Kind.ACTIVATION_LINK,
        Kind.PASSWORD_LINK,
        Kind.SECOND_FACTOR_LINK,
        Kind.EMAIL_LINK,
        Kind.EMERGENCY_LINK,
        Kind.APPLICATION_LINK,
    }
)

#: English titles go on one line: where a library folds them, a reader finds a space before them.
_ONE_LINE: Final = SMTP.clone(max_line_length=120)

_WAITS: Final = Text(
    "A notification waits for you in the registry. Sign in and read it at this address.",
    "登録簿にお知らせが届いています。次のアドレスからログインしてご確認ください。",
)
_AUTOMATIC: Final = Text(
    "This mail was sent automatically. Answers to it are not read.",
    "このメールは自動で送信されています。返信されてもお答えできません。",
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The registry that writes: its code and name, whom mails come from, where links lead."""

    code: str
    name: Text
    address: str
    public_url: str

    def check(self) -> None:
        """Raise ValueError unless mails can come from the address."""
        name, _, host = parseaddr(self.address)[1].rpartition("@")
        if not name or not host:
            raise ValueError("MAIL_FROM must be a mail address, with a name before it or without")


@dataclass(frozen=True, slots=True)
class Contents:
    """What one mail says, and to whom; `secret` ends the link."""

    id: int
    made_at: datetime
    kind: Kind
    to: str
    language: str
    path: str
    secret: str = ""


def message(sender: Sender, contents: Contents) -> EmailMessage:
    """Return a mail, byte for byte the same however often it is made.

    Raises:
        ValueError: one of the two addresses is none.
    """
    language = contents.language
    words = title(contents.kind).get(language)
    made = EmailMessage(policy=_ONE_LINE if words.isascii() else SMTP)
    name, address = parseaddr(sender.address)
    made["From"] = Address(name or sender.name.get(language), addr_spec=_plain(address))
    made["To"] = Address(addr_spec=_plain(contents.to))
    made["Subject"] = words
    made["Date"] = format_datetime(contents.made_at)
    made["Message-ID"] = message_id(sender, contents)
    # No answer of a machine to a machine (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    sentence = _sentence(contents)
    body = (
        f"{words}\n\n{sentence.get(language)}\n\n"
        f"{sender.public_url}{contents.path}{contents.secret}\n\n"
        f"-- \n{sender.name.get(language)}\n{_AUTOMATIC.get(language)}\n"
    )
    made.set_content(body, cte="7bit" if body.isascii() else "base64")
    made["Content-Language"] = language
    return made


def _sentence(contents: Contents) -> Text:
    """Return what the link is for; any other with a secret leads a visitor to an application."""
    if contents.kind in LINKS:
        return detail(contents.kind, {})
    return detail(Kind.APPLICATION_LINK, {}) if contents.secret else _WAITS


def message_id(sender: Sender, contents: Contents) -> str:
    """Return the name of a mail, the same at every attempt: one sent twice is one to its reader.

    The moment tells it from a mail with the same id in a database that was once restored.
    """
    host = _plain(parseaddr(sender.address)[1]).rpartition("@")[2]
    return f"<{sender.code}.{contents.id}.{contents.made_at:%Y%m%d%H%M%S%f}@{host}>"


def _plain(address: str) -> str:
    """Return an address whose host every mail server can read."""
    name, _, host = address.rpartition("@")
    return f"{name}@{host.encode('idna').decode()}"
