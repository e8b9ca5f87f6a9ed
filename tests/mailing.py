"""A mail server of the tests' own, which keeps what it accepts, and mails to be sent to it."""

import email
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session

from app.domain.notifications import Kind
from app.registry import notifications

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What arrived, and what the server is to say of what comes."""

    arrived: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    #: What the server answers to a recipient, such as "550 no such user".
    refused: dict[str, str] = field(default_factory=dict)
    #: Done when a mail has arrived, before the server says that it has accepted it.
    before_answer: Callable[[], None] = lambda: None
    url: str = ""

    @property
    def messages(self) -> list[EmailMessage]:
        found = [email.message_from_bytes(one, policy=default) for one in self.arrived]
        return [one for one in found if isinstance(one, EmailMessage)]

    @property
    def ids(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(one["Message-ID"]) for one in self.messages)

    # What aiosmtpd asks for

    async def handle_RCPT(  # noqa: N802  the name is the library's
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the name is the library's
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.arrived.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        self.before_answer()
        return "250 OK"


@contextmanager
def mailbox(port: int = 0, **options: Any) -> Generator[Mailbox, None, None]:
    """Open a mail server; its options are those of aiosmtpd."""
    port = port or free_port()
    box = Mailbox(url=f"smtp://{HOST}:{port}")
    controller = Controller(box, hostname=HOST, port=port, ready_timeout=30, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def write(session: Session, count: int, *, now: datetime) -> None:
    """Write mails to as many people, due at once."""
    for number in range(count):
        address = f"person-{number}@example.com"
        path = f"{notifications.PATH}{number + 1}"
        notifications.write_to(session, address, "en", Kind.NEW_DEVICE, path, now=now)


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.005)
