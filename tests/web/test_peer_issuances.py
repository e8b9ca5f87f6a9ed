"""The page on issuances in two registries: this side's share, and what the other announced."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.domain.envelopes import Envelope
from app.domain.exchange import Message
from app.domain.peer_issuances import Announced
from app.registry import exchange
from app.registry.letters import Desk
from app.registry.seals import Seal
from app.store.tables import Decision
from tests.portal import Portal
from tests.registry.test_peer_issuances import TOLD, mongolia
from tests.web.test_authorizations import opened
from tests.world import NOW, PROJECT

ADDRESS = "/portal/registries/issuances"
THEIR_SEAL = Seal("22" * 32)
OUR_DESK = Desk("JP", Seal("11" * 32))


def announce(session: Session, number: int, told: Announced) -> None:
    """Let Mongolia's registry announce an issuance."""
    envelope = Envelope(
        "MN", "JP", number, NOW, THEIR_SEAL.name, Message.ANNOUNCEMENT, told.content()
    )
    body = envelope.encode()
    exchange.hear(session, body, THEIR_SEAL.sign(body), OUR_DESK, now=NOW)


def total(session: Session, tonnes: int) -> None:
    session.query(Decision).filter_by(reference=f"{PROJECT}-1").one().total = tonnes
    session.flush()


def test_each_side_of_a_decision_is_shown_and_what_does_not_add_up(portal: Portal) -> None:
    client = opened(portal)
    assert "shares decisions with no other one" in client.get(ADDRESS).text
    portal.database.write(mongolia)
    portal.issued(100)
    portal.database.write(lambda session: total(session, 3_000_040))
    page = client.get(ADDRESS).text
    for said in ("3,000,040", "Nothing yet", "Not issued here yet: ", "2,999,900", "Open"):
        assert said in page, said
    portal.database.write(lambda session: announce(session, 1, TOLD))
    page = client.get(ADDRESS).text
    assert TOLD.reference in page
    assert THEIR_SEAL.name in page
    assert "/portal/registries/MN/messages/in/1" in page
    assert "Nothing yet" not in page
    more = replace(TOLD, reference="MN0000000013", quantity=1)
    other = replace(TOLD, reference="MN0000000014", decision="MN009-9", project="MN009")
    portal.database.write(lambda session: announce(session, 2, more))
    portal.database.write(lambda session: announce(session, 3, other))
    page = client.get(ADDRESS).text
    for said in ("Does not add up", "more than its share", "not recorded here", "MN009-9"):
        assert said in page, said
    wrong = client.get(f"{ADDRESS}?standing=wrong&partner=MN&q={PROJECT}")
    assert "1 decision" in wrong.text
    assert "No decisions match" in client.get(f"{ADDRESS}?q=XX").text
    assert client.get(f"{ADDRESS}?standing=x").status_code == 422
    japanese = opened(portal, "auditor", "ja").get(ADDRESS).text
    assert "相手側の通知量が配分量を超過" in japanese
