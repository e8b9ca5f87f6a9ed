"""The mail server, spoken to in SMTP: smtp://name:password@host:587 or smtps://host.

With smtp, what is said is encrypted (STARTTLS) as soon as the server offers it, and nothing at all
is said otherwise where a password is to be given. `?tls=required` asks for that in any case, and
`?tls=never`, for a server on the same machine, for none.
"""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from app.registry.mails import NotTaken, Unreachable

_PORTS: Final = {"smtp": 25, "smtps": 465}
_TLS: Final = frozenset({"offered", "required", "never"})
_SECONDS: Final = 30


class MailServer:
    """One connection, opened when the first mail goes and again whenever it broke.

    Raises:
        ValueError: the address is not one of a mail server.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("SMTP_URL must be like smtp://name:password@host:587 or smtps://host")
        self._is_encrypted = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._name, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls = parse_qs(parts.query).get("tls", ["offered"])[0]
        if self._tls not in _TLS:
            raise ValueError("tls in SMTP_URL must be offered, required or never")
        if self._name and self._tls == "offered":
            self._tls = "required"
        self._connection: smtplib.SMTP | None = None

    def hand_over(self, message: EmailMessage) -> None:
        """Return when the server has accepted a mail.

        Raises:
            NotTaken: it refused this one.
            Unreachable: there is no server, or it lets nobody in.
        """
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(_said(error)) from error
        try:
            connection.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(_said(error)) from error

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection.close()
            self._connection = None

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None and not self._answers(self._connection):
            self.close()
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    def _answers(self, connection: smtplib.SMTP) -> bool:
        """Tell whether the connection still stands; some servers take so many mails and no more."""
        try:
            return connection.noop()[0] == 250  # noqa: PLR2004  the server says that all is well
        except (OSError, smtplib.SMTPException):
            return False

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=context)
            if self._is_encrypted
            else smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        )
        try:
            self._begin(connection, context)
        except (OSError, smtplib.SMTPException):
            connection.close()
            raise
        return connection

    def _begin(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        connection.ehlo_or_helo_if_needed()
        offered = self._tls == "offered" and connection.has_extn("starttls")
        if not self._is_encrypted and (offered or self._tls == "required"):
            connection.starttls(context=context)
        if self._name:
            connection.login(self._name, self._password)


def _said(error: Exception) -> str:
    """Return in words what went wrong: what the server said, if it said something."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(
            f"{code} {said.decode(errors='replace')}" for code, said in error.recipients.values()
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {words}"
    return f"{type(error).__name__}: {error}"
