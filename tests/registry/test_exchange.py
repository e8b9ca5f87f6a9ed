"""Messages looked at and answers taken: once each, under the right signature, in their order."""

from collections.abc import Generator
from dataclasses import replace

import pytest

from app.domain import envelopes
from app.domain.exchange import Answer, Code
from app.domain.exchange_errors import MessageRefused
from app.registry import exchange, letters
from app.registry.exchange import Heard
from app.registry.letters import Letter
from app.store import peers
from tests.exchanging import Side, Two, two


@pytest.fixture
def registries() -> Generator[Two, None, None]:
    """Two registries between which a transfer was sent that nobody has carried yet."""
    with two("sqlite", "sqlite") as both:
        both.japan.issue(100)
        both.japan.send(both.mongolia.cast.kaede, 10)
        yield both


def letter(side: Side) -> Letter:
    """Return the next letter of a side, signed as of now."""
    with side.database.reading() as session:
        peer = peers.everyone(session)[0]
        found = letters.due(session.connection(), peer, side.desk, now=side.now())
    assert found is not None
    return found


def heard(side: Side, told: Letter) -> Heard:
    return side.database.write(
        lambda session: exchange.hear(session, told.body, told.signature, side.desk, now=side.now())
    )[1]


def test_a_message_sent_anew_gets_the_answer_it_got_before(registries: Two) -> None:
    first = heard(registries.mongolia, letter(registries.japan))
    again = heard(registries.mongolia, letter(registries.japan))
    assert again == first
    assert envelopes.decode_reply(first.body).answer is Answer.DONE


def test_the_same_bytes_once_more_are_a_replay(registries: Two) -> None:
    told = letter(registries.japan)
    heard(registries.mongolia, told)
    with pytest.raises(MessageRefused) as refused:
        heard(registries.mongolia, told)
    assert refused.value.reason == Code.REPLAYED


def test_an_answer_counts_only_for_its_letter_and_under_its_signature(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    told = letter(japan)
    good = heard(mongolia, told)
    reply = envelopes.decode_reply(good.body)
    forged = [
        replace(good, signature=bytes(64)),
        Heard(good.body, japan.desk.seal.sign(good.body)),
    ]
    others = (
        replace(reply, number=2),
        replace(reply, said="00" * 32),
        replace(reply, sender="JP"),
        replace(reply, receiver="TH"),
    )
    forged += [Heard(one.encode(), mongolia.desk.seal.sign(one.encode())) for one in others]
    for wrong in forged:
        with pytest.raises(MessageRefused):
            japan.database.write(
                lambda session, wrong=wrong: exchange.answered(
                    session, told, wrong.body, wrong.signature, japan.desk, now=japan.now()
                )
            )
    assert letter(japan).number == told.number, "it is still due"


def test_an_answer_that_comes_twice_is_taken_once(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    told = letter(japan)
    good = heard(mongolia, told)
    for _ in range(2):
        outcome = japan.database.write(
            lambda session: exchange.answered(
                session, told, good.body, good.signature, japan.desk, now=japan.now()
            )
        )
        assert outcome.is_settled
    assert japan.held() == 90, "the credits left once"
