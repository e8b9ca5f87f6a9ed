"""The task list, and what the applicant may know of what happened."""

from flask import g
from sqlalchemy.orm import Session

from app.domain.applications import number
from app.registry import filling
from app.store import applications as questions
from app.store.tables import Application
from app.web import application_parts
from tests import applying, examining
from tests.asking import main
from tests.portal import Portal


def tasks(portal: Portal, identifier: int) -> dict[str, tuple[str, str]]:
    with portal.app.test_request_context("/applications"), portal.database.reading() as session:
        g.language = "en"
        application = questions.by_id(session, identifier)
        assert application is not None
        parts = application_parts.parts(session, application, filling.form_of(application))
        return {one.item: (one.state, one.remark) for one in parts.sections + parts.documents}


def begun(portal: Portal, form: int, **asked: object) -> int:
    return portal.database.write(
        lambda session: applying.begun(session, portal.world, form, **asked).id
    )


def saved(portal: Portal, identifier: int, section: str, typed: dict[str, str]) -> None:
    def save(session: Session) -> None:
        application = session.get_one(Application, identifier)
        application.answers = {**application.answers, section: typed}

    portal.database.write(save)


def test_o19_each_part_is_in_the_list_with_how_far_it_is(portal: Portal) -> None:
    opening = begun(portal, 1)
    assert {state for state, _remark in tasks(portal, opening).values()} == {
        "Not started",
        "Not attached",
        "Optional",
    }
    saved(portal, opening, "contact", {"telephone": "03-1234-5678", "email": ""})
    assert tasks(portal, opening)["section:contact"][0] == "In progress"
    saved(portal, opening, "contact", {"telephone": "x", "email": "hanako@aoba.example"})
    assert tasks(portal, opening)["section:contact"][0] == "Problem"
    saved(portal, opening, "contact", {"telephone": "03-1234-5678", "email": "h@aoba.example"})
    assert tasks(portal, opening)["section:contact"][0] == "Done"
    portal.database.write(
        lambda session: applying.attach(
            session, session.get_one(Application, opening), "registered_matters"
        )
    )
    assert tasks(portal, opening)["document:registered_matters"][0] == "Attached"


def test_what_does_not_fit_the_other_parts_is_a_problem(portal: Portal) -> None:
    opening = begun(portal, 1)
    portal.database.write(
        lambda session: applying.fill(session, session.get_one(Application, opening))
    )
    with portal.database.reading() as session:
        first = dict(session.get_one(Application, opening).answers["person_1"])
    saved(portal, opening, "person_2", first)
    assert tasks(portal, opening)["section:person_2"][0] == "Problem"


def test_the_applicant_sees_which_item_is_to_be_corrected_and_why(portal: Portal) -> None:
    def returned(session: Session) -> int:
        made = applying.submitted(session, portal.world)
        examining.claim(session, made, portal.world.operator)
        items = {"section:certificate": "Say which bank."}
        examining.correct(session, made, items, portal.world.operator)
        return made.id

    identifier = portal.database.write(returned)
    assert tasks(portal, identifier)["section:certificate"][1] == "Say which bank."
    printed = number(identifier)
    client = portal.sign_in("aoba-proposer")
    for page in ("", "/sections/certificate"):
        assert "Say which bank." in main(client.get(f"/applications/{printed}{page}").text)


def test_administrators_are_named_by_role_and_their_own_words_stay_theirs(portal: Portal) -> None:
    def examined(session: Session) -> int:
        made = applying.submitted(session, portal.world)
        return examining.examined(session, portal.world, made).id

    printed = number(portal.database.write(examined))
    applicant = main(portal.sign_in("aoba-approver").get(f"/applications/{printed}").text)
    assert "Operator of the registry" in applicant and "Aoba Proposer" in applicant
    assert "checked" not in applicant and ">Operator<" not in applicant
    inside = main(portal.sign_in("auditor").get(f"/applications/{printed}").text)
    assert "checked" in inside
