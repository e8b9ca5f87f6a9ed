"""Who may open the pages of an application: whoever fills it in, and nobody else learns of it."""

from sqlalchemy.orm import Session

from app.domain.applications import number
from app.registry.filling import Filler
from tests import applying
from tests.asking import main
from tests.portal import Portal


def begun(portal: Portal, **asked: object) -> str:
    return portal.database.write(
        lambda session: number(applying.begun(session, portal.world, **asked).id)
    )


def visited(session: Session) -> tuple[str, Filler]:
    made, by = applying.visited(session)
    return number(made.id), by


def test_a_draft_is_its_writers_alone(portal: Portal) -> None:
    draft = begun(portal)
    nobodys = "A-000999"
    assert portal.sign_in("aoba-proposer").get(f"/applications/{draft}").status_code == 200
    for login_id in ("aoba-approver", "kaede-proposer", "operator", "system-administrator"):
        client = portal.sign_in(login_id)
        for page in ("", "/sections/certificate", "/check", "/submission", "/discard"):
            found, none = (client.get(f"/applications/{one}{page}") for one in (draft, nobodys))
            assert found.status_code == none.status_code == 404, (login_id, page)
            assert main(found.text) == main(none.text)


def test_who_is_not_signed_in_is_led_to_sign_in_whatever_the_number(portal: Portal) -> None:
    draft = begun(portal)
    for one in (draft, "A-000999", "nonsense"):
        visitor = portal.visitor()
        answer = visitor.get(f"/applications/{one}/check")
        assert (answer.status_code, answer.location) == (
            303,
            f"/sign-in?next=/applications/{one}/check",
        )


def test_the_link_of_one_application_opens_no_other(portal: Portal) -> None:
    draft = begun(portal)
    made, by = portal.database.write(visited)
    visitor = portal.visitor()
    visitor.set_cookie("application_jp", by.secret)
    assert visitor.get(f"/applications/{made}").status_code == 200
    assert visitor.get(f"/applications/{draft}").status_code == 404
    visitor.set_cookie("application_jp", "another")
    assert visitor.get(f"/applications/{made}").status_code == 404


def test_a_form_that_comes_after_the_session_is_kept_through_sign_in(portal: Portal) -> None:
    draft = begun(portal)
    client = portal.sign_in("aoba-proposer")
    address = f"/applications/{draft}/sections/certificate"
    client.get(address)
    client.delete_cookie("session_jp")
    client.get("/sign-in")
    late = client.send(address, purpose="For the bank", seen="x", action="on")
    assert late.status_code == 401
    assert 'name="kept_purpose" value="For the bank"' in late.text
    resumed = portal.sign_in("aoba-proposer")
    again = resumed.send(address, purpose="For the bank", seen="x", resumed="yes")
    assert again.status_code == 200 and "For the bank</textarea>" in again.text


def test_what_saves_itself_after_the_session_leaves_the_page_as_it_is(portal: Portal) -> None:
    draft = begun(portal)
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.post(
        f"/applications/{draft}/sections/certificate",
        data={"csrf_token": visitor.token, "purpose": "x"},
        headers={"HX-Request": "true", "HX-Target": "saved"},
    )
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers and "data-message" in answer.text
