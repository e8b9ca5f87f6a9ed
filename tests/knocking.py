"""The door for messages of other registries, and a registry that knocks at it, for tests."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.domain import envelopes
from app.domain.envelopes import Envelope, Reply
from app.domain.exchange import Answer, Code, Message
from app.registry.couriers import SIGNATURE
from app.registry.seals import Seal
from app.store.tables import Block, ChainHead, Crossing, LogEntry, Peer, Reservation
from tests.exchanging import Two, proposal, two, unit
from tests.nursery import made

#: Under this key nobody may sign.
UNKNOWN: Final = Seal("33" * 32)
PATH: Final = "/exchange/messages"
_networks = count(1)


@dataclass
class Door:
    """The door of Mongolia's registry, and Japan's, which knocks at it."""

    both: Two
    app: Flask

    def sealed(self, envelope: Envelope, seal: Seal | None = None) -> tuple[bytes, bytes]:
        """Return the bytes of a message and their signature."""
        seal = seal or self.both.japan.desk.seal
        body = replace(envelope, key=seal.name).encode()
        return body, seal.sign(body)

    def post(self, body: bytes, signature: bytes | str, **how: Any) -> tuple[int, Reply]:
        """Send bytes to the door, each time from a network where nothing wrong came from before."""
        answer = self.send(f"2001:db8:0:{next(_networks):x}::1", body, signature, **how)
        return answer.status_code, envelopes.decode_reply(answer.data)

    def send(self, address: str, body: bytes, signature: bytes | str, **how: Any) -> TestResponse:
        """Send bytes to the door from an address; its answer is signed whatever they are."""
        digits = signature if isinstance(signature, str) else signature.hex()
        answer = self.app.test_client().post(
            PATH,
            data=body,
            headers={SIGNATURE: digits},
            content_type="application/json",
            environ_base={"REMOTE_ADDR": address},
            **how,
        )
        assert answer.status_code != 500
        assert answer.headers["Cache-Control"] == "no-store"
        seal = self.both.mongolia.desk.seal
        assert seal.sign(answer.data).hex() == answer.headers[SIGNATURE]
        return answer

    def moved(self) -> tuple[Any, ...]:
        """Return what would be otherwise in Mongolia's registry if anything had moved."""
        with self.both.mongolia.database.reading() as session:
            found = [session.execute(select(func.count()).select_from(table)).scalar_one()
                     for table in (Block, Crossing, Reservation)]  # fmt: skip
            return (
                *found,
                session.scalars(select(ChainHead.position)).one(),
                session.scalars(select(Peer.heard)).one(),
            )

    def logged(self) -> list[str]:
        """Return the codes of the refused messages in Mongolia's log."""
        with self.both.mongolia.database.reading() as session:
            query = select(LogEntry.facts).where(LogEntry.operation == "hear registry")
            found = session.scalars(query.order_by(LogEntry.id))
            return [facts.get("reason") or facts["network"] for facts in found]

    def refused(self, code: Code, body: bytes, signature: bytes | str, **how: Any) -> Reply:
        """Send bytes that are to be refused with a code; see that nothing else came of it."""
        before, known = self.moved(), self.logged()
        status, reply = self.post(body, signature, **how)
        assert (reply.answer, reply.code) == (Answer.REFUSED, code), (reply.code, body[:200])
        assert status >= 400
        assert self.moved() == before
        assert self.logged() == [*known, code]
        return reply

    def rejected(self, code: Code, content: dict[str, Any]) -> None:
        """Propose what is to be rejected with a code; its number is used up, nothing else is."""
        before = self.moved()
        status, reply = self.post(*self.sealed(self.next(content)))
        assert (status, reply.answer, reply.code) == (200, Answer.REJECTED, code), (reply, content)
        assert self.moved()[:-1] == before[:-1]

    def next(self, content: dict[str, Any] | None = None) -> Envelope:
        """Return the message that is due, sent now."""
        told = self.proposal() if content is None else content
        return Envelope(
            "JP", "MN", self.moved()[-1] + 1, datetime.now(UTC), "", Message.PROPOSAL, told
        )

    def anew(self, envelope: Envelope) -> Envelope:
        """Return a message as it is sent once more: later than all that was heard."""
        with self.both.mongolia.database.reading() as session:
            heard_at = session.scalars(select(Peer.heard_at)).one()
        assert heard_at is not None
        return replace(envelope, sent_at=heard_at + timedelta(seconds=1))

    def proposal(self, *units: Any, **otherwise: Any) -> dict[str, Any]:
        """Return what a sound proposal of a new block says, with some of it otherwise."""
        return proposal(self.both, *units, **otherwise)

    def unit(self, **otherwise: Any) -> dict[str, Any]:
        """Return a block of Japan's as it is told, with some of it otherwise."""
        return unit(**otherwise)


@contextmanager
def opened(engine: str) -> Generator[Door, None, None]:
    """Open the door of a registry on an engine; who knocks has its books on the other one."""
    other = "postgresql" if engine == "sqlite" else "sqlite"
    with two(other, engine) as both:
        both.mongolia.issue()
        url = both.mongolia.database.engine.url.render_as_string(hide_password=False)
        app = made("MN", url)
        try:
            yield Door(both, app)
        finally:
            app.extensions["database"].close()
