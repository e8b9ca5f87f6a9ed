"""Questions about other registries: keys, and messages in their order."""

import pytest
from sqlalchemy.orm import Session

from app.domain.exchange import Answer, Message, Side
from app.registry import letters
from app.registry import peers as verbs
from app.registry.seals import Seal
from app.store import peers
from tests.world import NOW, World

SEAL = Seal("33" * 32)


@pytest.fixture
def peer(stage: Session, cast: World) -> int:
    """Viet Nam's registry, connected, by its id."""
    return verbs.connect(
        stage,
        "JP",
        "VN",
        party="VNM",
        name_en="Registry of Viet Nam",
        name_ja="ベトナム登録簿",
        url="https://registry.example",
        key=SEAL.public.hex(),
        now=NOW,
    ).id


def test_a_registry_is_found_by_code_id_and_account(stage: Session, peer: int) -> None:
    connection = stage.connection()
    found = peers.by_code(connection, "VN")
    assert found is not None
    assert found.id == peer == peers.by_id(connection, peer).id
    assert peers.of_account(connection, found.account_id).code == "VN"
    assert peers.by_code(connection, "XX") is None
    assert [one.code for one in peers.everyone(stage)] == ["VN"]


def test_a_key_is_found_by_its_name_alone(stage: Session, peer: int) -> None:
    connection = stage.connection()
    key = peers.key(connection, peer, SEAL.name)
    assert key is not None
    assert (key.public, key.retired_at) == (SEAL.public, None)
    assert peers.key(connection, peer, "f" * 16) is None


def test_a_message_is_answered_once_and_never_changes(stage: Session, peer: int) -> None:
    connection = stage.connection()
    letters.tell(connection, peer, Message.TOTALS, {"run": "JP-20261102-1"}, now=NOW)
    message = peers.message(connection, peer, Side.OUT, 1)
    assert message is not None
    assert peers.unanswered(connection, peer) == message
    answer = {"answer": Answer.DONE, "reply": b"{}", "reply_signature": b"", "answered_at": NOW}
    peers.answer_message(connection, message.id, answer)
    assert peers.unanswered(connection, peer) is None
    with pytest.raises(AssertionError):
        peers.answer_message(connection, message.id, answer)
