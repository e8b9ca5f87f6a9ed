"""Transactions: what each side sees of one, the list and its filter, and numbers read strictly."""

import re

import pytest

from app.domain.ledger import Kind
from tests import world
from tests.asking import main
from tests.portal import Portal, PortalClient, number, proposal

ROW = re.compile(r'<th scope="row"[^>]*><a [^>]*>(JP\d{10})</a>')


def listed(client: PortalClient, query: str = "") -> list[str]:
    return ROW.findall(client.get(f"/portal/transactions{query}").text)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_proposal_is_the_affair_of_its_source(portal: Portal, language: str) -> None:
    portal.issued()
    proposer = portal.sign_in("aoba-proposer", language)
    made = number(proposer.send("/portal/transfers", **proposal(portal)))
    unknown = "JP9999999999"
    for login_id in ("kaede-proposer", "outsider", "system-administrator"):
        client = portal.sign_in(login_id, language)
        for part in ("", "/approval", "/rejection", "/withdrawal"):
            answers = [client.get(f"/portal/transactions/{one}{part}") for one in (made, unknown)]
            answers += [
                client.send(f"/portal/transactions/{one}{part}", reason="x")
                for one in (made, unknown)
                if part
            ]
            assert {answer.status_code for answer in answers} == {404}
            bare = {re.sub(r'(content|value|href)="[^"]+"', "", main(one.text)) for one in answers}
            assert len(bare) == 1
        assert made not in listed(client)
    for login_id in ("aoba-approver", "operator", "approver", "auditor"):
        client = portal.sign_in(login_id, language)
        assert client.get(f"/portal/transactions/{made}").status_code == 200
        assert made in listed(client)


def test_a_completed_one_is_known_to_the_receiver_without_names(portal: Portal) -> None:
    portal.issued()
    identifier = portal.database.write(
        lambda session: world.moved(session, portal.world, quantity=10, remark="as agreed")
    )
    made = f"JP{identifier:010d}"
    receiver = portal.sign_in("kaede-approver")
    text = receiver.get(f"/portal/transactions/{made}").text
    assert "as agreed" in text
    assert portal.world.aoba in text
    for name in ("Aoba Proposer", "Aoba Approver", "Aoba Energy"):
        assert name not in text
    assert portal.sign_in("outsider").get(f"/portal/transactions/{made}").status_code == 404


def test_the_page_tells_the_history_and_the_seal(portal: Portal) -> None:
    portal.issued()
    identifier = portal.database.write(
        lambda session: world.moved(session, portal.world, quantity=10)
    )
    text = portal.sign_in("aoba-proposer").get(f"/portal/transactions/JP{identifier:010d}").text
    assert "by Aoba Proposer" in text
    assert "by Aoba Approver" in text
    assert "JP-MN-MN003-2019-1-10" in text
    (done,) = portal.transactions()
    assert done.digest.hex() in text


@pytest.mark.parametrize(
    "typed",
    [
        "JP1",
        "jp0000000001",
        "JP00000000001",
        "MN0000000001",
        "0000000001",
        "JP０００００００００１",
        "JP-000000001",
        "JP0000000000",
        "JP99999999999999999999",
    ],
)
def test_a_number_is_read_only_as_it_is_printed(portal: Portal, typed: str) -> None:
    portal.issued()
    client = portal.sign_in("operator")
    assert client.get("/portal/transactions/JP0000000001").status_code == 200
    assert client.get(f"/portal/transactions/{typed}").status_code == 404


def test_the_filter_finds_by_kind_status_people_and_days(portal: Portal) -> None:
    portal.issued(1_000)
    w = portal.world
    moved = portal.database.write(lambda session: world.moved(session, w, quantity=10))
    retired = portal.database.write(
        lambda session: world.proposed(session, w, Kind.RETIREMENT, quantity=10)
    )
    made, waiting = f"JP{moved:010d}", f"JP{retired:010d}"
    client = portal.sign_in("aoba-proposer")
    # The credits came by an issuance, which is the first in the list of everything.
    assert listed(client) == [waiting, made, "JP0000000001"]
    for query, found in (
        ("?kind=transfer", [made]),
        ("?kind=retirement", [waiting]),
        ("?state=proposed", [waiting]),
        ("?kind=transfer&state=proposed", []),
        (f"?proposer={w.aoba_proposer}", [waiting, made]),
        (f"?approver={w.aoba_approver}", [made]),
        ("?since=2/11/2026&until=2026年11月2日", [waiting, made, "JP0000000001"]),
        ("?since=2026-11-03", []),
        ("?until=2026-11-01", []),
    ):
        assert listed(client, query) == found, query


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_wrong_filter_is_said_at_its_field_and_the_rest_stays(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer", language)
    answer = client.get("/portal/transactions?kind=transfer&since=31/02/2026&until=2026-11-30")
    assert answer.status_code == 422
    assert 'id="since_error"' in answer.text
    assert 'value="31/02/2026"' in answer.text
    assert 'value="2026-11-30"' in answer.text
    assert '<option value="transfer" selected>' in answer.text
    # A person of another entity is no choice here, and neither is one who does not exist.
    for proposer in (portal.world.outsider, 999_999, "x"):
        wrong = client.get(f"/portal/transactions?proposer={proposer}")
        assert wrong.status_code == 422
        assert 'id="proposer_error"' in wrong.text


def test_pages_follow_each_other_both_ways(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.lists.PAGE_SIZE", 2)
    for _ in range(5):
        portal.issued(10)
    client = portal.sign_in("auditor")
    pages = [client.get("/portal/transactions").text]
    while following := turned(pages[-1], "next"):
        pages.append(client.get(following).text)
    found = [ROW.findall(text) for text in pages]
    assert [len(rows) for rows in found] == [2, 2, 1]
    back = [pages[-1]]
    while before := turned(back[-1], "prev"):
        back.append(client.get(before).text)
    assert [ROW.findall(text) for text in back] == found[::-1]


def test_the_part_that_htmx_asks_for_is_that_of_the_page(portal: Portal) -> None:
    portal.issued(10)
    client = portal.sign_in("auditor")
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get("/portal/transactions?kind=issuance", headers=headers).text
    assert part.strip() in client.get("/portal/transactions?kind=issuance").text


def turned(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None
