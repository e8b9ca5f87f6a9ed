"""Other registries, as administrators see them: who they are, transfers, messages, evidence."""

from collections.abc import Generator

import pytest

from app.domain.exchange import Side
from app.registry import seals
from app.registry.seals import Seal
from app.store import correspondence, peers
from tests.abroad import Abroad, abroad
from tests.exchanging import SEEDS
from tests.portal import counted


@pytest.fixture(scope="module")
def both() -> Generator[Abroad, None, None]:
    """Two registries with one transfer that arrived, and one that waits."""
    with abroad("sqlite", "sqlite") as opened:
        opened.both.japan.issue(1_000)
        opened.both.japan.send(opened.mongolia.world.kaede, 100)
        opened.both.carry()
        opened.both.japan.send(opened.mongolia.world.kaede, 50)
        yield opened


def test_administrators_see_registries_their_keys_and_what_waits(both: Abroad) -> None:
    key = Seal(SEEDS["MN"]).name
    for login, language in (("operator", "en"), ("auditor", "ja")):
        client = both.japan.sign_in(login, language)
        with counted(both.japan) as statements:
            shown = client.get("/portal/registries").text
        assert len(statements) <= 12
        assert key in shown and "/portal/registries/MN" in shown
    assert both.japan.sign_in("aoba-proposer").get("/portal/registries").status_code == 403
    assert both.japan.sign_in("operator").get("/portal/registries/XX").status_code == 404


def test_transfers_of_a_registry_are_listed_and_filtered(both: Abroad) -> None:
    client = both.japan.sign_in("operator")
    with counted(both.japan) as statements:
        shown = client.get("/portal/registries/MN").text
    assert len(statements) <= 12
    assert "2 transfers" in shown
    assert both.mongolia.world.kaede in shown
    assert "1 transfer<" in client.get("/portal/registries/MN?state=confirmed").text
    assert "No transfers match." in client.get("/portal/registries/MN?side=in").text
    assert client.get("/portal/registries/MN?state=lost").status_code == 422
    there = both.mongolia.sign_in("operator").get("/portal/registries/JP?side=in").text
    assert "MN0000000" in there and "JP0000000" in there


def test_a_message_is_shown_with_both_signatures_and_its_bytes_are_evidence(both: Abroad) -> None:
    client = both.japan.sign_in("operator")
    listed = client.get("/portal/registries/MN/messages").text
    assert "Proposal of a transfer" in listed and "Waiting" in listed
    assert "1 message<" in client.get("/portal/registries/MN/messages?state=waiting").text
    shown = client.get("/portal/registries/MN/messages/out/1").text
    with both.both.japan.database.reading() as session:
        peer = peers.by_code(session.connection(), "MN")
        assert peer is not None
        kept = correspondence.message(session, peer.id, Side.OUT, 1)
        assert kept is not None and kept.signature and kept.reply_signature
        signatures = (kept.signature, kept.reply_signature)
    for part, code, signature in zip(("message", "answer"), ("JP", "MN"), signatures, strict=True):
        assert signature.hex() in shown
        address = f"/portal/registries/MN/messages/out/1/{part}.json"
        answer = client.get(address)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert seals.fits(Seal(SEEDS[code]).public, signature, answer.data)
    assert client.get("/portal/registries/MN/messages/out/99").status_code == 404
    assert client.get("/portal/registries/MN/messages/out/x").status_code == 404
    waiting = client.get("/portal/registries/MN/messages?state=waiting").text
    last = max(int(one.partition('"')[0]) for one in waiting.split("/messages/out/")[1:])
    assert "Not answered yet." in client.get(f"/portal/registries/MN/messages/out/{last}").text
    assert client.get(f"/portal/registries/MN/messages/out/{last}/answer.json").status_code == 404
