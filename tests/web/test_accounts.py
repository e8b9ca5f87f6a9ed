"""Accounts: who sees which, and that the others are as if they did not exist."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import AccountNumber, Kind, State
from app.store.tables import Account, Holder
from tests import world
from tests.asking import main
from tests.portal import Portal

NOBODYS = str(AccountNumber("JP", Kind.ENTITY, 999_999))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_holders_see_their_own_accounts_only(portal: Portal, language: str) -> None:
    text = portal.sign_in("aoba-proposer", language).get("/portal/accounts").text
    assert portal.world.aoba in text
    assert portal.world.kaede not in text


@pytest.mark.parametrize("login_id", ["operator", "approver", "auditor"])
def test_administrators_see_all_accounts(portal: Portal, login_id: str) -> None:
    client = portal.sign_in(login_id)
    text = client.get("/portal/accounts").text
    for account in (portal.world.aoba, portal.world.kaede, portal.world.retirement):
        assert account in text
        assert client.get(f"/portal/accounts/{account}").status_code == 200


def test_the_page_of_an_account_says_what_it_is_and_who_acts_for_it(portal: Portal) -> None:
    portal.issued(1_234)
    text = portal.sign_in("aoba-approver").get(f"/portal/accounts/{portal.world.aoba}").text
    for fact in ("Aoba Energy", "Entity holding account", "Open", "1,234", "MN003", "2019"):
        assert fact in text
    for person in ("Aoba Proposer", "Aoba Approver", "Propose and approve"):
        assert person in text
    assert "Demo<" not in text


def test_a_fictional_holder_is_marked(portal: Portal) -> None:
    def invent(session: Session) -> None:
        query = select(Holder).join(Account).where(Account.number == portal.world.aoba)
        session.scalars(query).one().is_demo = True
        session.flush()

    portal.database.write(invent)
    text = portal.sign_in("aoba-proposer").get(f"/portal/accounts/{portal.world.aoba}").text
    assert '<span class="tag tag--yellow">Demo</span>' in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_account_of_another_is_answered_as_one_that_does_not_exist(
    portal: Portal, language: str
) -> None:
    def apply(session: Session) -> None:
        found = session.scalars(select(Account).where(Account.number == portal.world.outside))
        found.one().state = State.APPLIED
        session.flush()

    portal.database.write(apply)
    for login_id, addresses in (
        (
            "aoba-proposer",
            (portal.world.kaede, portal.world.government, NOBODYS, "x", portal.world.aoba.lower()),
        ),
        # Not even its own people know of an account that is not open yet.
        ("outsider", (portal.world.outside, NOBODYS)),
        ("system-administrator", (portal.world.aoba, NOBODYS)),
    ):
        client = portal.sign_in(login_id, language)
        for address in ("/portal/accounts/{}", "/portal/holdings?account={}"):
            answers = [client.get(address.format(number)) for number in addresses]
            assert {answer.status_code for answer in answers} == {404}
            bare = {re.sub(r'(content|value|href)="[^"]+"', "", main(one.text)) for one in answers}
            assert len(bare) == 1


def test_an_administrator_finds_an_account_by_its_number(portal: Portal) -> None:
    client = portal.sign_in("operator")
    typed = portal.world.aoba.replace("-", "－")
    found = client.get("/portal/accounts", query_string={"number": typed})
    assert found.location == f"/portal/accounts/{portal.world.aoba}"
    for typed, said in (
        (NOBODYS, "There is no open account with this number."),
        ("12", "Enter the account number as it is printed"),
    ):
        answer = client.get("/portal/accounts", query_string={"number": typed})
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed}"' in answer.text


def test_of_many_projects_the_first_are_shown_with_the_way_to_the_rest(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.issued(10)
    portal.issued(20, project=world.ITMO_PROJECT)
    monkeypatch.setattr("app.web.accounts._BALANCES_SHOWN", 1)
    page = portal.sign_in("aoba-proposer").get(f"/portal/accounts/{portal.world.aoba}").text
    assert "The first 1 are shown." in page
    assert world.PROJECT in page and world.ITMO_PROJECT not in page
    assert ">30<" in page, "the total is of all"
