"""The page of the trusted accounts: only with a policy, for those who may, in both languages."""

from dataclasses import replace

import pytest

from app.domain import policies
from app.store import trust
from app.store.tables import TrustedAccount
from tests import authenticator, world
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.world import NOW

POLICY = "hours=10-16,untrusted=24h,limit=20,list=4,targets=trusted"


def with_policy(portal: Portal, text: str = POLICY) -> Portal:
    """Let the registry of a portal have a policy."""
    config = portal.app.config
    given = policies.parse(text, config["REGISTRY"].time_zone)
    config["REGISTRY"] = replace(config["REGISTRY"], policy=given)
    config["CLOCK"] = lambda: NOW
    return portal


@pytest.fixture
def ruled(portal: Portal) -> Portal:
    return with_policy(portal)


def address(portal: Portal) -> str:
    return f"/portal/accounts/{portal.world.aoba}/trusted"


def proposed(portal: Portal, client: PortalClient, **fields: str) -> None:
    """Propose Kaede for Aoba's list, by way of the check page."""
    form = {"target": portal.world.kaede, "note": "Kaede-1", "key": world.key()} | fields
    check = client.send(f"{address(portal)}/check", **form)
    assert check.status_code == 200, check.text
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(check.text))
    done = client.send(address(portal), **form, assertion=proof)
    assert done.status_code == 303, done.text


def entries(portal: Portal) -> list[TrustedAccount]:
    with portal.database.reading() as session:
        found = session.query(TrustedAccount).order_by(TrustedAccount.id).all()
        session.expunge_all()
        return found


def test_without_a_policy_there_is_no_such_page(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    assert client.get(address(portal)).status_code == 404
    assert client.get(f"{address(portal)}/new").status_code == 404
    shown = client.get(f"/portal/accounts/{portal.world.aoba}").text
    assert "/trusted" not in shown


@pytest.mark.parametrize(
    ("language", "title", "rule"),
    [
        ("en", "Trusted accounts", "No more than 20 tCO₂ may go to an account"),
        ("ja", "信頼口座", "信頼口座でない口座へ一度に振り替えられるのは20 tCO₂まで"),
    ],
)
def test_the_page_is_linked_and_says_what_the_rules_are(
    ruled: Portal, language: str, title: str, rule: str
) -> None:
    client = ruled.sign_in("aoba-proposer", language)
    assert address(ruled) in client.get(f"/portal/accounts/{ruled.world.aoba}").text
    with counted(ruled) as statements:
        text = client.get(address(ruled)).text
    assert len(statements) <= 12
    assert f"<h1>{title}</h1>" in text
    assert rule in text
    assert "10:00" in text or "10時" in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_addition_is_filled_in_checked_and_signed(ruled: Portal, language: str) -> None:
    client = ruled.sign_in("aoba-proposer", language)
    assert client.get(f"{address(ruled)}/new").status_code == 200
    assert client.get(f"{address(ruled)}/check").status_code == 303
    proposed(ruled, client)
    text = client.get(address(ruled)).text
    assert ruled.world.kaede in text
    assert "Kaede-1" in text
    assert ("Waiting for approval" if language == "en" else "承認待ち") in text
    # Who proposed it may take it back and never approve it.
    (made,) = entries(ruled)
    assert f"{address(ruled)}/{made.id}/withdrawal" in text
    assert f"{address(ruled)}/{made.id}/approval" not in text


def test_unsigned_nothing_is_proposed(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-proposer")
    form = {"target": ruled.world.kaede, "note": "", "key": world.key()}
    answer = client.send(address(ruled), **form, assertion="")
    assert answer.status_code == 422
    assert entries(ruled) == []
    check = client.send(f"{address(ruled)}/check", **form)
    proof = Passkey(login_id="aoba-proposer").given(authenticator.asked(check.text))
    other = form | {"target": ruled.world.outside}
    assert client.send(address(ruled), **other, assertion=proof).status_code == 422
    assert entries(ruled) == []
    assert ruled.refusals() == ["ProofRequired", "PasskeyRefused"]


def test_what_is_wrong_is_said_at_its_field_and_kept(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-proposer")
    for target, said in (
        ("", "This field is required."),
        ("JP-1", "Enter the account number as it is printed"),
        (ruled.world.aoba, "belongs to the same holder"),
        (ruled.world.retirement, "cannot take part"),
        ("JP-121-000099-0-54", "no open account"),
    ):
        answer = client.send(f"{address(ruled)}/check", target=target, note="What I typed")
        assert answer.status_code == 422, target
        found = error_summary(answer.text)
        assert list(found) == ["target"], (target, found)
        assert said in found["target"] or target == "JP-121-000099-0-54", found
        assert 'value="What I typed"' in answer.text
    long = client.send(f"{address(ruled)}/check", target=ruled.world.kaede, note="x" * 101)
    assert list(error_summary(long.text)) == ["note"]
    assert len(ruled.refusals()) == 6


def test_a_target_proposed_already_is_told_with_409(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-proposer")
    proposed(ruled, client)
    answer = client.send(f"{address(ruled)}/check", target=ruled.world.kaede, note="")
    assert answer.status_code == 409
    assert "was proposed already" in error_summary(answer.text)["target"]


def test_sent_twice_it_is_proposed_once(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-proposer")
    key = world.key()
    proposed(ruled, client, key=key)
    again = client.send(
        address(ruled), target=ruled.world.kaede, note="Kaede-1", key=key, assertion=""
    )
    assert again.status_code == 303
    assert len(entries(ruled)) == 1


def test_who_may_not_propose_sees_no_form(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-approver")
    assert f"{address(ruled)}/new" not in client.get(address(ruled)).text
    assert client.get(f"{address(ruled)}/new").status_code == 403


@pytest.mark.parametrize("login_id", ["kaede-proposer", "outsider", "system-administrator"])
def test_strangers_find_no_list(ruled: Portal, login_id: str) -> None:
    client = ruled.sign_in(login_id)
    assert client.get(address(ruled)).status_code == 404
    assert client.get(f"{address(ruled)}/new").status_code == 404
    answer = client.send(address(ruled), target=ruled.world.outside, note="", assertion="")
    assert answer.status_code == 404


def test_administrators_look_and_touch_nothing(ruled: Portal) -> None:
    proposed(ruled, ruled.sign_in("aoba-proposer"))
    text = ruled.sign_in("auditor").get(address(ruled)).text
    assert ruled.world.kaede in text
    assert "/approval" not in text
    assert f"{address(ruled)}/new" not in text


def test_an_account_that_holds_nothing_has_no_list(ruled: Portal) -> None:
    client = ruled.sign_in("operator")
    assert client.get(f"/portal/accounts/{ruled.world.retirement}/trusted").status_code == 404


@pytest.mark.parametrize(
    ("language", "hint"),
    [("en", "Add it to the trusted accounts"), ("ja", "信頼口座に登録してください")],
)
def test_o36_a_transfer_to_an_untrusted_target_is_refused_with_the_hint(
    ruled: Portal, language: str, hint: str
) -> None:
    ruled.issued(100)
    client = ruled.sign_in("aoba-proposer", language)
    form = {"source": ruled.world.aoba, "target": ruled.world.kaede, "quantity": "10"}
    answer = client.send("/portal/transfers/check", **form)
    assert answer.status_code == 422
    assert hint in error_summary(answer.text)["target"]
    assert ruled.refusals() == ["NotTrusted"]


def test_case_134_a_quantity_above_the_limit_is_refused_at_its_field(portal: Portal) -> None:
    with_policy(portal, "limit=20")
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    form = {"source": portal.world.aoba, "target": portal.world.kaede, "quantity": "21"}
    answer = client.send("/portal/transfers/check", **form)
    assert answer.status_code == 422
    assert "No more than 20 tCO₂" in error_summary(answer.text)["quantity"]
    assert client.send("/portal/transfers/check", **form | {"quantity": "20"}).status_code == 200


def test_accounts_of_the_same_holder_are_named(ruled: Portal) -> None:
    second = ruled.database.write(
        lambda session: world.account(session, "Aoba Energy", ruled.world.operator)
    )
    text = ruled.sign_in("aoba-approver").get(address(ruled)).text
    assert "Trusted without being added" in text
    assert second in text
    with ruled.database.reading() as session:
        assert trust.due(session, NOW) == []
