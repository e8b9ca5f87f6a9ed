"""Pages of reconciliations: begun on demand, read side by side, resolved by two (115, 116)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.domain import chain
from app.domain.exchange import Message
from app.domain.reconciliation import Stage
from app.registry import peers, reconciliations
from app.registry.exchange import LISTENERS
from app.registry.letters import Desk
from app.registry.seals import Seal
from app.store import blocks
from app.store import peers as questions
from app.store.tables import ExchangeMessage, Reconciliation
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.registry.test_reconciliations import alter
from tests.world import NOW

LIST = "/portal/reconciliations"
MOVE = (
    "UPDATE blocks SET account_id = (SELECT id FROM accounts WHERE number = :to)"
    " WHERE closed_by IS NULL AND first = 1"
)


def connected(portal: Portal) -> None:
    """Exchange with Mongolia."""
    config = portal.app.config
    config["REGISTRY"] = replace(config["REGISTRY"], signing_key="11" * 32)
    portal.database.write(
        lambda session: peers.connect(
            session,
            "JP",
            "MN",
            party="MNG",
            name_en="Registry of Mongolia",
            name_ja="モンゴルの登録簿",
            url="https://registry.example",
            key="ab" * 32,
            now=NOW,
        )
    )


def tampered(portal: Portal) -> str:
    """Alter the ledger and compare it with its chain; return the number of the run."""
    portal.issued(50)
    alter(portal.database, MOVE, to=portal.world.kaede)
    return reconciliations.own_books(portal.database, "JP", now=NOW)


def run(portal: Portal, number: str) -> Reconciliation:
    with portal.database.reading() as session:
        return session.scalars(select(Reconciliation).where(Reconciliation.number == number)).one()


def signed(client: PortalClient, text: str) -> dict[str, str]:
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(text))
    return {"seen": seen, "assertion": proof}


def test_a_comparison_is_begun_on_demand_and_only_once(portal: Portal) -> None:
    connected(portal)
    client = portal.sign_in("operator")
    assert "Nothing has been compared yet." in client.get(LIST).text
    for code, words in (("MN", "Registry of Mongolia"), ("JP", "Own chain")):
        answer = client.send(LIST, registry=code)
        assert answer.status_code == 303, answer.text
        shown = client.get(answer.location).text
        assert words in shown and "Initiated" in shown
        again = client.send(LIST, registry=code)
        assert again.status_code == 409
        assert "is still under way" in error_summary(again.text)["registry"]
    unknown = client.send(LIST, registry="ZZ")
    assert (unknown.status_code, list(error_summary(unknown.text))) == (422, ["registry"])
    assert portal.refusals() == ["ReconciliationUnderWay"] * 2 + ["NotConnected"]
    assert reconciliations.asked(portal.database, now=NOW) is not None
    with portal.database.reading() as session:
        (told,) = session.scalars(select(ExchangeMessage))
        assert told.kind is Message.TOTALS


def test_only_administrators_know_of_reconciliations(portal: Portal) -> None:
    number = tampered(portal)
    for who, status in (("auditor", 200), ("aoba-proposer", 403), ("system-administrator", 403)):
        client = portal.sign_in(who)
        assert client.get(f"{LIST}/{number}").status_code == status, who
        assert (f'href="{LIST}"' in client.get("/portal/").text) is (status == 200)
    client = portal.sign_in("auditor")
    assert "Compare now" not in client.get(LIST).text
    assert client.get(f"{LIST}/JP-20200101-1").status_code == 404
    assert client.get(f"{LIST}/something").status_code == 404


def test_case_115_two_administrators_resolve_on_pages(portal: Portal) -> None:
    number = tampered(portal)
    operator = portal.sign_in("operator")
    shown = operator.get(f"{LIST}/{number}").text
    for words in ("Serial numbers differ", "JP-1-50", portal.world.aoba, "Numbers barred"):
        assert words in shown
    assert "Confirm the resolution" not in shown
    address = f"{LIST}/{number}/resolution"
    assert operator.get(address).status_code == 200
    empty = operator.send(address, reason=" ")
    assert (empty.status_code, list(error_summary(empty.text))) == (422, ["reason"])
    assert operator.send(address, reason="A hand slipped.").status_code == 303
    approver = portal.sign_in("approver")
    address = f"{LIST}/{number}/confirmation"
    page = approver.get(address).text
    assert "A hand slipped." in page
    unsigned = approver.send(address, seen=signed(approver, page)["seen"], assertion="")
    assert (unsigned.status_code, list(error_summary(unsigned.text))) == (422, ["code"])
    # Another explanation is proposed before it is signed.
    operator.send(f"{LIST}/{number}/resolution", reason="Two hands slipped.")
    late = approver.send(address, **signed(approver, unsigned.text))
    assert late.status_code in {409, 422}
    assert run(portal, number).stage is Stage.BLOCKS_INCONSISTENT
    done = approver.send(address, **signed(approver, approver.get(address).text))
    assert done.status_code == 303, done.text
    shown = approver.get(done.location).text
    for words in ("Completed with manual intervention", "Two hands slipped.", "Freed"):
        assert words in shown
    with portal.database.reading() as session:
        assert blocks.barred(session.connection()) == []
    assert approver.get(address).status_code == 303


def test_what_differs_is_said_in_the_language_of_the_reader(portal: Portal) -> None:
    number = tampered(portal)
    japanese, english = portal.sign_in("operator", "ja"), portal.sign_in("auditor")
    said = "ブロック 1-50（取引ID 1で作成）：取引（ID 1）が作成したものと一致しません"
    shown = japanese.get(f"{LIST}/{number}").text
    assert said in shown and "is not what" not in shown and 'class="typed" lang="en"' not in shown
    plain = "blocks 1-50 opened by 1: is not what transaction 1 opened"
    assert plain in english.get(f"{LIST}/{number}").text
    # Earlier versions kept the English words.
    alter(portal.database, "UPDATE differences SET problem = :plain WHERE id = 1", plain=plain)
    assert f'lang="en">{plain}</span>' in japanese.get(f"{LIST}/{number}").text


def test_case_116_nobody_confirms_alone(portal: Portal) -> None:
    number = tampered(portal)
    approver = portal.sign_in("approver")
    approver.send(f"{LIST}/{number}/resolution", reason="Mine.")
    assert "Confirm the resolution" not in approver.get(f"{LIST}/{number}").text
    assert approver.get(f"{LIST}/{number}/confirmation").status_code == 303
    refused = approver.send(f"{LIST}/{number}/confirmation", seen="")
    assert refused.status_code == 422
    assert "Another administrator must confirm it." in refused.text
    # Nor is an account opened again by one.
    account = f"/portal/accounts/{portal.world.aoba}"
    assert "All movements barred" in approver.get(account).text


def told(portal: Portal, number: str, first: int, last: int) -> None:
    """Let Mongolia compare, and tell that it has numbers that Japan never sent."""
    desk = Desk("JP", Seal("11" * 32))
    at = chain.moment(NOW + timedelta(seconds=1))
    kind = {"origin": "JP", "project": "MN003", "vintage": 2019, "unit_class": "jcm_credit"}
    sums = [kind | {"quantity": last - first + 1, "digest": "0"}]
    about = {"run": number, "snapshot_at": at, "heard": 0}
    block = kind | {"part": "received", "after": 0, "upto": 2**63 - 1, "ranges": [[first, last]]}
    step = {
        "at": at,
        "kind": "acquisition",
        "transaction": "MN0000000007",
        "crossing": "JP0000000003",
    }
    history = {"origin": "JP", "first": first, "last": last, "steps": [step]}

    def hear(session: Any) -> None:
        peer = questions.everyone(session)[0]
        later = NOW + timedelta(minutes=1)
        for message, content in (
            (Message.TOTALS, about | {"sent": [], "received": sums}),
            (Message.RANGES, about | {"is_last": True, "blocks": [block]}),
            (
                Message.HISTORIES,
                {n: about[n] for n in ("run", "snapshot_at")} | {"blocks": [history]},
            ),
        ):
            LISTENERS[message](session, peer, content, desk, later)

    portal.database.write(hear)


def test_case_109_110_both_books_and_histories_stand_side_by_side(portal: Portal) -> None:
    connected(portal)
    portal.issued(50)
    told(portal, "MN-20261102-1", 11, 20)
    english = portal.sign_in("approver")
    with counted(portal) as statements:
        shown = english.get(f"{LIST}/MN-20261102-1").text
    assert len(statements) <= 12, statements
    for words in ("Differs", "JP-11-20", "Numbers barred", "JP0000000003", "The other registry"):
        assert words in shown
    japanese = portal.sign_in("operator", "ja").get(f"{LIST}/MN-20261102-1").text
    assert "モンゴルの登録簿" in japanese and "識別番号が不一致" in japanese


def test_the_list_is_turned_page_by_page(portal: Portal) -> None:
    for _run in range(52):
        reconciliations.own_books(portal.database, "JP", now=NOW)
    client = portal.sign_in("auditor")
    with counted(portal) as statements:
        first = client.get(LIST).text
    assert len(statements) <= 12, statements
    assert "JP-20261102-52" in first and ">JP-20261102-2<" not in first
    with portal.database.reading() as session:
        last = session.scalars(
            select(Reconciliation.id).where(Reconciliation.number == "JP-20261102-3")
        ).one()
    second = client.get(f"{LIST}?before={last}").text
    assert ">JP-20261102-2<" in second and ">JP-20261102-1<" in second
