"""Checking an application, handing it in once, and taking it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.applications import Status, number
from app.store import applications as questions
from app.store.tables import Application
from tests import applying
from tests.asking import main
from tests.portal import Portal, counted, error_summary
from tests.world import NOW


def begun(portal: Portal, form: int = 3, *, filled: bool = True, **asked: Any) -> str:
    """Return the number of a draft of Aoba's."""

    def begin(session: Session) -> str:
        made = applying.begun(session, portal.world, form, **asked)
        if filled:
            applying.fill(session, made)
        return number(made.id)

    return portal.database.write(begin)


def visited(portal: Portal) -> tuple[str, str]:
    """Return the number of a visitor's finished draft and the secret of its link."""

    def begin(session: Session) -> tuple[str, str]:
        made, by = applying.visited(session)
        applying.fill(session, made, by=by)
        return number(made.id), by.secret

    return portal.database.write(begin)


def found(portal: Portal, printed: str) -> Application:
    with portal.database.reading() as session:
        application = questions.by_id(session, int(printed[2:]))
        assert application is not None
        return application


def events(portal: Portal, printed: str) -> list[str]:
    with portal.database.reading() as session:
        return applying.events(session, session.get_one(Application, int(printed[2:])))


@pytest.fixture
def draft(portal: Portal) -> str:
    return begun(portal, 4)


def test_an_application_is_checked_signed_and_received(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(minutes=5)
    with counted(portal) as statements:
        page = main(client.get(f"/applications/{draft}/check").text)
    assert len(statements) <= 12, "\n".join(statements)
    assert "We no longer operate projects." in page and "seal_certificate.pdf" in page
    assert "It cannot be opened again." in page
    answer = client.send(f"/applications/{draft}/submission")
    assert answer.location == f"/applications/{draft}/submission"
    receipt = main(client.get(answer.location).text)
    with portal.database.reading() as session:
        files = questions.attachments(session, int(draft[2:]))
    for said in (draft, "10:35 02/11/2026", "JST (UTC+09:00)", "02/12/2026", files[0].sha256.hex()):
        assert said in receipt, said
    assert events(portal, draft) == ["submit"]


def test_submit_pressed_twice_hands_it_in_once(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    address = f"/applications/{draft}/submission"
    answers = [client.send(address, assertion="") for _ in range(1)]
    assert answers[0].status_code == 422
    first = client.send(address)
    second = client.send(address, code="000000")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert events(portal, draft) == ["submit"]


def test_nothing_is_handed_in_unsigned(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    client.get(f"/applications/{draft}/check")
    answer = client.send(f"/applications/{draft}/submission", code="")
    assert answer.status_code == 422 and list(error_summary(answer.text)) == ["code"]
    assert found(portal, draft).status is Status.DRAFT
    assert portal.refusals() == ["ProofRequired"]


def test_a_signature_is_good_for_exactly_what_was_shown(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    proof = client._proof(f"/applications/{draft}/submission", {})

    def changed(session: Session) -> None:
        application = session.get_one(Application, int(draft[2:]))
        applying.save(session, application, "closure", {"reason": "Another", "is_empty": "yes"})

    portal.database.write(changed)
    answer = client.send(f"/applications/{draft}/submission", **proof)
    assert answer.status_code == 422
    assert found(portal, draft).status is Status.DRAFT


def test_all_that_is_missing_is_said_and_linked(portal: Portal) -> None:
    printed = begun(portal, 1, filled=False)
    client = portal.sign_in("aoba-proposer", "ja")
    page = client.get(f"/applications/{printed}/check").text
    assert "まだ提出できません" in page and not error_summary(page)
    answer = client.send(f"/applications/{printed}/submission")
    assert answer.status_code == 422
    missing = re.findall(r'<a href="#((?:section|document):\w+)">', answer.text)
    assert {"section:holder", "section:person_2", "document:registered_matters"} <= set(missing)
    assert all(f'id="{item}"' in answer.text for item in missing)
    assert found(portal, printed).status is Status.DRAFT


def test_o29_a_change_that_changes_nothing_is_refused(portal: Portal) -> None:
    printed = begun(portal, 2)

    def unchanged(session: Session) -> None:
        application = session.get_one(Application, int(printed[2:]))
        reason = {"reason": application.answers["reason"]}
        application.before = {
            key: given for key, given in application.answers.items() if key != "reason"
        }
        application.answers = application.before | reason

    portal.database.write(unchanged)
    client = portal.sign_in("aoba-proposer")
    answer = client.send(f"/applications/{printed}/submission")
    assert answer.status_code == 422
    assert "Nothing differs from what is recorded." in answer.text


def test_o75_a_fault_loses_nothing_and_pressing_again_gives_one(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    full = (
        "CREATE TRIGGER full BEFORE INSERT ON application_steps"
        " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    portal.database.write(lambda session: session.execute(text(full)))
    proof = client._proof(f"/applications/{draft}/submission", {})
    answer = client.send(f"/applications/{draft}/submission", **proof)
    assert answer.status_code == 503
    assert "Press the button again before you leave this page" in error_summary(answer.text)[""]
    assert "We no longer operate projects." in answer.text
    assert found(portal, draft).status is Status.DRAFT
    portal.database.write(lambda session: session.execute(text("DROP TRIGGER full")))
    again = client.send(f"/applications/{draft}/submission")
    assert again.status_code == 303
    assert events(portal, draft) == ["submit"]


def test_o76_sections_are_opened_and_closed_by_the_keyboard_alone(
    portal: Portal, draft: str
) -> None:
    page = main(portal.sign_in("aoba-proposer").get(f"/applications/{draft}/check").text)
    # The browser's own element says its state to whoever cannot see it.
    assert page.count("<details open") == page.count("<summary") == 2


def test_a_visitor_ticks_the_declaration_and_types_a_name(portal: Portal) -> None:
    printed, secret = visited(portal)
    visitor = portal.visitor("ja")
    visitor.set_cookie("application_jp", secret)
    page = visitor.get(f"/applications/{printed}/check").text
    assert 'name="code"' not in page and "data-passkey" not in page
    address = f"/applications/{printed}/submission"
    wrong = visitor.send(address)
    assert list(error_summary(wrong.text)) == ["declared", "name"]
    wrong = visitor.send(address, declared="yes", name="x" * 101)
    assert list(error_summary(wrong.text)) == ["name"]
    assert 'id="declared" name="declared" value="yes" checked' in wrong.text
    answer = visitor.send(address, declared="yes", name="青葉　花子")
    assert answer.status_code == 303
    assert printed in main(visitor.get(answer.location).text)
    with portal.database.reading() as session:
        assert questions.steps(session, int(printed[2:]))[-1].facts["name"] == "青葉 花子"


def test_a_submitted_application_is_withdrawn(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    client.send(f"/applications/{draft}/submission")
    page = client.get(f"/applications/{draft}/withdrawal")
    assert "stays on record" in page.text
    long = client.send(f"/applications/{draft}/withdrawal", reason="x" * 1_100)
    assert list(error_summary(long.text)) == ["reason"]
    answer = client.send(f"/applications/{draft}/withdrawal", reason="Sold")
    assert answer.location == f"/applications/{draft}?withdrawn=yes"
    shown = main(client.get(answer.location).text)
    assert "is withdrawn" in shown and "Sold" in shown
    assert found(portal, draft).status is Status.WITHDRAWN
    # What has ended leads to where it stands.
    for page_ in ("check", "submission", "withdrawal", "discard"):
        gone = client.get(f"/applications/{draft}/{page_}")
        assert gone.location == f"/applications/{draft}"


def test_a_draft_is_discarded_with_all_that_is_in_it(portal: Portal, draft: str) -> None:
    client = portal.sign_in("aoba-proposer")
    assert "cannot be undone" in client.get(f"/applications/{draft}/discard").text
    answer = client.send(f"/applications/{draft}/discard")
    assert answer.location == f"/portal/applications?discarded={draft}"
    assert f"The draft {draft} is discarded." in client.get(answer.location).text
    assert (found(portal, draft).status, found(portal, draft).answers) == (Status.DISCARDED, {})
    printed, secret = visited(portal)
    visitor = portal.visitor()
    visitor.set_cookie("application_jp", secret)
    visitor.get(f"/applications/{printed}/discard")
    answer = visitor.send(f"/applications/{printed}/discard")
    assert answer.location == "/applications/new?discarded=yes"
    assert visitor.get_cookie("application_jp") is None


def test_whoever_only_sees_an_application_submits_and_withdraws_nothing(portal: Portal) -> None:
    printed = portal.database.write(
        lambda session: number(applying.submitted(session, portal.world).id)
    )
    for login_id in ("aoba-approver", "operator"):
        client = portal.sign_in(login_id)
        client.get(f"/applications/{printed}")
        for page in ("check", "withdrawal"):
            assert client.get(f"/applications/{printed}/{page}").status_code == 403
        for page in ("submission", "withdrawal", "discard"):
            answer = client.send(f"/applications/{printed}/{page}", code="x")
            assert answer.status_code in {403, 409}, (login_id, page)
    assert found(portal, printed).status is Status.SUBMITTED
