"""The inbox as its person uses it, with and without htmx, and as administrators look at it."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.ledger import Kind as Movement
from app.domain.notifications import Kind
from app.registry import notifications as verbs
from app.store.tables import Delivered, User
from tests import world
from tests.portal import Portal, PortalClient, counted
from tests.world import NOW

INBOX = "/portal/notifications"


def tell(portal: Portal, login_id: str, *kinds: Kind) -> list[int]:
    """Tell a person something; return the ids, oldest first."""

    def told(session: Session) -> list[int]:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        facts = {"number": "x", "device": "Firefox", "address": "192.0.2.1", "name": "Key"}
        return [
            verbs.tell(session.connection(), kind, login_id, facts, user=user.id, now=NOW)
            for kind in kinds
        ]

    return portal.database.write(told)


def kept(portal: Portal, login_id: str, identifier: int) -> Delivered:
    with portal.database.reading() as session:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        return session.get_one(Delivered, (user.id, identifier))


def rows(answer: TestResponse) -> list[int]:
    """Return the ids of the lines of a list, in their order."""
    return [int(found) for found in re.findall(r'<tr role="row" id="row_(\d+)"', answer.text)]


def row(answer: TestResponse, identifier: int) -> str:
    return answer.text.partition(f'id="row_{identifier}"')[2].partition("</tr>")[0]


def follow(client: PortalClient, answer: TestResponse, **headers: str) -> TestResponse:
    assert answer.status_code == 303, answer.status_code
    return client.get(answer.location, headers=headers)


# What stands there


def test_o57_everyone_concerned_reads_of_an_issuance_what_the_ledger_says(portal: Portal) -> None:
    portal.issued(12_345)
    for login_id in ("aoba-proposer", "aoba-approver"):
        for language, title in (
            ("en", "[JCM Registry System] Notification of completion of credit issuance"),
            ("ja", "【JCM登録簿システム】クレジット発行の完了のお知らせ"),
        ):
            client = portal.sign_in(login_id, language)
            found = client.get(f"{INBOX}?topic=credits")
            assert title in row(found, rows(found)[0])
            detail = client.get(f"{INBOX}/{rows(found)[0]}").text
            assert "12,345 tCO₂" in detail and portal.world.aoba in detail
            assert re.search(r'href="/portal/transactions/JP\d{10}"', detail)
    for login_id in ("kaede-proposer", "outsider"):
        assert "credit issuance" not in portal.sign_in(login_id).get(INBOX).text


@pytest.mark.parametrize(
    ("kind", "english", "japanese"),
    [
        (Kind.ACCOUNT_OPENED, "opening account", "口座開設のお知らせ"),
        (
            Kind.LOGIN_ID_REISSUED,
            "reissuing login ID and password",
            "ログインID・パスワード再発行のお知らせ",
        ),
        (Kind.PASSWORD_INITIALISED, "password initialization", "パスワード初期化のお知らせ"),
        (
            Kind.ISSUANCE_COMPLETED,
            "completion of credit issuance",
            "クレジット発行の完了のお知らせ",
        ),
    ],
)
def test_titles_are_those_of_the_present_registry(
    portal: Portal, kind: Kind, english: str, japanese: str
) -> None:
    tell(portal, "outsider", kind)
    assert (
        f"[JCM Registry System] Notification of {english}"
        in portal.sign_in("outsider").get(INBOX).text
    )
    assert f"【JCM登録簿システム】{japanese}" in portal.sign_in("outsider", "ja").get(INBOX).text


def test_the_newest_come_first_and_pages_turn_both_ways(portal: Portal) -> None:
    made = tell(portal, "outsider", *[Kind.PASSWORD_CHANGED] * 120)[::-1]
    client = portal.sign_in("outsider")
    # The sign-in itself told nothing more: the first device of a person is no news.
    first = client.get(INBOX)
    assert rows(first)[:50] == made[:50]
    second = client.get(address(first, "next"))
    assert rows(second) == made[50:100]
    last = client.get(address(second, "next"))
    assert rows(last)[:20] == made[100:]
    assert rows(client.get(address(last, "prev"))) == made[50:100]


def address(answer: TestResponse, rel: str) -> str:
    found = re.search(rf'<a class="{rel}"[^>]* href="([^"]+)"', answer.text)
    assert found, rel
    return found[1].replace("&amp;", "&")


def test_a_filter_by_topic_and_by_what_is_unread(portal: Portal) -> None:
    password, account, device = tell(
        portal, "outsider", Kind.PASSWORD_CHANGED, Kind.ACCOUNT_STATE_CHANGED, Kind.NEW_DEVICE
    )
    client = portal.sign_in("outsider")
    client.get(f"{INBOX}/{device}")
    security = rows(client.get(f"{INBOX}?topic=security"))
    assert {password, device} <= set(security) and account not in security
    unread = rows(client.get(f"{INBOX}?topic=security&show=unread"))
    assert password in unread and device not in unread
    part = client.get(
        f"{INBOX}?topic=accounts", headers={"HX-Request": "true", "HX-Target": "results"}
    )
    assert account in rows(part) and "<h1" not in part.text


@pytest.mark.parametrize("asked", ["topic=weather", "show=everything"])
def test_what_no_list_offers_is_refused_at_its_field(portal: Portal, asked: str) -> None:
    answer = portal.sign_in("outsider").get(f"{INBOX}?{asked}")
    assert answer.status_code == 422
    assert f'id="{asked.partition("=")[0]}_error"' in answer.text


def test_names_of_administrators_are_not_in_what_holders_are_told(portal: Portal) -> None:
    portal.issued()
    for login_id in ("aoba-proposer", "kaede-approver"):
        client = portal.sign_in(login_id)
        for identifier in rows(client.get(INBOX)):
            text = client.get(f"{INBOX}/{identifier}").text
            for name in ("Operator", "Approver</", "System Administrator"):
                assert name not in text.partition("<main")[2].replace("Aoba Approver", "")


# Reading


def test_opening_a_notification_marks_it_as_read_and_the_count_follows(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    before = unread(client)
    (made,) = tell(portal, "outsider", Kind.PASSWORD_CHANGED)
    assert unread(client) == before + 1
    detail = client.get(f"{INBOX}/{made}")
    assert "Your password was changed." in detail.text
    assert 'href="/portal/profile/"' in detail.text
    read_at = kept(portal, "outsider", made).read_at
    assert read_at is not None
    assert unread(client) == before
    client.get(f"{INBOX}/{made}")
    assert kept(portal, "outsider", made).read_at == read_at


def test_a_look_that_is_none_marks_nothing(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    (made,) = tell(portal, "outsider", Kind.PASSWORD_CHANGED)
    assert client.head(f"{INBOX}/{made}").status_code == 200
    assert kept(portal, "outsider", made).read_at is None


def unread(client: PortalClient) -> int:
    """Return what the menu says is unread."""
    found = re.search(r'id="menu_home".*?<span class="count">(\d+)', client.get(INBOX).text)
    return int(found[1]) if found else 0


def test_more_than_ninety_nine_are_not_counted_on(portal: Portal) -> None:
    tell(portal, "outsider", *[Kind.PASSWORD_CHANGED] * 100)
    text = portal.sign_in("outsider").get("/portal/").text
    assert '<span class="count">99+' in text
    assert "(99+ unread)" in text


def test_all_are_marked_as_read_but_not_what_came_since(portal: Portal) -> None:
    tell(portal, "outsider", *[Kind.PASSWORD_CHANGED] * 3)
    client = portal.sign_in("outsider")
    page = client.get(INBOX)
    until = re.search(r'name="until" value="(\d+)"', page.text)
    assert until
    (since,) = tell(portal, "outsider", Kind.NEW_DEVICE)
    answer = client.send(f"{INBOX}/reading", until=until[1])
    assert (answer.status_code, answer.location) == (303, INBOX)
    assert unread(client) == 1
    assert kept(portal, "outsider", since).read_at is None
    client.send(f"{INBOX}/reading", until=str(since))
    page = client.get(INBOX)
    assert unread(client) == 0 and "Mark all as read" not in page.text
    assert client.send(f"{INBOX}/reading", until="a lot").status_code == 303


# Deleting


@pytest.fixture
def three(portal: Portal) -> list[int]:
    return tell(portal, "outsider", Kind.PASSWORD_CHANGED, Kind.NEW_DEVICE, Kind.ACCOUNT_OPENED)


def test_deleting_without_a_script_leads_back_to_the_row_with_a_way_to_undo(
    portal: Portal, three: list[int]
) -> None:
    client = portal.sign_in("outsider")
    middle = three[1]
    before = rows(client.get(f"{INBOX}?topic=security"))
    answer = client.send(f"{INBOX}/{middle}/deletion?topic=security")
    assert answer.location == f"{INBOX}?topic=security&changed={middle}#row_{middle}"
    after = follow(client, answer)
    assert rows(after) == before, "the deleted one keeps its place"
    assert "Undo" in row(after, middle) and "Deleted." in row(after, middle)
    assert rows(client.get(f"{INBOX}?topic=security")) == [one for one in before if one != middle]
    assert client.get(f"{INBOX}/{middle}").status_code == 404
    answer = client.send(f"{INBOX}/{middle}/restoration?topic=security")
    back = follow(client, answer)
    assert rows(back) == before and "Undo" not in row(back, middle)
    assert client.get(f"{INBOX}/{middle}").status_code == 200


def test_with_htmx_the_same_answer_holds_the_row_and_the_counts(
    portal: Portal, three: list[int]
) -> None:
    client = portal.sign_in("outsider", "ja")
    text = client.get("/portal/").text
    form = row(client.get("/portal/"), three[1])
    assert f'hx-select="#row_{three[1]}"' in form and 'hx-target="closest tr"' in form
    assert f'data-focus="act_{three[0]}"' in form, "the next row's control"
    assert f'id="act_{three[0]}"' in text
    answer = client.send(f"{INBOX}/{three[1]}/deletion?from=home")
    assert answer.location.startswith("/portal/?")
    asked = {"HX-Request": "true", "HX-Target": f"row_{three[1]}"}
    after = follow(client, answer, **asked)
    assert "元に戻す" in row(after, three[1])
    assert f'data-focus="act_{three[1]}"' in row(after, three[1]), "undone, it keeps the focus"
    for part in ('id="menu_home"', 'id="unread"'):
        assert part in after.text


def test_after_the_last_row_the_focus_goes_to_the_heading(portal: Portal, three: list[int]) -> None:
    client = portal.sign_in("outsider")
    for page, heading in ((INBOX, "results_title"), ("/portal/", "information_title")):
        answer = client.get(page)
        assert f'data-focus="{heading}"' in row(answer, rows(answer)[-1])
        assert f'id="{heading}" tabindex="-1"' in answer.text


def test_deleting_hides_for_that_person_alone_and_the_record_stays(portal: Portal) -> None:
    portal.issued(777)
    client = portal.sign_in("aoba-proposer")
    identifier = rows(client.get(INBOX))[0]
    client.send(f"{INBOX}/{identifier}/deletion")
    assert identifier not in rows(client.get(INBOX))
    assert identifier in rows(portal.sign_in("aoba-approver").get(INBOX))
    record = portal.sign_in("auditor").get(f"{INBOX}?person=aoba-proposer").text
    assert f'href="{INBOX}/{identifier}?person=aoba-proposer"' in record and "Deleted" in record


def test_twice_deleted_is_once_deleted(portal: Portal, three: list[int]) -> None:
    client = portal.sign_in("outsider")
    address = f"{INBOX}/{three[0]}/deletion"
    client.send(address)
    at = kept(portal, "outsider", three[0]).deleted_at
    assert client.send(address).status_code == 303
    assert kept(portal, "outsider", three[0]).deleted_at == at


def test_a_deletion_is_undone_in_its_session_and_not_in_the_next(
    portal: Portal, three: list[int]
) -> None:
    client = portal.sign_in("outsider")
    client.send(f"{INBOX}/{three[0]}/deletion")
    deleted = client.get(f"{INBOX}?show=deleted")
    assert rows(deleted) == [three[0]] and "Undo" in deleted.text
    another = portal.sign_in("outsider")
    assert rows(another.get(f"{INBOX}?show=deleted")) == []
    assert three[0] not in rows(another.get(f"{INBOX}?changed={three[0]}"))
    assert another.send(f"{INBOX}/{three[0]}/restoration").status_code == 404
    assert client.send(f"{INBOX}/{three[0]}/restoration").status_code == 303


# Whose it is


@pytest.mark.parametrize("what", ["", "/deletion", "/restoration"])
def test_somebody_elses_notification_is_as_one_that_does_not_exist(
    portal: Portal, three: list[int], what: str
) -> None:
    client = portal.sign_in("kaede-proposer")
    for identifier in (str(three[0]), "999999", "9" * 30, "-1", "abc", "１"):
        address = f"{INBOX}/{identifier}{what}"
        answer = client.send(address) if what else client.get(address)
        assert answer.status_code == 404, identifier
    assert kept(portal, "outsider", three[0]).deleted_at is None
    assert three[0] not in rows(client.get(f"{INBOX}?changed={three[0]}"))


def test_administrators_read_the_record_and_change_nothing(
    portal: Portal, three: list[int]
) -> None:
    for login_id in ("operator", "approver", "auditor", "system-administrator"):
        for language in ("en", "ja"):
            client = portal.sign_in(login_id, language)
            record = client.get(f"{INBOX}?person=outsider")
            assert "Outsider" in record.text
            for part in ("/deletion", "/restoration", "/reading"):
                assert part not in record.text
            detail = client.get(f"{INBOX}/{three[0]}?person=outsider")
            assert detail.status_code == 200 and "/deletion" not in detail.text
    assert kept(portal, "outsider", three[0]).read_at is None


def test_the_record_is_filtered_like_an_inbox(portal: Portal, three: list[int]) -> None:
    portal.sign_in("outsider").send(f"{INBOX}/{three[0]}/deletion")
    client = portal.sign_in("auditor")
    deleted = client.get(f"{INBOX}?person=outsider&show=deleted").text
    assert f"/{three[0]}?" in deleted and f"/{three[1]}?" not in deleted
    unread = client.get(f"{INBOX}?person=outsider&show=unread").text
    assert f"/{three[0]}?" not in unread and f"/{three[1]}?" in unread


def test_a_holders_people_see_no_record_not_even_of_a_colleague(
    portal: Portal, three: list[int]
) -> None:
    client = portal.sign_in("outsider-colleague")
    unknown = client.get(f"{INBOX}?person=nobody-at-all")
    for address in (
        f"{INBOX}?person=outsider",
        f"{INBOX}?person=outsider-colleague",
        f"{INBOX}/{three[0]}?person=outsider",
    ):
        answer = client.get(address)
        assert (answer.status_code, unknown.status_code) == (404, 404)
    assert portal.sign_in("auditor").get(f"{INBOX}?person=nobody-at-all").status_code == 404


def test_what_is_told_of_leads_on_only_where_the_reader_may_go(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    identifier = rows(client.get(INBOX))[0]
    assert "/portal/transactions/JP" in client.get(f"{INBOX}/{identifier}").text
    administrator = portal.sign_in("system-administrator")
    record = administrator.get(f"{INBOX}/{identifier}?person=aoba-proposer").text
    assert "/portal/transactions/JP" not in record


def test_every_event_has_words_in_both_languages(portal: Portal) -> None:
    """What the verbs really tell fills the words; nothing is missing in a detail."""
    portal.issued(1_000)
    for kind in (Movement.TRANSFER, Movement.RETIREMENT, Movement.VOLUNTARY_CANCELLATION):
        portal.database.write(
            lambda session, kind=kind: world.moved(session, portal.world, kind, quantity=1)
        )
    for login_id in ("aoba-proposer", "kaede-proposer", "operator", "approver"):
        for language in ("en", "ja"):
            client = portal.sign_in(login_id, language)
            for identifier in rows(client.get(INBOX)):
                assert client.get(f"{INBOX}/{identifier}").status_code == 200


# How much it asks


def test_ten_times_the_notifications_ask_no_more_questions(portal: Portal) -> None:
    tell(portal, "outsider", *[Kind.NEW_DEVICE] * 60)
    client = portal.sign_in("outsider")
    counts = []
    for _ in range(2):
        for address in ("/portal/", INBOX, f"{INBOX}?show=unread&topic=security"):
            with counted(portal) as asked:
                client.get(address)
            # What is on is asked again after some seconds, whatever else was asked.
            counts.append(sum("announcements" not in statement for statement in asked))
        tell(portal, "outsider", *[Kind.NEW_DEVICE] * 600)
    assert counts[:3] == counts[3:]
    assert max(counts) <= 11
