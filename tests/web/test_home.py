"""HOME: what a person was told and holds, what waits for the person, what happened lately."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.announcements import Kind as AnnouncementKind
from app.domain.ledger import Kind
from app.domain.notifications import Kind as Told
from app.domain.serials import Range
from app.registry import bars, notifications
from app.store.tables import Announcement
from tests import world
from tests.portal import Portal, counted, number, proposal
from tests.world import NOW


def test_the_account_stands_there_with_what_is_held_reserved_and_available(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    client.send("/portal/transfers", **proposal(portal, quantity="250"))
    portal.database.write(lambda session: bar(session, portal, Range(901, 1_000)))
    text = client.get("/portal/").text
    row = text.partition(portal.world.aoba)[2].partition("</tr>")[0]
    for tonnes in ("1,000", "250", "650"):
        assert f">{tonnes}<" in row.replace("<strong>", "").replace("</strong>", "")


def test_what_waits_is_shown_to_those_who_may_approve_it(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    made = number(client.send("/portal/transfers", **proposal(portal)))
    assert waiting(client.get("/portal/").text, made) is False
    assert waiting(portal.sign_in("aoba-approver").get("/portal/").text, made) is True
    for login_id in ("kaede-approver", "outsider"):
        assert made not in portal.sign_in(login_id).get("/portal/").text
    assert waiting(portal.sign_in("approver").get("/portal/").text, made) is False


def test_what_administrators_decide_waits_for_the_approver(portal: Portal) -> None:
    portal.issued()
    identifier = portal.database.write(
        lambda session: world.proposed(
            session, portal.world, Kind.MANDATORY_CANCELLATION, quantity=1
        )
    )
    made = f"JP{identifier:010d}"
    assert waiting(portal.sign_in("approver", "ja").get("/portal/").text, made) is True
    assert waiting(portal.sign_in("operator").get("/portal/").text, made) is False
    assert waiting(portal.sign_in("aoba-approver").get("/portal/").text, made) is False


def test_everyone_has_a_home(portal: Portal) -> None:
    for login_id in ("operator", "auditor", "system-administrator", "outsider"):
        for language in ("en", "ja"):
            assert portal.sign_in(login_id, language).get("/portal/").status_code == 200


def test_only_the_operator_is_offered_what_operators_propose(portal: Portal) -> None:
    assert "Propose an issuance" in portal.sign_in("operator").get("/portal/").text
    for login_id in ("approver", "auditor", "aoba-proposer"):
        assert "Propose an issuance" not in portal.sign_in(login_id).get("/portal/").text


def test_the_information_table_shows_the_ten_latest_as_the_ministry_does(portal: Portal) -> None:
    tell(portal, 12)
    for language, welcome, columns in (
        ("en", "Welcome", ("Title", "Date of Notification", "Detail", "Delete")),
        ("ja", "ようこそ", ("件名", "通知日", "詳細", "削除")),
    ):
        text = portal.sign_in("outsider", language).get("/portal/").text
        assert f"<h1>{welcome}</h1>" in text
        table = text.partition('class="table--cards inbox"')[2].partition("</table>")[0]
        assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table) == list(columns)
        assert table.count('<tr role="row" id="row_') == 10
        assert 'href="/portal/notifications"' in text


def test_a_person_who_was_told_nothing_reads_that(portal: Portal) -> None:
    text = portal.sign_in("auditor").get("/portal/").text
    assert "There are no notifications." in text


def test_notices_that_are_on_stand_above_everything(portal: Portal) -> None:
    at = datetime.now(UTC)
    portal.app.config["CLOCK"] = lambda: at
    announce(portal, AnnouncementKind.NOTICE, at + timedelta(hours=1), "Offices are closed")
    announce(portal, AnnouncementKind.MAINTENANCE, at + timedelta(hours=20), "A new version")
    client = portal.sign_in("outsider")
    assert "Offices are closed" not in main(client.get("/portal/").text)
    # Its first minute.
    portal.app.config["CLOCK"] = lambda: at + timedelta(hours=1)
    client = portal.sign_in("outsider")
    text = main(client.get("/portal/").text)
    assert "Offices are closed" in text.partition('id="information_title"')[0]
    assert "A new version" not in text
    portal.app.config["CLOCK"] = lambda: at + timedelta(hours=3)
    assert "Offices are closed" not in main(portal.sign_in("outsider").get("/portal/").text)


def test_more_accounts_and_transactions_ask_no_more_questions(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    # What is kept for a moment, such as announcements, is there from then on.
    client.get("/portal/")
    with counted(portal) as before:
        client.get("/portal/")
    for _ in range(3):
        client.send("/portal/transfers", **proposal(portal))
    with counted(portal) as after:
        client.get("/portal/")
    assert len(after) == len(before) <= 12


def tell(portal: Portal, count: int) -> None:
    def told(session: Session) -> None:
        for _ in range(count):
            user = portal.world.outsider
            kind = Told.PASSWORD_CHANGED
            notifications.tell(session.connection(), kind, "outsider", {}, user=user, now=NOW)

    portal.database.write(told)


def announce(portal: Portal, kind: AnnouncementKind, starts_at: datetime, title: str) -> None:
    made = Announcement(
        kind=kind,
        title_en=title,
        title_ja=title,
        text_en="Details follow.",
        text_ja="Details",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        made_by=portal.world.system_administrator,
        made_at=NOW,
    )
    portal.database.write(lambda session: session.add(made))


def main(text: str) -> str:
    return text.partition("<main")[2]


def waiting(text: str, made: str) -> bool:
    """Tell whether a transaction stands in the part on what waits."""
    return made in text.partition('id="waiting_title"')[2].partition('id="recent_title"')[0]


def bar(session: Session, portal: Portal, serials: Range) -> None:
    bars.lay(session, serials, reason="test", actor=portal.world.operator, now=NOW)
