"""Applications in the portal: the list, and beginning one."""

from app.domain.applications import number
from app.store import applications as questions
from app.store.tables import Application
from tests import applying, world
from tests.asking import main
from tests.portal import Portal, PortalClient, counted, error_summary

LIST = "/portal/applications"


def made(portal: Portal, form: int = 3, *, submitted: bool = False, **asked: object) -> str:
    make = applying.submitted if submitted else applying.begun
    return portal.database.write(
        lambda session: number(make(session, portal.world, form, **asked).id)
    )


def found(portal: Portal, printed: str) -> Application:
    with portal.database.reading() as session:
        application = questions.by_id(session, int(printed[2:]))
        assert application is not None
        return application


def begin(client: PortalClient, **fields: str) -> str:
    """Begin an application and return its number."""
    client.get(f"{LIST}/new?form={fields['form']}")
    answer = client.send(LIST, **{"key": world.key()} | fields)
    assert answer.status_code == 303, error_summary(answer.text)
    return answer.location.removeprefix("/applications/").partition("?")[0]


def test_everybody_lists_what_they_may_know_of(portal: Portal) -> None:
    draft, handed_in = made(portal), made(portal, submitted=True)
    seen = {
        "aoba-proposer": {draft, handed_in},
        "aoba-approver": {handed_in},
        "kaede-proposer": set(),
        "operator": {handed_in},
        "auditor": {handed_in},
    }
    for login_id, expected in seen.items():
        page = main(portal.sign_in(login_id).get(LIST).text)
        assert {one for one in (draft, handed_in) if one in page} == expected, login_id
    # System administrators have to do with people only.
    assert portal.sign_in("system-administrator").get(LIST).location == "/portal/requests"


def test_the_list_is_filtered_and_its_filters_are_chips(portal: Portal) -> None:
    draft, handed_in = made(portal), made(portal, 4, submitted=True)
    client = portal.sign_in("aoba-proposer", "ja")
    for query, expected in (
        ("state=draft", {draft}),
        ("state=waiting", {handed_in}),
        ("form=4", {handed_in}),
        ("form=5", set()),
        ("whose=mine", {draft, handed_in}),
        (f"account={portal.world.aoba}", {draft, handed_in}),
        (f"account={portal.world.kaede}", set()),
        ("since=2026-11-02", {handed_in}),
        ("until=2026-11-01", set()),
    ):
        page = main(client.get(f"{LIST}?{query}").text)
        assert {one for one in (draft, handed_in) if one in page} == expected, query
        assert 'class="chips"' in page
    wrong = client.get(f"{LIST}?state=x&since=2026-13&form=9")
    assert wrong.status_code == 422
    assert list(error_summary(wrong.text)) == ["form", "state", "since"]


def test_the_list_turns_its_pages_and_asks_little(portal: Portal) -> None:
    def many(session: object) -> None:
        for place in range(51):
            application = Application(
                form=3,
                version=1,
                applicant="domestic",
                status="draft",
                language="en",
                answers={},
                before={},
                started_by=portal.world.aoba_proposer,
                key=str(place),
                started_at=world.NOW,
                saved_at=world.NOW,
            )
            session.add(application)  # type: ignore[attr-defined]  # a session

    portal.database.write(many)
    client = portal.sign_in("aoba-proposer")
    with counted(portal) as statements:
        first = client.get(LIST).text
    assert len(statements) <= 12
    assert "A-000051" in first and "A-000001<" not in first and 'rel="next"' in first
    second = client.get(f"{LIST}?before=2").text
    assert "A-000001<" in second and 'rel="prev"' in second


def test_what_is_needed_is_said_before_one_begins(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    chooser = main(client.get(f"{LIST}/new").text)
    assert all(f"form={form}" in chooser for form in range(1, 6))
    page = main(client.get(f"{LIST}/new?form=1").text)
    for needed in ("Certificate of registered matters", "Signature certificate", "Head office"):
        assert needed in page
    # The only account of somebody is chosen already.
    page = main(client.get(f"{LIST}/new?form=2").text)
    assert f'<option value="{portal.world.aoba}" selected>' in page
    reader = portal.sign_in("aoba-approver")
    assert "no account for which you may apply" in main(reader.get(f"{LIST}/new?form=2").text)


def test_an_application_is_begun_once_however_often_it_is_sent(portal: Portal) -> None:
    client, key = portal.sign_in("aoba-proposer", "ja"), world.key()
    first = begin(client, form="2", account=portal.world.aoba, key=key)
    assert begin(client, form="2", account=portal.world.aoba, key=key) == first
    application = found(portal, first)
    assert application.answers["holder"]["name_en"] == "Aoba Energy"
    assert (application.language, application.is_paper) == ("ja", False)


def test_an_application_begins_with_the_answers_of_a_past_one(portal: Portal) -> None:
    past = made(portal, submitted=True)
    client = portal.sign_in("aoba-proposer")
    assert past in main(client.get(f"{LIST}/new?form=3").text)
    copy = begin(client, form="3", account=portal.world.aoba, copied_from=past)
    assert found(portal, copy).answers == found(portal, past).answers
    # Another's is not to be had.
    other = portal.sign_in("kaede-proposer")
    assert past not in main(other.get(f"{LIST}/new?form=3").text)
    answer = other.send(LIST, form="3", account=portal.world.kaede, copied_from=past, key="k")
    assert list(error_summary(answer.text)) == ["copied_from"]


def test_what_cannot_be_begun_is_refused_at_its_field(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    for fields, field in (
        ({"form": ""}, "form"),
        ({"form": "9"}, "form"),
        ({"form": "2"}, "account"),
        ({"form": "2", "account": portal.world.kaede}, "account"),
        ({"form": "2", "account": "nonsense"}, "account"),
        ({"form": "1"}, "applicant"),
        ({"form": "1", "applicant": "x"}, "applicant"),
        ({"form": "1", "applicant": "domestic", "copied_from": "x"}, "copied_from"),
    ):
        client.get(f"{LIST}/new?form=2")
        answer = client.send(LIST, key="k", **fields)
        assert answer.status_code == 422, fields
        assert list(error_summary(answer.text)) == [field], fields
    # Another's account is answered as one that does not exist.
    said = {
        error_summary(client.send(LIST, key="k", form="2", account=one).text)["account"].replace(
            one, ""
        )
        for one in (portal.world.kaede, "JP-100-999999-0-00")
    }
    assert len(said) == 1
    assert set(portal.refusals()) >= {"Required", "UnknownChoice"}


def test_operators_enter_what_came_on_paper_and_others_do_not(portal: Portal) -> None:
    operator = portal.sign_in("operator")
    entered = begin(operator, form="3", account=portal.world.aoba)
    assert found(portal, entered).is_paper
    assert entered in main(operator.get(LIST).text)
    for login_id in ("approver", "auditor", "system-administrator"):
        client = portal.sign_in(login_id)
        assert client.get(f"{LIST}/new").status_code == 403
        assert client.send(LIST, form="3", account=portal.world.aoba).status_code == 403
    # Somebody who only approves asks for nothing on the account.
    approver = portal.sign_in("aoba-approver")
    answer = approver.send(LIST, form="3", account=portal.world.aoba, key="k")
    assert answer.status_code == 403
