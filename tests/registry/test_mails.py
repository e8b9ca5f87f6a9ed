"""Mails that wait are sent once, tried again while they are not taken, and never lost."""

from collections.abc import Generator
from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.mails import Sender
from app.domain.notifications import Kind
from app.domain.text import Text
from app.registry import links, mails, notifications
from app.registry.logs import Origin
from app.registry.mails import NEVER, Office, Sent, Unreachable, send_due
from app.registry.post import MailServer
from app.registry.vaults import Vault
from app.store.databases import Database
from app.store.tables import LogEntry, Mail, User
from app.store.tables.credentials import Purpose
from tests import applying, mailing, powers, world
from tests.mailing import Mailbox
from tests.world import NOW

VAULT = Vault("for tests only")
SENDER = Sender(
    "JP",
    Text("JCM Registry of Japan", "日本国JCM登録簿"),
    "registry@jcm.example",
    "https://registry.example",
)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def box() -> Generator[Mailbox, None, None]:
    with mailing.mailbox() as opened:
        yield opened


def sent(
    database: Database, box: Mailbox, now: datetime = NOW, *, vault: Vault = VAULT
) -> tuple[int, int]:
    """Send what is due and return how many mails were sent, and how many not taken."""
    server = MailServer(box.url)
    done = send_due(database, Office(SENDER, vault, server), clock=lambda: now)
    server.close()
    return done.sent, done.failed


def kept(database: Database) -> list[Mail]:
    with database.reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def write(session: Session, address: str = "one@example.com", language: str = "en") -> None:
    path = f"{notifications.PATH}7"
    notifications.write_to(session, address, language, Kind.ISSUANCE_COMPLETED, path, now=NOW)


def test_a_mail_is_sent_once_to_its_address(database: Database, box: Mailbox) -> None:
    database.write(lambda session: mailing.write(session, 3, now=NOW))
    assert sent(database, box) == (3, 0)
    assert sent(database, box, NOW + timedelta(days=1)) == (0, 0)
    assert box.recipients == [f"person-{number}@example.com" for number in range(3)]
    assert set(box.ids.values()) == {1}
    assert {mail.sent_at for mail in kept(database)} == {NOW}


def test_each_reads_in_the_language_of_the_person(database: Database, box: Mailbox) -> None:
    for language in ("en", "ja"):
        database.write(lambda session, language=language: write(session, language=language))
    sent(database, box)
    english, japanese = box.messages
    assert english["Subject"] == (
        "[JCM Registry System] Notification of completion of credit issuance"
    )
    assert japanese["Subject"] == "【JCM登録簿システム】クレジット発行の完了のお知らせ"
    for one in (english, japanese):
        assert one["Auto-Submitted"] == "auto-generated"
        assert one["Date"].datetime == NOW
        assert "https://registry.example/portal/notifications/7" in one.get_content()


def test_what_was_told_of_an_issuance_stays_out_of_its_mail(engine: str, box: Mailbox) -> None:
    with world.populated(engine) as (database, cast):

        def issue(session: Session) -> None:
            session.get_one(User, cast.aoba_proposer).email = "proposer@example.com"
            session.flush()
            world.issued(session, cast, quantity=54_321)

        database.write(issue)
        assert sent(database, box) == (1, 0)
        (one,) = box.messages
        for detail in ("54,321", "54321", cast.aoba, "JP0000", "Aoba"):
            assert detail not in one.as_string() and detail not in one.get_content()


def test_a_mail_waits_for_its_time(database: Database, box: Mailbox) -> None:
    database.write(lambda session: mailing.write(session, 1, now=NOW + MINUTE))
    assert sent(database, box) == (0, 0)
    assert sent(database, box, NOW + MINUTE) == (1, 0)


# Secrets


def linked(session: Session, cast: world.World, vault: Vault = VAULT) -> str:
    return links.send(
        session,
        session.get_one(User, cast.aoba_proposer),
        Purpose.PASSWORD,
        address="one@example.com",
        vault=vault,
        origin=Origin(),
        now=NOW,
    )


def test_the_secret_of_a_link_is_opened_for_the_mail_and_then_forgotten(
    engine: str, box: Mailbox
) -> None:
    with world.populated(engine) as (database, cast):
        secret = database.write(lambda session: linked(session, cast))
        (mail,) = kept(database)
        assert mail.sealed and secret.encode() not in mail.sealed
        sent(database, box)
        body = box.messages[0].get_content()
        assert f"https://registry.example/links/{secret}" in body.splitlines()
        (mail,) = kept(database)
        assert mail.sealed is None and mail.sent_at == NOW


def test_a_secret_sealed_under_another_key_is_not_sent(engine: str, box: Mailbox) -> None:
    with world.populated(engine) as (database, cast):
        database.write(lambda session: linked(session, cast))
        assert sent(database, box, vault=Vault("another key")) == (0, 1)
        assert not box.arrived
        assert "another secret key" in str(kept(database)[0].failure)
        assert sent(database, box, NOW + MINUTE) == (1, 0)


def test_a_link_that_is_worth_nothing_any_more_is_not_sent(engine: str, box: Mailbox) -> None:
    with world.populated(engine) as (database, cast):
        database.write(lambda session: linked(session, cast))
        assert sent(database, box, NOW + timedelta(hours=24)) == (0, 1)
        (mail,) = kept(database)
        assert (mail.next_at, mail.sealed, box.arrived) == (NEVER, None, [])


def test_the_link_to_an_application_is_good_for_longer_and_sent_late(
    engine: str, box: Mailbox
) -> None:
    with world.populated(engine) as (database, _cast):
        database.write(applying.visited)
        later = NOW + timedelta(days=2)
        assert sent(database, box, later, vault=powers.SETTING.vault) == (1, 0)
        (told,) = box.messages
        assert "/applications/resume/" in told.get_content()


def test_what_a_server_says_does_not_keep_the_secret_of_a_link(engine: str, box: Mailbox) -> None:
    with world.populated(engine) as (database, cast):
        secret = database.write(lambda session: linked(session, cast))
        box.refused["one@example.com"] = f"550 do not send /links/{secret} here"
        sent(database, box)
        assert kept(database)[0].failure == "550 do not send /links/… here"


# What is not taken


def test_a_refused_address_is_tried_again_ever_later(database: Database, box: Mailbox) -> None:
    database.write(lambda session: write(session, "gone@example.com"))
    database.write(write)
    box.refused["gone@example.com"] = "550 no such person"
    assert sent(database, box) == (1, 1)
    at, waits = NOW, []
    for _ in range(5):
        mail = kept(database)[0]
        assert mail.failure == "550 no such person"
        waits.append(mail.next_at - at)
        assert sent(database, box, mail.next_at - timedelta(seconds=1)) == (0, 0)
        at = mail.next_at
        assert sent(database, box, at) == (0, 1)
    assert waits == [minutes * MINUTE for minutes in (1, 5, 30, 60, 60)]
    box.refused.clear()
    assert sent(database, box, at + 60 * MINUTE) == (1, 0)
    assert kept(database)[0].failure is None


def test_after_three_days_a_mail_is_given_up_and_the_log_says_so(
    database: Database, box: Mailbox
) -> None:
    database.write(lambda session: write(session, "gone@example.com"))
    box.refused["gone@example.com"] = "550 no such person"
    at = NOW
    while kept(database)[0].next_at != NEVER:
        at = kept(database)[0].next_at
        assert sent(database, box, at) == (0, 1)
    assert timedelta(days=3, hours=-1) < at - NOW <= timedelta(days=3)
    (mail,) = kept(database)
    assert (mail.failure, mail.sent_at) == ("550 no such person", None)
    with database.reading() as session:
        (entry,) = session.scalars(select(LogEntry))
    assert (entry.operation, entry.subject) == ("give up mail", f"mail {mail.id}")
    assert entry.facts["failure"] == "550 no such person"
    box.refused.clear()
    assert sent(database, box, NOW + timedelta(days=365)) == (0, 0)


def test_an_address_that_is_none_keeps_no_other_mail_waiting(
    database: Database, box: Mailbox
) -> None:
    for address in ("", "nowhere", "a@b\r\nBcc: c@example.com", "太郎@example.com"):
        database.write(lambda session, address=address: write(session, address))
    database.write(write)
    assert sent(database, box) == (1, 4)
    assert all(mail.failure for mail in kept(database)[:4])


def test_without_a_server_mails_stay_as_they_are_and_go_when_it_is_back(
    database: Database,
) -> None:
    database.write(lambda session: mailing.write(session, 2, now=NOW))
    nobody = Mailbox(url=f"smtp://{mailing.HOST}:{mailing.free_port()}")
    with pytest.raises(Unreachable):
        sent(database, nobody)
    assert {(mail.attempts, mail.next_at) for mail in kept(database)} == {(0, NOW)}
    with mailing.mailbox() as box:
        assert sent(database, box, NOW + timedelta(days=10)) == (2, 0)


def test_a_server_that_goes_in_the_middle_takes_nothing_along(database: Database) -> None:
    database.write(lambda session: mailing.write(session, 5, now=NOW))
    with mailing.mailbox(data_size_limit=10) as strict:
        assert sent(database, strict) == (0, 5)
    with mailing.mailbox() as box:
        assert sent(database, box, NOW + MINUTE) == (5, 0)
    assert {mail.attempts for mail in kept(database)} == {2}


# Several workers


def test_two_workers_at_once_send_no_mail_twice(database: Database, box: Mailbox) -> None:
    database.write(lambda session: mailing.write(session, 60, now=NOW))
    done: list[Sent] = []

    def work() -> None:
        server = MailServer(box.url)
        office = Office(SENDER, VAULT, server)
        done.extend(send_due(database, office, clock=lambda: NOW) for _ in range(5))
        server.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(one.sent for one in done) == 60
    assert len(box.ids) == 60 and set(box.ids.values()) == {1}


def test_while_one_worker_speaks_to_the_server_the_registry_goes_on(
    database: Database, box: Mailbox
) -> None:
    """The mail server takes its time; who writes meanwhile does not wait for it."""
    database.write(lambda session: mailing.write(session, 1, now=NOW))
    written = []

    def write_meanwhile() -> None:
        database.write(lambda session: write(session, "other@example.com"))
        written.append(True)

    box.before_answer = lambda: None if written else write_meanwhile()
    assert sent(database, box) == (2, 0)
    assert written


def test_a_worker_that_is_told_to_stop_ends_after_the_mail_at_hand(
    database: Database, box: Mailbox
) -> None:
    database.write(lambda session: mailing.write(session, 5, now=NOW))
    server = MailServer(box.url)
    done = send_due(
        database,
        Office(SENDER, VAULT, server),
        clock=lambda: NOW,
        stopped=lambda: len(box.arrived) >= 2,
    )
    server.close()
    assert (done.sent, len(box.arrived)) == (2, 2)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 60), (mails.ATTEMPTS_MAX, 60)]
)
def test_the_waits_are_those_of_the_table(attempts: int, minutes: int) -> None:
    assert mails.wait(attempts) == minutes * MINUTE
