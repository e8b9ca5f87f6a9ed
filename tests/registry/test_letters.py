"""Letters: numbered in one order for each registry, and signed anew each time they are sent."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain import envelopes
from app.domain.exchange import Answer, Message, Side
from app.registry import letters, peers, seals
from app.registry.letters import Desk
from app.registry.seals import Seal
from app.store import peers as questions
from tests.world import NOW, World

DESK = Desk("JP", Seal("11" * 32))


def test_letters_are_due_in_their_order_until_they_are_answered(
    stage: Session, cast: World
) -> None:
    connection = stage.connection()
    for code in ("TH", "VN"):
        key = Seal("33" * 32).public.hex()
        peers.connect(
            stage,
            "JP",
            code,
            party=f"{code}Z",
            name_en=code,
            name_ja=code,
            url="https://a.example",
            key=key,
            now=NOW,
        )
    one, other = (questions.by_code(connection, code) for code in ("TH", "VN"))
    assert one is not None
    assert other is not None
    told = [
        letters.tell(connection, peer.id, Message.TOTALS, {"turn": turn}, now=NOW)
        for turn, peer in enumerate((one, one, other))
    ]
    assert told == [1, 2, 1]
    first = letters.due(connection, one, DESK, now=NOW)
    again = letters.due(connection, one, DESK, now=NOW + timedelta(seconds=1))
    assert first is not None
    assert again is not None
    assert first.number == again.number == 1
    assert first.body != again.body
    assert envelopes.decode(first.body).said == envelopes.decode(again.body).said
    assert seals.fits(DESK.seal.public, first.signature, first.body)
    message = questions.message(connection, one.id, Side.OUT, 1)
    assert message is not None
    answer = {"answer": Answer.DONE, "reply": b"{}", "reply_signature": b"", "answered_at": NOW}
    questions.answer_message(connection, message.id, answer)
    following = letters.due(connection, one, DESK, now=NOW)
    assert following is not None
    assert following.number == 2
    assert questions.waiting(stage) == {one.id: 1, other.id: 1}
    # What was answered can be sent once more, to a registry that lost it.
    repeated = letters.again(connection, one, 1, DESK, now=NOW)
    assert repeated is not None
    assert repeated.number == 1
