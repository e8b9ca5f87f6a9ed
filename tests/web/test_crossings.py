"""Transfers to and from other registries, as their people see them on each side."""

import html
import re
from collections.abc import Generator
from functools import partial

import pytest

from app.domain.accounts import AccountNumber, Kind
from app.domain.exchange import ANSWER_LIMIT
from app.domain.ledger import Status
from app.registry import outgoing, peers
from tests.abroad import Abroad, abroad
from tests.portal import Portal, PortalClient, number, proposal, refused
from tests.world import NOW

NOBODYS = str(AccountNumber("MN", Kind.ENTITY, 999_999))
#: A number of 19 digits from 2^62 on, which only the ledger itself knows.
_PLACE = re.compile(r"(?<![0-9a-f])([4-9][0-9]{18})(?![0-9a-f])")


@pytest.fixture(scope="module")
def both() -> Generator[Abroad, None, None]:
    """Both registries, for all tests of this file: each has transactions of its own."""
    with abroad("postgresql", "sqlite") as opened:
        opened.japan.issued(10_000)
        opened.mongolia.issued(5_000)
        yield opened


def proposed(client: PortalClient, portal: Portal, target: str, quantity: str = "100") -> str:
    """Propose a transfer to another registry on the page, and return its number."""
    form = proposal(portal, target=target, quantity=quantity)
    return number(client.send("/portal/transfers", **form))


def approved(client: PortalClient, made: str) -> str:
    """Approve it on the page, and return the page that follows."""
    answer = client.send(f"/portal/transactions/{made}/approval")
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def told(client: PortalClient) -> str:
    """Return the newest notification."""
    newest = re.search(
        r'href="(/portal/notifications/\d+)"', client.get("/portal/notifications").text
    )
    assert newest
    return html.unescape(client.get(newest[1]).text)


def test_a_transfer_is_checked_approved_sent_and_arrives_and_both_sides_see_it(
    both: Abroad,
) -> None:
    japan, mongolia = both.japan, both.mongolia
    target = mongolia.world.kaede
    proposer = japan.sign_in("aoba-proposer")
    shown = proposer.send("/portal/transfers/check", **proposal(japan, target=target)).text
    assert target in shown and "Registry MN" in shown
    assert "decides by its own rules whether it takes the credits" in shown
    made = proposed(proposer, japan, target)
    approver = japan.sign_in("aoba-approver", "ja")
    assert made in approver.get("/portal/tasks").text
    assert target in approver.get(f"/portal/transactions/{made}/approval").text
    shown = approved(approver, made)
    assert "送信済み（登録簿 MNの回答待ち）" in shown
    assert "/withdrawal" not in shown
    assert "他の登録簿への移転中" in approver.get("/portal/holdings").text
    table = approver.get("/portal/transactions.csv").text
    assert f"{target},proposed" in table and ",sent," in table
    assert made not in approver.get("/portal/tasks").text
    both.both.carry()
    assert "完了（相手登録簿が確認）" in approver.get(f"/portal/transactions/{made}").text
    receiver = mongolia.sign_in("kaede-proposer")
    listed = receiver.get("/portal/transactions").text
    arrived = re.search(r"/portal/transactions/(MN\d{10})", listed)
    assert arrived and japan.world.aoba in listed
    there = receiver.get(f"/portal/transactions/{arrived[1]}").text
    for said in (japan.world.aoba, made, "Registry JP", "Completed"):
        assert said in there
    assert f"arrived on {target} from {japan.world.aoba}" in told(receiver)


def test_an_account_where_nothing_can_be_sent_is_refused_at_its_field(both: Abroad) -> None:
    japan, target = both.japan, both.mongolia.world.kaede
    client = japan.sign_in("aoba-proposer")
    attempt = partial(refused, client, "/portal/transfers/check")
    unknown = str(AccountNumber("VN", Kind.ENTITY, 12))
    attempt(proposal(japan, target=unknown), target="exchanges nothing with a registry “VN”")
    attempt(proposal(japan, target=target[:-2] + "00"), target="The check digits do not fit")
    own = str(AccountNumber("JP", Kind.ENTITY, 999_999))
    attempt(proposal(japan, target=own), target="There is no open account with this number")
    write = both.both.japan.database.write
    write(partial(peers.suspend, code="MN", reason="a test", now=NOW))
    try:
        attempt(proposal(japan, target=target), target="is suspended at present")
        assert japan.refusals()[-1] == "RegistrySuspended"
    finally:
        write(partial(peers.resume, code="MN", reason="a test", now=NOW))


def test_what_the_other_registry_rejects_is_shown_with_its_code_and_free_again(
    both: Abroad,
) -> None:
    client = both.japan.sign_in("aoba-proposer")
    approver = both.japan.sign_in("aoba-approver", "ja")
    made = proposed(client, both.japan, NOBODYS, "7")
    approved(approver, made)
    both.both.carry()
    shown = client.get(f"/portal/transactions/{made}").text
    assert "Rejected by Registry MN" in shown
    assert "Code 5902: The receiving account does not exist." in shown
    assert (
        "コード5902：受入口座が存在しません。" in approver.get(f"/portal/transactions/{made}").text
    )
    assert "rejected by the receiving registry (code 5902" in told(client)


def test_what_was_sent_cannot_be_withdrawn_and_ends_when_nobody_answers(both: Abroad) -> None:
    japan = both.japan
    client, approver = japan.sign_in("aoba-proposer"), japan.sign_in("aoba-approver")
    made = proposed(client, japan, both.mongolia.world.kaede, "9")
    approved(approver, made)
    client.get(f"/portal/transactions/{made}")
    answer = client.send(f"/portal/transactions/{made}/withdrawal")
    assert answer.status_code == 409
    assert "was asked already" in answer.text
    side = both.both.japan
    ended = outgoing.follow_up(side.database, side.desk, now=NOW.replace(year=NOW.year + 1))
    assert ended >= 1
    assert ANSWER_LIMIT.days == 1
    shown = client.get(f"/portal/transactions/{made}").text
    assert "did not answer within 24 hours" in shown
    both.both.carry()
    assert [one.status for one in japan.transactions() if one.quantity == 9] == [Status.EXPIRED]


def _asked(
    japan: Portal, block: str
) -> tuple[dict[str, PortalClient], dict[PortalClient, list[str]]]:
    """Return people by login ID, and the addresses that they and a visitor ask for."""
    people = {
        login: japan.sign_in(login) for login in ("kaede-proposer", "kaede-approver", "operator")
    }
    visitor = japan.visitor()
    asked: dict[PortalClient, list[str]] = {
        visitor: [
            *("/en/", "/en/credits", f"/en/credits/{block}", "/en/credits?q=MN-1-60"),
            *("/en/serials?q=MN-5-10", f"/en/serials?q={block}", "/en/credits.csv"),
            *(
                "/en/credits.json",
                "/en/credits?sort=desc",
                "/en/projects/MN003",
                "/en/projects.csv",
            ),
            *("/api/v1/credits", f"/api/v1/credits?q={block}", "/en/disclosure"),
            *("/en/partner-countries.csv", "/en/serials?q=MN-900-999"),
        ],
        people["kaede-proposer"]: [
            *("/portal/holdings", f"/portal/holdings.csv?account={japan.world.kaede}"),
            *("/portal/transactions", "/portal/transactions.csv", "/portal/notifications"),
            f"/portal/accounts/{japan.world.kaede}",
        ],
        people["operator"]: [
            *("/portal/registries", "/portal/registries/MN", "/portal/registries/MN/messages"),
            *("/portal/registries/MN/messages/in/1", "/portal/log", "/portal/transactions"),
            "/portal/registries/MN/messages/in/1/message.json",
        ],
    }
    return people, asked


def test_no_page_or_file_shows_where_numbers_of_other_registries_stand(both: Abroad) -> None:
    japan, mongolia = both.japan, both.mongolia
    both.both.mongolia.send(japan.world.kaede, 60)
    both.both.japan.send(mongolia.world.kaede, 5)
    both.both.carry()
    block = "MN-MN-MN003-2019-1-60"
    people, asked = _asked(japan, block)
    found = set()
    for client, addresses in asked.items():
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert not _PLACE.findall(answer.text), address
            if block in answer.text or "MN-1-60" in answer.text:
                found.add(address)
    shows = {"/en/credits", "/en/credits.csv", "/en/credits.json", "/portal/holdings"}
    assert shows <= found, "they are told by their own numbers"
    for name in ("credits.csv", "credits.json"):
        there = mongolia.visitor().get(f"/en/{name}").text
        assert "JP-MN-MN003-2019-" in there and not _PLACE.findall(there)
    form = proposal(japan, source=japan.world.kaede, target=japan.world.aoba, quantity="")
    typed = f"{block}\nJP-1"
    answer = people["kaede-proposer"].send("/portal/transfers/check", **form, serials=block)
    assert answer.status_code == 200 and block in answer.text
    assert not _PLACE.findall(answer.text)
    refused_ = people["kaede-proposer"].send("/portal/transfers/check", **form, serials=typed)
    assert refused_.status_code == 422
    assert not _PLACE.findall(refused_.text)
    other = people["kaede-proposer"].send("/portal/transfers/check", **form, serials="MN-61-70")
    assert "Not all of serial numbers MN-61-70 are in this registry." in other.text
