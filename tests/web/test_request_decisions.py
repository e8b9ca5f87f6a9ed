"""Deciding a request: only a second person, signed, once, with a reason, and told how it ended."""

import base64
import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import State
from app.domain.requests import Delivery, Kind, Status
from app.domain.roles import Right
from app.registry import claims
from app.store.tables import Link, Representative, Request, User
from tests import world
from tests.asking import ask, main, newcomer
from tests.portal import Portal, counted, error_summary
from tests.world import NOW


@pytest.fixture
def made(portal: Portal) -> str:
    """Aoba's proposer asks to add a new person to Aoba's account."""
    return newcomer(portal)


def status(portal: Portal, number: str) -> Status:
    with portal.database.reading() as session:
        return session.get_one(Request, int(number.removeprefix("R-"))).status


def state(portal: Portal, user: int) -> State:
    with portal.database.reading() as session:
        return session.get_one(User, user).state


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_second_person_approves_and_the_person_gets_a_login_id(
    portal: Portal, made: str, language: str
) -> None:
    client = portal.sign_in("approver", language)
    page = main(client.get(f"/portal/requests/{made}/approval").text)
    assert portal.world.aoba in page and "mori@aoba.example" in page
    answer = client.send(f"/portal/requests/{made}/approval")
    assert (answer.status_code, answer.location) == (303, f"/portal/requests/{made}?decided=yes")
    assert 'class="panel"' in client.get(answer.location).text
    assert status(portal, made) is Status.APPROVED
    with portal.database.reading() as session:
        person = session.scalars(select(User).where(User.email == "mori@aoba.example")).one()
        assert person.password_hash is None
        assert re.fullmatch(r"JP\d{10}", person.login_id)


def test_approving_twice_gives_the_same_answer(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    answers = [client.send(f"/portal/requests/{made}/approval") for _ in range(2)]
    assert {answer.location for answer in answers} == {f"/portal/requests/{made}?decided=yes"}


def test_without_a_signature_nothing_is_approved(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    client.get(f"/portal/requests/{made}/approval")
    answer = client.send(f"/portal/requests/{made}/approval", assertion="")
    assert answer.status_code == 422
    assert status(portal, made) is Status.WAITING
    assert portal.refusals() == ["ProofRequired"]


@pytest.mark.parametrize(
    "login_id", ["aoba-proposer", "aoba-approver", "operator", "auditor", "outsider"]
)
def test_nobody_else_decides(portal: Portal, made: str, login_id: str) -> None:
    client = portal.sign_in(login_id)
    for noun in ("approval", "rejection"):
        answer = client.send(f"/portal/requests/{made}/{noun}", assertion="x", reason="No")
        assert answer.status_code == (404 if login_id == "outsider" else 422), noun
        shown = client.get(f"/portal/requests/{made}/{noun}")
        assert shown.status_code == (404 if login_id == "outsider" else 303)
    assert status(portal, made) is Status.WAITING
    assert set(portal.refusals()) == (set() if login_id == "outsider" else {"NotEntitled"})


def test_case_126_nobody_decides_on_an_own_request_or_one_about_themselves(portal: Portal) -> None:
    own = ask(
        portal, Kind.SUSPEND_PERSON, actor=portal.world.system_administrator, login_id="outsider"
    )
    system = portal.sign_in("system-administrator")
    answer = system.send(f"/portal/requests/{own}/approval", assertion="x")
    assert answer.status_code == 422 and "asked for this yourself" in answer.text
    about = ask(
        portal, Kind.CHANGE_DETAILS, actor=portal.world.approver, login_id="approver",
        name_en="Another", name_ja="別", email="a@example.com",
    )  # fmt: skip
    approver = portal.sign_in("approver")
    assert "/rejection" not in approver.get(f"/portal/requests/{about}").text
    answer = approver.send(f"/portal/requests/{about}/rejection", reason="No")
    assert answer.status_code == 422 and "about yourself" in answer.text
    assert status(portal, own) is status(portal, about) is Status.WAITING


@pytest.mark.parametrize("reason", ["", "   ", "　"])
def test_case_128_a_rejection_needs_its_reason(portal: Portal, made: str, reason: str) -> None:
    client = portal.sign_in("approver")
    answer = client.send(f"/portal/requests/{made}/rejection", reason=reason)
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == ["reason"]
    assert status(portal, made) is Status.WAITING
    assert portal.refusals() == ["ReasonRequired"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_rejection_with_its_reason_ends_the_request(
    portal: Portal, made: str, language: str
) -> None:
    client = portal.sign_in("approver", language)
    assert client.get(f"/portal/requests/{made}/rejection").status_code == 200
    answer = client.send(f"/portal/requests/{made}/rejection", reason="Wrong name")
    assert answer.status_code == 303
    assert "Wrong name" in client.get(answer.location).text
    assert status(portal, made) is Status.REJECTED
    with portal.database.reading() as session:
        assert not session.scalars(select(User).where(User.email == "mori@aoba.example")).all()


def test_who_asked_withdraws_with_a_reason_and_what_was_stopped_goes_on(portal: Portal) -> None:
    made = ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="aoba-approver")
    assert state(portal, portal.world.aoba_approver) is State.SUSPENDED
    client = portal.sign_in("operator")
    assert "goes on as before" in client.get(f"/portal/requests/{made}/withdrawal").text
    assert client.send(f"/portal/requests/{made}/withdrawal", reason="").status_code == 422
    answer = client.send(f"/portal/requests/{made}/withdrawal", reason="By mistake")
    assert answer.status_code == 303
    assert "By mistake" in client.get(answer.location).text
    assert state(portal, portal.world.aoba_approver) is State.ACTIVE


def test_what_was_decided_stays_decided(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    client.send(f"/portal/requests/{made}/approval")
    other = portal.sign_in("system-administrator")
    answer = other.send(f"/portal/requests/{made}/rejection", reason="Late")
    assert answer.status_code == 409
    assert "decided already" in answer.text
    assert status(portal, made) is Status.APPROVED


def test_the_letter_is_shown_once_and_its_code_is_kept_as_a_hash(portal: Portal) -> None:
    made = ask(
        portal,
        Kind.INITIALISE_PASSWORD,
        actor=portal.world.operator,
        login_id="aoba-proposer",
        delivery=Delivery.LETTER,
    )
    client = portal.sign_in("approver")
    assert "A letter is made" in client.get(f"/portal/requests/{made}/approval").text
    answer = client.send(f"/portal/requests/{made}/approval")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'href="data:application/pdf;base64,([^"]+)" download="([^"]+)"', answer.text)
    assert found and found[2] == f"letter-{made}.pdf"
    (sheet,) = PdfReader(io.BytesIO(base64.b64decode(found[1]))).pages
    printed = sheet.extract_text()
    code = re.search(r"(?:[2-9A-Z]{5}-){4}[2-9A-Z]{5}", printed)
    assert code, printed
    assert code[0] not in answer.text
    with portal.database.reading() as session:
        assert code[0].encode() not in session.scalars(select(Link)).one().secret_hash
    again = client.send(f"/portal/requests/{made}/approval")
    assert again.status_code == 303
    assert "data:application/pdf" not in client.get(f"/portal/requests/{made}").text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_who_replaces_a_second_factor_is_told_to_call_back(portal: Portal, language: str) -> None:
    made = ask(
        portal,
        Kind.REPLACE_SECOND_FACTOR,
        actor=portal.world.operator,
        login_id="aoba-proposer",
        delivery=Delivery.LETTER,
    )
    said = "Call back before you approve" if language == "en" else "折り返しの電話"
    client = portal.sign_in("approver", language)
    for address in (f"/portal/requests/{made}", f"/portal/requests/{made}/approval"):
        assert said in client.get(address).text
    assert client.send(f"/portal/requests/{made}/approval").status_code == 200
    assert said not in client.get(f"/portal/requests/{made}").text


def test_a_new_address_is_confirmed_before_it_is_approved(portal: Portal) -> None:
    with portal.database.writing() as session:
        session.get_one(User, portal.world.aoba_proposer).email = "old@aoba.example"
    made = ask(
        portal, Kind.CHANGE_DETAILS, actor=portal.world.aoba_proposer, login_id="aoba-proposer",
        name_en="Aoba Proposer", name_ja="Aoba Proposer", email="new@aoba.example",
    )  # fmt: skip
    client = portal.sign_in("approver")
    for address in (f"/portal/requests/{made}", f"/portal/requests/{made}/approval"):
        assert "not confirmed yet" in client.get(address).text
    answer = client.send(f"/portal/requests/{made}/approval")
    assert answer.status_code == 422 and "not confirmed yet" in answer.text
    assert status(portal, made) is Status.WAITING


def test_o12_after_approval_a_deactivated_person_signs_in_no_more(portal: Portal) -> None:
    made = ask(portal, Kind.DEACTIVATE_PERSON, actor=portal.world.auditor, login_id="auditor")
    assert state(portal, portal.world.auditor) is State.DEACTIVATION_PENDING
    client = portal.sign_in("approver")
    assert client.send(f"/portal/requests/{made}/approval").status_code == 303
    assert state(portal, portal.world.auditor) is State.DEACTIVATED
    person = main(client.get(f"/portal/people/{portal.world.auditor}").text)
    assert "Deactivated" in person and "/new" not in person
    visitor = portal.visitor()
    visitor.get("/sign-in")
    refused = visitor.send("/sign-in", login_id="auditor", password=world.PASSWORD)
    assert refused.status_code == 422


def test_o16_who_is_removed_loses_the_account_at_the_next_click(portal: Portal) -> None:
    def third(session: Session) -> int:
        made = world.person(session, "kaede-third")
        rights = {
            portal.world.kaede_proposer: Right.BOTH,
            portal.world.kaede_approver: Right.APPROVE,
            made: Right.PROPOSE,
        }
        world.appoint(session, portal.world.kaede, rights, portal.world.operator)
        return made

    person = portal.database.write(third)
    number = ask(
        portal,
        Kind.REMOVE_REPRESENTATIVE,
        actor=portal.world.kaede_proposer,
        login_id="kaede-third",
        account=portal.world.kaede,
    )
    removed = portal.sign_in("kaede-third")
    assert removed.get(f"/portal/accounts/{portal.world.kaede}").status_code == 200
    assert portal.sign_in("approver").send(f"/portal/requests/{number}/approval").status_code == 303
    assert removed.get(f"/portal/accounts/{portal.world.kaede}").status_code == 404
    assert removed.get(f"/portal/people/{portal.world.kaede_proposer}").status_code == 404
    with portal.database.reading() as session:
        left = select(Representative).where(Representative.user_id == person)
        assert not session.scalars(left).all()
    history = main(portal.sign_in("kaede-proposer").get(f"/portal/requests/{number}").text)
    assert ">Propose<" in history and "Kaede Third" in history


def test_who_has_not_claimed_it_is_told_who_has(portal: Portal, made: str) -> None:
    portal.database.write(
        lambda session: claims.claim(
            session,
            request=1,
            subject=made,
            to=portal.world.system_administrator,
            comment="",
            actor=portal.world.system_administrator,
            now=NOW,
        )
    )
    client = portal.sign_in("approver")
    page = client.get(f"/portal/requests/{made}/approval")
    assert "Claimed by System Administrator" in page.text
    answer = client.send(f"/portal/requests/{made}/approval")
    assert answer.status_code == 409
    assert "Take it over with a comment first" in answer.text
    assert status(portal, made) is Status.WAITING
    assert f"/portal/tasks/{made}" in answer.text


def test_a_reason_kept_through_sign_in_is_shown_again(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    address = f"/portal/requests/{made}/rejection"
    answer = client.send(address, reason="Kept", resumed="yes")
    assert answer.status_code == 200 and ">Kept</textarea>" in answer.text
    assert status(portal, made) is Status.WAITING


def test_the_page_costs_few_statements(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    with counted(portal) as statements:
        client.get(f"/portal/requests/{made}/approval")
    assert len(statements) <= 12, statements
