"""Visitors without a login: beginning Form 1, coming back by link, leaving."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.registry import resumptions
from app.store.tables import Application, Mail
from tests.asking import main
from tests.portal import Portal, PortalClient, error_summary

BEGIN = "/applications"
HANAKO = {"applicant": "domestic", "email": "hanako@example.com"}


def begin(visitor: PortalClient, **typed: str) -> str:
    visitor.get(f"{BEGIN}/new")
    answer = visitor.send(BEGIN, **HANAKO | {"key": "k"} | typed)
    assert answer.status_code == 303, error_summary(answer.text)
    return answer.location


def mails(portal: Portal) -> list[tuple[str, str]]:
    """Return the address of every mail with a link, and the link's secret."""
    vault = portal.app.extensions["vault"]
    with portal.database.reading() as session:
        sent = session.scalars(select(Mail).where(Mail.path == resumptions.PATH).order_by(Mail.id))
        return [(one.address, vault.open(one.sealed, "mail").decode()) for one in sent]


def test_a_visitor_begins_form_1_and_comes_back_by_the_mailed_link(portal: Portal) -> None:
    visitor = portal.visitor("ja")
    task_list = begin(visitor)
    assert "hanako@example.com" in main(visitor.get(task_list).text)
    cookie = visitor.get_cookie("application_jp")
    assert cookie is not None and cookie.http_only
    ((address, secret),) = mails(portal)
    assert address == "hanako@example.com"
    # On another device, the page that opens does nothing by itself.
    other = portal.visitor("ja")
    page = other.get(f"/applications/resume/{secret}")
    assert page.status_code == 200 and other.get_cookie("application_jp") is None
    entered = other.send(f"/applications/resume/{secret}")
    assert entered.location == task_list.partition("?")[0]
    assert other.get(entered.location).status_code == 200
    left = other.send("/applications/leaving")
    assert "端末" in other.get(left.location).text
    assert other.get(entered.location).status_code == 303


def test_begun_twice_with_one_key_it_is_one(portal: Portal) -> None:
    visitor = portal.visitor()
    assert begin(visitor) == begin(visitor)
    with portal.database.reading() as session:
        assert len(session.scalars(select(Application)).all()) == 1
    assert visitor.get("/applications/A-000001").status_code == 200


def test_what_cannot_be_begun_is_refused_at_its_field_and_kept(portal: Portal) -> None:
    visitor = portal.visitor()
    for typed, field in (
        ({"applicant": ""}, "applicant"),
        ({"applicant": "x"}, "applicant"),
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
    ):
        visitor.get(f"{BEGIN}/new")
        answer = visitor.send(BEGIN, **HANAKO | {"key": "k"} | typed)
        assert answer.status_code == 422 and list(error_summary(answer.text)) == [field], typed
        kept = HANAKO | typed
        assert f'value="{kept["email"]}"' in answer.text
        if kept["applicant"] == "domestic":
            assert re.search(r'value="domestic" checked', answer.text)
    assert not mails(portal)


def test_asking_for_a_link_says_nothing_of_whether_there_is_one(portal: Portal) -> None:
    begin(portal.visitor())
    visitor = portal.visitor()
    answers = []
    for email in ("hanako@example.com", "nobody@example.com"):
        visitor.get("/applications/link")
        answer = visitor.send("/applications/link", email=email)
        answers.append((answer.status_code, answer.location, visitor.get(answer.location).text))
    assert answers[0][:2] == answers[1][:2] == (303, "/applications/link?sent=yes")
    first, second = (re.sub(r'value="[^"]*"', "", main(text)) for _code, _to, text in answers)
    assert first == second
    (one, again) = mails(portal)
    assert one[0] == again[0] and one[1] != again[1]
    wrong = visitor.send("/applications/link", email="nobody")
    assert wrong.status_code == 422 and list(error_summary(wrong.text)) == ["email"]


def test_a_link_that_was_replaced_or_is_too_old_leads_nowhere(portal: Portal) -> None:
    begin(portal.visitor())
    visitor = portal.visitor()
    visitor.get("/applications/link")
    visitor.send("/applications/link", email="hanako@example.com")
    (_, former), (_, present) = mails(portal)
    for secret in (former, "nonsense"):
        answer = visitor.get(f"/applications/resume/{secret}")
        assert answer.status_code == 410 and "/applications/link" in answer.text
    assert visitor.send(f"/applications/resume/{former}").status_code == 410
    portal.app.config["CLOCK"] = lambda: datetime.now(UTC) + timedelta(days=91)
    assert visitor.get(f"/applications/resume/{present}").status_code == 410
    assert visitor.get_cookie("application_jp") is None


def test_too_many_beginnings_from_one_place_must_wait(portal: Portal) -> None:
    visitor = portal.visitor()
    statuses = []
    for place in range(resumptions.FROM.failures + 1):
        visitor.get(f"{BEGIN}/new")
        typed = {"key": str(place), "email": f"h{place}@example.com"}
        answer = visitor.send(BEGIN, **HANAKO | typed)
        statuses.append(answer.status_code)
    assert statuses[-1] == 429 and set(statuses[:-1]) == {303}
    assert int(answer.headers["Retry-After"]) > 0


def test_who_is_signed_in_begins_in_the_portal(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    assert client.get(f"{BEGIN}/new").location == "/portal/applications/new?form=1"
