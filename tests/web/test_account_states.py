"""The state of an account: only the moves of the table, reasoned, signed, and kept as history."""

import html
import itertools
import re
from typing import Final

from werkzeug.test import TestResponse

from app.domain.accounts import STATE_NAMES, State, moves_by_hand
from app.registry import accounts
from app.store import accounts as questions
from tests import authenticator
from tests.asking import main
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary

#: A way through every state that administrators set.
_WAY: Final = (
    State.PARTLY_BARRED,
    State.BARRED,
    State.SUSPENDED,
    State.OPEN,
    State.SUSPENDED,
    State.BARRED,
    State.PARTLY_BARRED,
    State.OPEN,
)


def put(portal: Portal, state: State) -> None:
    """Let an account be in a state, as an application about it would."""
    portal.database.write(
        lambda session: setattr(questions.by_number(session, portal.world.aoba), "state", state)
    )


def state(portal: Portal) -> State:
    with portal.database.reading() as session:
        account = questions.by_number(session, portal.world.aoba)
        assert account is not None
        return account.state


def change(client: PortalClient, portal: Portal, wanted: State, **fields: str) -> TestResponse:
    """Choose a state, look at the page that asks for the signature, and send it signed."""
    address = f"/portal/accounts/{portal.world.aoba}/state"
    shown = client.get(address, query_string={"to": wanted})
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(shown.text))
    form = {"to": wanted.value, "before": state(portal).value, "assertion": proof}
    return client.send(address, **form | {"reason": "Order 2026-1"} | fields)


def test_o25_only_the_pairs_of_the_table_exist_and_each_stands_in_the_history(
    portal: Portal,
) -> None:
    client, account = portal.sign_in("operator"), portal.world.aoba
    for place, after in enumerate(_WAY):
        before = state(portal)
        page = main(client.get(f"/portal/accounts/{account}/state").text)
        assert set(re.findall(r'name="to" value="(\w+)"', page)) == moves_by_hand(before)
        answer = change(client, portal, after, reason=f"Order {place}")
        assert (answer.status_code, answer.location) == (303, f"/portal/accounts/{account}")
        assert state(portal) is after
    page = main(client.get(f"/portal/accounts/{account}").text)
    history = page[page.index('id="states_title"') :]
    names = [STATE_NAMES[one].en for one in (State.OPEN, *_WAY)]
    told = re.findall(r"<strong>([^<]+)</strong>", history)[: len(_WAY)]
    assert told == [f"{a} → {b}" for a, b in itertools.pairwise(names)][::-1]
    assert "by Operator" in history and "Order 7" in history
    other = portal.sign_in("auditor", "ja").get(f"/portal/accounts/{account}").text
    assert "Order 7" in other
    assert "Order 7" not in portal.sign_in("aoba-proposer").get(f"/portal/accounts/{account}").text


def test_o26_while_a_closure_waits_no_bar_is_laid_or_lifted(portal: Portal) -> None:
    client, account = portal.sign_in("operator"), portal.world.aoba
    put(portal, State.CLOSURE_PENDING)
    assert f'/{account}/state"' not in main(client.get(f"/portal/accounts/{account}").text)
    for language in ("en", "ja"):
        client.set_cookie("language_jp", language)
        page = main(client.get(f"/portal/accounts/{account}/state").text)
        assert "<form" not in page
        assert ("It is decided first" in page) or ("先に" in html.unescape(page))
    for wanted in (State.OPEN, State.PARTLY_BARRED, State.SUSPENDED, State.CLOSED):
        answer = client.send(
            f"/portal/accounts/{account}/state",
            to=wanted, before=State.CLOSURE_PENDING, reason="Now", assertion="x",
        )  # fmt: skip
        assert answer.status_code == 422, wanted
        assert state(portal) is State.CLOSURE_PENDING
    assert portal.refusals() == ["MoveNotAllowed"] * 4


def test_nobody_opens_or_closes_an_account_by_hand(portal: Portal) -> None:
    client, account = portal.sign_in("approver"), portal.world.aoba
    address = f"/portal/accounts/{account}/state"
    for before, wanted in (
        (State.APPLIED, State.OPEN),
        (State.OPEN, State.CLOSED),
        (State.OPEN, State.CLOSURE_PENDING),
        (State.CLOSED, State.OPEN),
    ):
        put(portal, before)
        assert client.get(address, query_string={"to": wanted}).status_code == 422
        answer = client.send(address, to=wanted, before=before, reason="Now", assertion="x")
        assert answer.status_code == 422
        assert state(portal) is before


def test_o27_nobody_else_finds_the_action_or_may_call_it(portal: Portal) -> None:
    account = portal.world.aoba
    address = f"/portal/accounts/{account}/state"
    assert f'"{address}"' in portal.sign_in("operator").get(f"/portal/accounts/{account}").text
    for login_id in ("auditor", "system-administrator", "aoba-proposer", "outsider"):
        client = portal.sign_in(login_id)
        assert f'"{address}"' not in client.get(f"/portal/accounts/{account}").text
        assert client.get(address).status_code == 403
        answer = client.send(address, to="barred", before="open", reason="Now", assertion="x")
        assert answer.status_code == 403
    assert state(portal) is State.OPEN


def test_without_reason_or_signature_nothing_changes_and_what_was_typed_stays(
    portal: Portal,
) -> None:
    client = portal.sign_in("operator")
    for reason in ("", " 　"):
        answer = change(client, portal, State.BARRED, reason=reason)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == ["reason"]
    answer = change(client, portal, State.BARRED, reason="x" * (accounts.REASON_MAX + 1))
    assert list(error_summary(answer.text)) == ["reason"]
    answer = change(client, portal, State.BARRED, assertion="")
    assert (answer.status_code, list(error_summary(answer.text))) == (422, ["code"])
    assert "Order 2026-1</textarea>" in answer.text
    assert state(portal) is State.OPEN
    # The signature is for one move: it does not serve another.
    answer = change(client, portal, State.BARRED, to=State.SUSPENDED)
    assert answer.status_code == 422
    assert state(portal) is State.OPEN


def test_who_comes_second_is_told_how_the_account_stands_now(portal: Portal) -> None:
    first, second = portal.sign_in("operator"), portal.sign_in("approver")
    address = f"/portal/accounts/{portal.world.aoba}/state"
    second.get(address, query_string={"to": "barred"})
    assert change(first, portal, State.BARRED).status_code == 303
    form = {"before": "open", "reason": "Now", "assertion": "x"}
    answer = second.send(address, to="barred", **form)
    assert answer.status_code == 409 and "All movements barred" in main(answer.text)
    answer = second.send(address, to="suspended", **form)
    assert answer.status_code == 409 and "Now</textarea>" in answer.text
    assert state(portal) is State.BARRED
    assert portal.refusals() == ["AlreadyDone", "ChangedMeanwhile"]
