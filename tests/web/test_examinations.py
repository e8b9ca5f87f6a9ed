"""Examining an application: one page with all of it, the checklist, and asking for a correction."""

import re

import pytest
from sqlalchemy.orm import Session

from app.domain.applications import Status, number
from app.registry import checklists, claims
from app.store import applications as questions
from app.store.tables import Application
from app.store.tables.applications import Standing
from tests import applying, examining
from tests.asking import main
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.world import NOW


def submitted(portal: Portal, form: int = 3, **asked: object) -> str:
    """Return the number of an application of Aoba's that was handed in."""
    return portal.database.write(
        lambda session: number(applying.submitted(session, portal.world, form, **asked).id)
    )


def found(portal: Portal, printed: str) -> Application:
    with portal.database.reading() as session:
        application = questions.by_id(session, int(printed[2:]))
        assert application is not None
        return application


def marks(portal: Portal, printed: str) -> dict[str, tuple[Standing, str | None]]:
    with portal.database.reading() as session:
        rows = questions.marks(session, int(printed[2:]))
        return {item: (mark.standing, mark.remark) for item, mark in rows.items()}


def page_of(printed: str, noun: str = "") -> str:
    return f"/portal/applications/{printed}/examination" + (f"/{noun}" if noun else "")


def claim(client: PortalClient, printed: str) -> None:
    answer = client.send(f"/portal/tasks/{printed}/claim", comment="", then="examination")
    assert answer.location == page_of(printed)


def ticked(portal: Portal, printed: str) -> dict[str, str]:
    """Return the checklist as a form that finds everything in order."""
    items = checklists.items(found(portal, printed))
    return {f"standing_{item.replace(':', '_')}": "fine" for item in items}


@pytest.fixture
def certificate(portal: Portal) -> str:
    return submitted(portal)


def test_one_page_shows_all_of_an_application_in_few_questions(portal: Portal) -> None:
    printed = submitted(portal, 1)
    again = submitted(portal, 1, actor=portal.world.outsider)
    for language in ("en", "ja"):
        client = portal.sign_in("operator", language)
        with counted(portal) as statements:
            answer = client.get(page_of(printed))
        assert len(statements) <= 12, statements
        page = main(answer.text)
        for shown in ("Hanako Mihon", "見本 太郎", "registered_matters.pdf", "SHA-256", again):
            assert shown in page, shown
        assert "/claim" in page
        assert "standing_section_holder" not in page
        assert f"/applications/{printed}/attachments/" in page


def test_a_change_stands_beside_what_is_recorded(portal: Portal) -> None:
    printed = submitted(portal, 2)
    page = main(portal.sign_in("auditor").get(page_of(printed)).text)
    row = re.search(r"Name of the corporation \(English\).*?</tr>", page, re.S)
    assert row is not None
    assert "Aoba Energy" in row[0] and "Mihon Trading" in row[0] and "Changed" in row[0]


def test_whoever_claimed_it_ticks_off_with_one_button_or_item_by_item(
    portal: Portal, certificate: str
) -> None:
    client = portal.sign_in("operator")
    claim(client, certificate)
    form = ticked(portal, certificate)
    first, second, *_rest = form
    answer = client.send(
        page_of(certificate, "marks"), **{first: "fine", second: "problem"},
        **{second.replace("standing", "remark"): "Not ours"},
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"{page_of(certificate)}?was=saved")
    kept = marks(portal, certificate)
    assert sorted(kept.values()) == [(Standing.FINE, None), (Standing.PROBLEM, "Not ours")]
    part = client.post(
        page_of(certificate, "marks"),
        data=form | {"csrf_token": client.token},
        headers={"HX-Request": "true", "HX-Target": "progress"},
    )
    assert part.status_code == 200 and "<h1" not in part.text
    assert "0 items are not settled yet" in part.text
    assert {standing for standing, _remark in marks(portal, certificate).values()} == {
        Standing.FINE
    }
    client.send(page_of(certificate, "marks"))
    assert marks(portal, certificate) == {}


def test_a_remark_without_a_tick_is_not_lost(portal: Portal, certificate: str) -> None:
    client = portal.sign_in("operator")
    claim(client, certificate)
    first, second, *_rest = ticked(portal, certificate)
    remark = second.replace("standing", "remark")
    answer = client.send(page_of(certificate, "marks"), **{first: "fine", remark: "Look again"})
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == [second]
    assert "Look again</textarea>" in answer.text
    assert len(marks(portal, certificate)) == 1


def test_o22_who_may_not_examine_finds_no_action_and_is_refused(
    portal: Portal, certificate: str
) -> None:
    nouns = ("marks", "correction", "recommendation", "return", "approval", "rejection")
    for login_id in ("auditor", "operator"):
        # The operator has not claimed it.
        client = portal.sign_in(login_id)
        page = main(client.get(page_of(certificate)).text)
        assert not [noun for noun in nouns if f"/examination/{noun}" in page]
        assert ("/claim" in page) is (login_id == "operator")
        for noun in nouns:
            assert client.get(page_of(certificate, noun)).status_code == 303
            form = ticked(portal, certificate) if noun == "marks" else {"correct_check_x": "yes"}
            answer = client.send(
                page_of(certificate, noun), words="No", assertion="x", **form,
                why_section_certificate="Because",
            )  # fmt: skip
            assert answer.status_code == 422, noun
        answer = client.send(f"/portal/tasks/{certificate}/claim", comment="Mine")
        assert answer.status_code == (422 if login_id == "auditor" else 303)
        client.send(f"/portal/tasks/{certificate}/release", comment_on_release="")
    for login_id in ("aoba-proposer", "system-administrator", "outsider"):
        client = portal.sign_in(login_id)
        assert client.get(page_of(certificate)).status_code == 403
        assert client.send(page_of(certificate, "marks")).status_code == 403
    assert found(portal, certificate).status is Status.SUBMITTED
    assert marks(portal, certificate) == {}


def test_the_draft_of_somebody_is_as_one_that_is_not_there(portal: Portal) -> None:
    printed = portal.database.write(
        lambda session: number(applying.begun(session, portal.world).id)
    )
    client = portal.sign_in("operator")
    for address in (page_of(printed), page_of("A-000999"), page_of("A-1"), page_of("R-000001")):
        assert client.get(address).status_code == 404, address


def test_the_applicant_sees_which_item_is_to_be_corrected_and_why(
    portal: Portal, certificate: str
) -> None:
    client = portal.sign_in("operator")
    claim(client, certificate)
    item = checklists.items(found(portal, certificate))[0]
    name = item.replace(":", "_")
    problem = {f"standing_{name}": "problem", f"remark_{name}": "Say for whom"}
    client.send(page_of(certificate, "marks"), **problem)
    page = main(client.get(page_of(certificate, "correction")).text)
    assert re.search(rf'name="correct_{name}" value="yes" checked', page)
    assert "Say for whom</textarea>" in page
    answer = client.send(page_of(certificate, "correction"))
    assert (answer.status_code, list(error_summary(answer.text))) == (422, ["items"])
    answer = client.send(page_of(certificate, "correction"), **{f"correct_{name}": "yes"})
    assert list(error_summary(answer.text)) == [f"why_{name}"]
    form = {f"correct_{name}": "yes", f"why_{name}": "Say for whom", "comment": "Soon"}
    answer = client.send(page_of(certificate, "correction"), **form)
    assert answer.location == f"{page_of(certificate)}?was=returned"
    assert found(portal, certificate).status is Status.RETURNED
    page = main(client.get(page_of(certificate)).text)
    assert "Say for whom" in page and "/examination/recommendation" not in page
    applicant = main(portal.sign_in("aoba-proposer").get(f"/applications/{certificate}").text)
    assert "Say for whom" in applicant


def test_what_another_has_claimed_is_taken_over_first(portal: Portal, certificate: str) -> None:
    def other(session: Session) -> None:
        application = questions.by_id(session, int(certificate[2:]))
        assert application is not None
        examining.claim(session, application, portal.world.operator)

    portal.database.write(other)
    client = portal.sign_in("operator")
    # Between the page and the click the task is given back.
    client.get(page_of(certificate))
    portal.database.write(
        lambda session: claims.claim(
            session,
            application=int(certificate[2:]),
            subject=certificate,
            to=None,
            comment="Back",
            actor=portal.world.operator,
            now=NOW,
        )
    )
    answer = client.send(page_of(certificate, "marks"), **ticked(portal, certificate))
    assert answer.status_code == 422 and "Claim the application" in answer.text
    assert portal.refusals() == ["NotClaimed"]
