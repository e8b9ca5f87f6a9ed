"""Asking for a change of people and powers: form, check page, signature, request."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.requests import Kind, Status
from app.domain.roles import Right
from app.store.tables import Request, User
from app.web.request_fields import FORMS, WORDS
from tests import world
from tests.asking import ask, main
from tests.authenticator import Passkey, asked
from tests.portal import Portal, counted, error_summary


def address(kind: Kind) -> str:
    return f"/portal/requests/{WORDS[kind]}"


def made(portal: Portal) -> list[Request]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def new_person(portal: Portal, **fields: str) -> dict[str, str]:
    form = {
        "account": portal.world.aoba,
        "right": "read",
        "name_en": "Hanako Mori",
        "name_ja": "森 花子",
        "email": "mori@aoba.example",
        "language": "ja",
        "delivery": "link",
        "comment": "Our auditor",
    }
    return form | {"key": world.key()} | fields


def example(portal: Portal, kind: Kind) -> dict[str, str]:
    """Return a form that the system administrator could send about Kaede's proposer."""
    form = {
        "person": str(portal.world.kaede_proposer),
        "account": portal.world.kaede,
        "right": "propose",
        "role": "",
        "delivery": "link",
        "name_en": "Kaede New",
        "name_ja": "楓 新",
        "email": "kaede@kaede.example",
        "language": "en",
    }
    if kind is Kind.CHANGE_ROLE:
        form |= {"person": str(portal.world.operator), "role": "auditor"}
    return {name: form[name] for name in FORMS[WORDS[kind]].fields if name in form}


def refused(answer: TestResponse, **at: str) -> None:
    assert answer.status_code == 422, answer.status_code
    found = error_summary(answer.text)
    assert list(found) == list(at), found
    assert all(said in found[field] for field, said in at.items()), found


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_request_goes_from_the_form_over_the_check_page_to_its_number(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer", language)
    form = client.get(f"{address(Kind.ADD_REPRESENTATIVE)}/new")
    assert portal.world.aoba in form.text and portal.world.kaede not in form.text
    fields = new_person(portal)
    check = client.send(f"{address(Kind.ADD_REPRESENTATIVE)}/check", **fields)
    assert check.status_code == 200
    for said in ("Hanako Mori", "森 花子", "mori@aoba.example", "Our auditor"):
        assert said in check.text
    assert not made(portal)
    proof = Passkey(login_id="aoba-proposer").given(asked(check.text))
    answer = client.send(address(Kind.ADD_REPRESENTATIVE), assertion=proof, **fields)
    assert (answer.status_code, answer.location) == (303, "/portal/requests/R-000001?sent=yes")
    told = client.get(answer.location).text
    assert "R-000001" in told and 'class="panel"' in told
    (request,) = made(portal)
    assert request.asked["name_ja"] == "森 花子" and request.status is Status.WAITING


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "kind", sorted(set(Kind) - {Kind.RESTORE_PERSON, Kind.RESTORE_REPRESENTATIVE})
)
def test_every_kind_has_a_form_and_a_check_page_in_both_languages(
    portal: Portal, kind: Kind, language: str
) -> None:
    client = portal.sign_in("system-administrator", language)
    fields = example(portal, kind)
    query = {name: fields[name] for name in ("person", "account") if name in fields}
    if kind in {Kind.CHANGE_RIGHT, Kind.REMOVE_REPRESENTATIVE, Kind.DEACTIVATE_PERSON}:
        more = world_with_a_third(portal)
        fields = fields | {"person": str(more)}
        query["person"] = str(more)
    assert client.get(f"{address(kind)}/new", query_string=query).status_code == 200
    check = client.send(f"{address(kind)}/check", **fields)
    assert check.status_code == 200, error_summary(check.text)
    answer = client.send(address(kind), **fields)
    assert answer.status_code == 303, error_summary(answer.text)
    assert [request.kind for request in made(portal)] == [kind]
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("kind", [Kind.RESTORE_PERSON, Kind.RESTORE_REPRESENTATIVE])
def test_who_is_stopped_can_be_restored(portal: Portal, kind: Kind) -> None:
    stop = {
        Kind.RESTORE_PERSON: (Kind.SUSPEND_PERSON, {}),
        Kind.RESTORE_REPRESENTATIVE: (
            Kind.SUSPEND_REPRESENTATIVE,
            {"account": portal.world.kaede},
        ),
    }[kind]
    stopped = ask(
        portal, stop[0], actor=portal.world.operator, login_id="kaede-proposer", **stop[1]
    )
    approver = portal.sign_in("approver")
    assert approver.send(f"/portal/requests/{stopped}/approval").status_code == 303
    client = portal.sign_in("operator")
    answer = client.send(address(kind), **example(portal, kind))
    assert answer.status_code == 303, error_summary(answer.text)


def world_with_a_third(portal: Portal) -> int:
    """Give Kaede a third person, whom the account can do without."""

    def change(session: Any) -> int:
        third = world.person(session, "kaede-third")
        rights = {
            portal.world.kaede_proposer: Right.BOTH,
            portal.world.kaede_approver: Right.APPROVE,
            third: Right.READ,
        }
        world.appoint(session, portal.world.kaede, rights, portal.world.operator)
        return third

    return portal.database.write(change)


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    fields = new_person(portal, email="nobody", right="", comment="Kept <all>")
    answer = client.send(f"{address(Kind.ADD_REPRESENTATIVE)}/check", **fields)
    refused(answer, right="required", email="mail address")
    assert 'value="nobody"' in answer.text and "Kept &lt;all&gt;" in answer.text
    assert 'value="森 花子"' in answer.text
    assert portal.refusals() == ["Required", "NotAnEmail"]
    assert not made(portal)


def test_an_address_of_somebody_else_is_refused_without_saying_so(portal: Portal) -> None:
    client = portal.sign_in("operator")
    ask_for = example(portal, Kind.ISSUE_LOGIN_ID)
    with portal.database.writing() as session:
        session.get_one(User, portal.world.outsider).email = "taken@example.com"
    answer = client.send(
        f"{address(Kind.ISSUE_LOGIN_ID)}/check", **ask_for | {"email": "Taken@example.com"}
    )
    refused(answer, email="cannot be used here")


def test_without_a_signature_nothing_is_asked(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    answer = client.send(address(Kind.ADD_REPRESENTATIVE), assertion="", **new_person(portal))
    assert answer.status_code == 422
    assert "Sign with your second factor" in answer.text
    assert not made(portal)
    assert portal.refusals() == ["ProofRequired"]


def test_a_signature_counts_for_exactly_what_was_shown(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    fields = new_person(portal)
    check = client.send(f"{address(Kind.ADD_REPRESENTATIVE)}/check", **fields)
    proof = Passkey(login_id="aoba-proposer").given(asked(check.text))
    other = fields | {"right": "both"}
    answer = client.send(address(Kind.ADD_REPRESENTATIVE), assertion=proof, **other)
    assert answer.status_code == 422
    assert not made(portal)
    assert portal.refusals() == ["PasskeyRefused"]


def test_a_request_sent_twice_is_made_once(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    fields = new_person(portal)
    answers = [client.send(address(Kind.ADD_REPRESENTATIVE), **fields) for _ in range(2)]
    assert {answer.location for answer in answers} == {"/portal/requests/R-000001?sent=yes"}
    assert len(made(portal)) == 1


def test_o15_who_may_only_read_or_approve_sees_no_action_and_is_refused(portal: Portal) -> None:
    third = world_with_a_third(portal)
    assert third
    target = portal.world.kaede_proposer
    for login_id in ("kaede-third", "kaede-approver"):
        client = portal.sign_in(login_id)
        for page in ("/portal/people", f"/portal/people/{target}", "/portal/requests"):
            assert "/new" not in main(client.get(page).text), (login_id, page)
        for kind in Kind:
            fields = example(portal, kind) | {"person": str(target), "key": world.key()}
            query = {name: fields[name] for name in ("person", "account") if name in fields}
            before = len(portal.refusals())
            assert client.get(f"{address(kind)}/new", query_string=query).status_code == 403
            assert client.send(address(kind), **fields).status_code == 403, kind
            assert set(portal.refusals()[before:]) == {"NotEntitled"}, kind
    assert not made(portal)


def test_o15_who_may_propose_asks_about_the_own_account_only(portal: Portal) -> None:
    client = portal.sign_in("kaede-proposer")
    allowed = {
        kind
        for kind in Kind
        if client.get(
            f"{address(kind)}/new",
            query_string={"person": portal.world.kaede_approver, "account": portal.world.kaede},
        ).status_code
        == 200
    }
    assert allowed == {
        Kind.ADD_REPRESENTATIVE,
        Kind.CHANGE_RIGHT,
        Kind.SUSPEND_REPRESENTATIVE,
        Kind.RESTORE_REPRESENTATIVE,
        Kind.REMOVE_REPRESENTATIVE,
    }
    for person, account in (
        (portal.world.aoba_proposer, portal.world.aoba),
        (portal.world.aoba_proposer, portal.world.kaede),
        (portal.world.kaede_approver, portal.world.aoba),
        (999_999, portal.world.kaede),
    ):
        query = {"person": str(person), "account": account, "right": "read"}
        found = client.get(f"{address(Kind.CHANGE_RIGHT)}/new", query_string=query)
        assert found.status_code == 404
        assert client.send(address(Kind.CHANGE_RIGHT), **query).status_code == 404
    answer = client.send(
        f"{address(Kind.ADD_REPRESENTATIVE)}/check", **new_person(portal, account=portal.world.aoba)
    )
    refused(answer, account="not one of the choices")


@pytest.mark.parametrize("typed", ["", "x", "-1", "0", "٣", "9" * 30, "1.5"])
def test_a_person_that_cannot_be_is_as_absent(portal: Portal, typed: str) -> None:
    client = portal.sign_in("operator")
    query = {"person": typed}
    found = client.get(f"{address(Kind.SUSPEND_PERSON)}/new", query_string=query)
    assert found.status_code == 404


def test_an_operator_does_not_touch_administrators(portal: Portal) -> None:
    client = portal.sign_in("operator")
    for kind in (Kind.SUSPEND_PERSON, Kind.CHANGE_ROLE, Kind.REISSUE_LOGIN_ID):
        query = {"person": portal.world.auditor}
        assert client.get(f"{address(kind)}/new", query_string=query).status_code == 403
    issue = example(portal, Kind.ISSUE_LOGIN_ID) | {"role": "approver"}
    assert client.send(address(Kind.ISSUE_LOGIN_ID), **issue).status_code == 403
    assert 'name="role"' not in client.get(f"{address(Kind.ISSUE_LOGIN_ID)}/new").text
    system = portal.sign_in("system-administrator")
    assert 'name="role"' in system.get(f"{address(Kind.ISSUE_LOGIN_ID)}/new").text


def test_everyone_asks_for_changes_of_the_own_registration(portal: Portal) -> None:
    for login_id in ("kaede-approver", "auditor"):
        client = portal.sign_in(login_id)
        for kind in (Kind.CHANGE_DETAILS, Kind.REPLACE_SECOND_FACTOR, Kind.DEACTIVATE_PERSON):
            form = client.get(f"{address(kind)}/new")
            assert form.status_code == 200
        assert client.get(f"{address(Kind.SUSPEND_PERSON)}/new").status_code == 404


def test_o14_the_check_page_shows_old_and_new_and_nothing_changes_before_approval(
    portal: Portal,
) -> None:
    with portal.database.writing() as session:
        session.get_one(User, portal.world.outsider).email = "old@outside.example"
    client = portal.sign_in("outsider")
    form = client.get(f"{address(Kind.CHANGE_DETAILS)}/new").text
    assert 'value="old@outside.example"' in form
    fields = {
        "person": str(portal.world.outsider),
        "name_en": "Outsider",
        "name_ja": "外 太郎",
        "email": "new@outside.example",
    }
    check = main(client.send(f"{address(Kind.CHANGE_DETAILS)}/check", **fields).text)
    for said in ("old@outside.example", "new@outside.example", "外 太郎"):
        assert said in check
    assert client.send(address(Kind.CHANGE_DETAILS), **fields).status_code == 303
    own = main(client.get(f"/portal/people/{portal.world.outsider}").text)
    assert "old@outside.example" in own and "外 太郎" not in own


def test_o18_the_check_page_warns_that_what_is_under_way_stays(portal: Portal) -> None:
    portal.issued(100)
    warning = "The change counts for later ones only."
    client = portal.sign_in("operator")
    fields = {
        "person": str(portal.world.aoba_proposer),
        "account": portal.world.aoba,
        "right": "propose",
    }
    assert warning not in client.send(f"{address(Kind.CHANGE_RIGHT)}/check", **fields).text
    portal.database.write(lambda session: world.proposed(session, portal.world, quantity=5))
    assert warning in client.send(f"{address(Kind.CHANGE_RIGHT)}/check", **fields).text


def test_o13_a_second_deactivation_is_refused_with_the_reason(portal: Portal) -> None:
    client = portal.sign_in("system-administrator")
    fields = {"person": str(portal.world.auditor)}
    assert client.send(address(Kind.DEACTIVATE_PERSON), **fields).status_code == 303
    again = client.send(address(Kind.DEACTIVATE_PERSON), **fields)
    assert again.status_code == 409
    assert "waiting for a decision already" in again.text
    assert len(made(portal)) == 1


def test_the_last_two_of_an_account_cannot_be_removed(portal: Portal) -> None:
    client = portal.sign_in("operator")
    fields = {"person": str(portal.world.kaede_approver), "account": portal.world.kaede}
    answer = client.send(f"{address(Kind.REMOVE_REPRESENTATIVE)}/check", **fields)
    refused(answer, **{"": "at least two representatives"})


def test_what_stops_a_person_takes_effect_when_it_is_sent(portal: Portal) -> None:
    client = portal.sign_in("operator")
    stopped = portal.sign_in("kaede-approver")
    fields = {"person": str(portal.world.kaede_approver)}
    assert "at once" in client.send(f"{address(Kind.SUSPEND_PERSON)}/check", **fields).text
    assert stopped.get("/portal/").status_code == 200
    assert client.send(address(Kind.SUSPEND_PERSON), **fields).status_code == 303
    assert stopped.get("/portal/").status_code == 303


def test_a_form_kept_through_sign_in_is_shown_again_and_not_acted_on(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    fields = new_person(portal, resumed="yes")
    for path in (address(Kind.ADD_REPRESENTATIVE), f"{address(Kind.ADD_REPRESENTATIVE)}/check"):
        answer = client.send(path, assertion="", **fields)
        assert answer.status_code == 200
        assert 'value="mori@aoba.example"' in answer.text
    assert not made(portal)


def test_posted_pages_lead_back_to_the_form_when_they_are_opened(portal: Portal) -> None:
    client = portal.sign_in("operator")
    for word in FORMS:
        for path in (f"/portal/requests/{word}", f"/portal/requests/{word}/check"):
            answer = client.get(path)
            assert (answer.status_code, answer.location) == (303, f"/portal/requests/{word}/new")


def test_going_back_keeps_what_was_typed(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    path = f"{address(Kind.ADD_REPRESENTATIVE)}/new"
    answer = client.send(path, **new_person(portal))
    assert answer.status_code == 200
    assert 'value="mori@aoba.example"' in answer.text
    assert re.search(r'value="read" checked', answer.text)


def test_the_pages_cost_few_statements(portal: Portal) -> None:
    client = portal.sign_in("kaede-proposer")
    fields = {"person": str(portal.world.kaede_approver), "account": portal.world.kaede}
    with counted(portal) as statements:
        client.get(f"{address(Kind.CHANGE_RIGHT)}/new", query_string=fields)
    assert len(statements) <= 12, statements
