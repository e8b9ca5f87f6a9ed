"""Announcements of issuances: told once, kept once, and refused where they say otherwise."""

from collections.abc import Generator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.exchange import Answer, Code, Message, Side
from app.domain.exchange_errors import MessageRejected
from app.domain.peer_issuances import Announced
from app.registry import letters, peer_issuances, peers
from app.registry.seals import Seal
from app.store import peer_issuances as questions
from app.store import peers as peer_questions
from app.store.databases import AnyRow, Database
from app.store.tables import ExchangeMessage, PeerIssuance
from tests import world
from tests.exchanging import Two, two
from tests.world import NOW, PROJECT, World


@pytest.fixture(params=["sqlite", "postgresql"])
def registries(request: pytest.FixtureRequest) -> Generator[Two, None, None]:
    other = "postgresql" if request.param == "sqlite" else "sqlite"
    with two(request.param, other) as both:
        yield both


def mongolia(session: Session) -> AnyRow:
    """Connect Mongolia's registry."""
    made = peers.connect(
        session,
        "JP",
        "MN",
        party="MNG",
        name_en="Registry of Mongolia",
        name_ja="モンゴル登録簿",
        url="https://mn.example",
        key=Seal("22" * 32).public.hex(),
        now=NOW,
    )
    return peer_questions.by_id(session.connection(), made.id)


TOLD = Announced("MN0000000012", f"{PROJECT}-1", PROJECT, 2019, 40, NOW, date(2026, 3, 31))


def heard(session: Session, peer: AnyRow, told: Announced) -> bool:
    """Take an announcement as the listener does; tell whether it was new."""
    connection = session.connection()
    keep = peer_issuances.hear(connection, peer, told.content(), "JP")
    if keep is not None:
        number = letters.tell(connection, peer.id, Message.ANNOUNCEMENT, {}, now=NOW)
        found = peer_questions.message(connection, peer.id, Side.OUT, number)
        assert found is not None
        keep(found.id)
    return keep is not None


def test_each_side_learns_what_the_other_issued_and_no_more(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    japan.issue(100)
    japan.issue(7, account=japan.cast.kaede)
    japan.issue(5, project=world.ITMO_PROJECT)
    mongolia.issue(40)

    def tell() -> list[int]:
        return [
            peer_issuances.tell_due(side.database, side.code, now=side.now())
            for side in (japan, mongolia)
        ]

    assert tell() == [2, 1]
    assert tell() == [0, 0], "each is told once"
    registries.carry()
    assert [row.quantity for row in kept(mongolia.database)] == [100, 7]
    (row,) = kept(japan.database)
    assert (row.decision, row.vintage, row.quantity) == (f"{PROJECT}-1", 2019, 40)
    # What comes from there is no issuance of this side.
    japan.send(mongolia.cast.kaede, 10)
    registries.carry()
    # One that is rejected there stands so here.
    japan.database.write(tell_otherwise)
    registries.carry()
    with japan.database.reading() as session:
        query = select(ExchangeMessage).order_by(ExchangeMessage.id.desc()).limit(1)
        message = session.scalars(query).one()
    assert (message.answer, message.code) == (Answer.REJECTED, Code.ATTRIBUTES_DIFFER)
    assert len(kept(mongolia.database)) == 2
    mongolia.issue(1)
    assert tell() == [0, 1]
    # Nothing is told to a registry that is suspended, or with which no decision is shared.
    japan.issue(10)
    mongolia.issue(10)
    japan.database.write(lambda session: peers.suspend(session, "MN", reason="audit", now=NOW))
    assert tell() == [0, 1]
    assert peer_issuances.tell_due(mongolia.database, "VN", now=NOW) == 0


def tell_otherwise(session: Session) -> None:
    """Announce to Mongolia's registry what does not fit its decision."""
    peer = peer_questions.by_code(session.connection(), "MN")
    assert peer is not None
    content = replace(TOLD, reference="JP0000000099", project="MN004").content()
    letters.tell(session.connection(), peer.id, Message.ANNOUNCEMENT, content, now=NOW)


def kept(database: Database) -> list[PeerIssuance]:
    with database.reading() as session:
        return list(session.scalars(select(PeerIssuance).order_by(PeerIssuance.id)))


def test_more_than_fit_one_transaction_are_told_in_several(
    stage: Session, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_issuances, "_AT_ONCE", 2)
    peer = mongolia(stage)
    for _ in range(3):
        world.issued(stage, cast, quantity=10)
    assert [peer_issuances.tell(stage, peer.id, "JP", now=NOW) for _ in range(3)] == [2, 1, 0]
    told = stage.scalars(select(ExchangeMessage).order_by(ExchangeMessage.number)).all()
    assert [message.kind for message in told] == [Message.ANNOUNCEMENT] * 3
    assert len({message.content["transaction"] for message in told}) == 3


def test_the_same_announcement_is_kept_once_and_another_under_its_number_is_rejected(
    stage: Session, cast: World
) -> None:
    peer = mongolia(stage)
    assert [heard(stage, peer, TOLD), heard(stage, peer, TOLD)] == [True, False]
    for changed, code in (
        (replace(TOLD, quantity=41), Code.NUMBER_USED),
        (replace(TOLD, reference="MN0000000013", project="MN004"), Code.ATTRIBUTES_DIFFER),
        (
            replace(TOLD, reference="MN0000000013", decision="VN004-1", project="VN004"),
            Code.ATTRIBUTES_DIFFER,
        ),
        (replace(TOLD, reference="JP0000000013"), Code.NUMBER_MALFORMED),
    ):
        with pytest.raises(MessageRejected) as rejection:
            heard(stage, peer, changed)
        assert rejection.value.reason == code
    assert heard(stage, peer, replace(TOLD, reference="MN0000000014", decision="MN009-9"))
    assert stage.scalar(select(func.count()).select_from(PeerIssuance)) == 2
    (unrecorded,) = questions.unrecorded(stage, 10)
    assert (unrecorded.decision, unrecorded.code) == ("MN009-9", "MN")
