"""Couriers: they take no answer that is not the right one, and log what was refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from app.domain import envelopes
from app.domain.exchange import SKEW_MAX, Answer, Code
from app.registry import peers
from app.registry.letters import Letter
from app.registry.seals import Seal
from app.store.tables import Crossing, LogEntry
from tests.exchanging import Direct, Two, two

UNKNOWN: Final = Seal("33" * 32)


@dataclass
class Altering(Direct):
    """Brings letters, and answers that somebody has altered on the way."""

    alter: Callable[[Letter, bytes, bytes], tuple[bytes, bytes]] = lambda _l, b, s: (b, s)

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        return self.alter(letter, *super().post(letter))


def _signed_anew(both: Two, **changes: Any) -> Callable[[Letter, bytes, bytes], Any]:
    def alter(_letter: Letter, body: bytes, _signature: bytes) -> tuple[bytes, bytes]:
        seal = changes.get("seal", both.mongolia.desk.seal)
        reply = replace(
            envelopes.decode_reply(body),
            key=seal.name,
            **{name: value for name, value in changes.items() if name != "seal"},
        )
        return reply.encode(), seal.sign(reply.encode())

    return alter


def _turned(_letter: Letter, body: bytes, signature: bytes) -> tuple[bytes, bytes]:
    return body.replace(b'"answer":"done"', b'"answer":"rejected"'), signature


def test_an_answer_that_was_altered_is_not_taken_and_is_logged() -> None:
    with two("sqlite", "postgresql") as both:
        japan, mongolia = both.japan, both.mongolia
        japan.issue()
        japan.send(mongolia.cast.kaede, 100)
        courier = both.courier(japan)
        courier.line = line = Altering(mongolia)
        for alter, code in (
            (_turned, Code.BAD_SIGNATURE),
            (lambda _l, b, _s: (b, b""), Code.BAD_SIGNATURE),
            (lambda _l, _b, s: (b"{}", s), Code.MALFORMED),
            (lambda _l, _b, s: (b"<html>", s), Code.MALFORMED),
            (lambda _l, _b, s: (b'{"answer":[]}', s), Code.MALFORMED),
            (_signed_anew(both, seal=UNKNOWN), Code.UNKNOWN_KEY),
            (_signed_anew(both, seal=japan.desk.seal), Code.UNKNOWN_KEY),
            (_signed_anew(both, sender="TH"), Code.WRONG_ADDRESSEE),
            (_signed_anew(both, receiver="MN"), Code.WRONG_ADDRESSEE),
            (_signed_anew(both, number=2), Code.MALFORMED),
            (_signed_anew(both, said="00" * 32), Code.MALFORMED),
            (_signed_anew(both, answer=Answer.REJECTED, said=""), Code.MALFORMED),
        ):
            line.alter = alter
            assert courier.round() == 0
            assert _told_of(both)[-1] == code, code
        with japan.database.reading() as session:
            assert session.scalars(select(Crossing.status)).one() == "sent"
        assert (japan.held(), mongolia.held()) == (1_000, 0)
        assert both.carry() == 2
        assert (japan.held(), mongolia.held()) == (900, 100)


def _told_of(both: Two) -> list[str]:
    with both.japan.database.reading() as session:
        query = select(LogEntry.facts).where(LogEntry.operation == "tell registry")
        return [facts["reason"] for facts in session.scalars(query.order_by(LogEntry.id))]


def test_what_the_other_registry_refused_is_logged_by_the_sender_too() -> None:
    with two("postgresql", "sqlite") as both:
        japan, mongolia = both.japan, both.mongolia
        japan.issue()
        japan.send(mongolia.cast.kaede, 100)
        courier = both.courier(japan)
        own = courier.desk
        late = japan.now() - SKEW_MAX - timedelta(minutes=1)
        for desk, clock, code in (
            (replace(own, seal=UNKNOWN), japan.now, Code.UNKNOWN_KEY),
            (replace(own, code="TH"), japan.now, Code.UNKNOWN_REGISTRY),
            (own, lambda: late, Code.CLOCK),
        ):
            courier.desk, courier.clock = desk, clock
            for _twice_logged_once in range(2):
                assert courier.round() == 0
            courier.desk = own
            assert _told_of(both)[-1:] == [code]
        assert len(_told_of(both)) == 3
        mongolia.database.write(
            lambda s: peers.suspend(s, "JP", reason="Drill", now=mongolia.now())
        )
        courier.clock = japan.now
        assert courier.round() == 0
        assert _told_of(both)[-1] == Code.SENDER_SUSPENDED
        assert (japan.held(), mongolia.held()) == (1_000, 0)
