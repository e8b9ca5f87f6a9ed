"""`flask worker` as it runs: sent once, also when it is killed over and over, or told to stop."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.store.databases import Database
from app.store.tables import Mail
from tests import databases, mailing
from tests.forked import Program
from tests.mailing import Mailbox, until

KILLS = 4
#: Enough that no worker comes to their end between two kills.
MAILS = 400


@pytest.fixture
def url(engine: str) -> Generator[str, None, None]:
    with databases.fresh_url(engine) as made:
        yield made


@pytest.fixture
def registry(url: str) -> Generator[Database, None, None]:
    opened = Database.connect(url)
    yield opened
    opened.close()


@pytest.fixture
def box() -> Generator[Mailbox, None, None]:
    with mailing.mailbox() as opened:
        yield opened


COMMAND = ("flask", "--app", "wsgi", "worker")


def environment(url: str, box: Mailbox | None) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "for tests only",
        "SMTP_URL": box.url if box else "",
        "MAIL_FROM": "registry@jcm.example",
        "PUBLIC_URL": "https://registry.example",
    }


def worker_of(url: str, box: Mailbox | None, *options: str) -> Program:
    """Begin a `flask worker` in a process of its own."""
    return Program(*COMMAND, *options, environment=environment(url, box))


def wait_for(worker: Program) -> None:
    """Wait until it can be told to stop: before, a signal ends it like any other program."""
    until(lambda: "Sending mails" in worker.said)


def write(registry: Database, count: int) -> None:
    registry.write(lambda session: mailing.write(session, count, now=datetime.now(UTC)))


def unsent(registry: Database) -> int:
    with registry.reading() as session:
        return len(session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))).all())


def killed(url: str, box: Mailbox, after: Callable[[], None]) -> None:
    """Let a worker send a few mails, and kill it some time after."""
    known = len(box.arrived)
    worker = worker_of(url, box)
    until(lambda: len(box.arrived) >= known + 3)
    after()
    worker.kill()


def test_killed_over_and_over_it_loses_nothing(
    url: str,
    registry: Database,
    box: Mailbox,
    record_property: Callable[[str, object], None],
) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    write(registry, MAILS)
    box.before_answer = lambda: time.sleep(0.002)
    for _ in range(KILLS):
        killed(url, box, lambda: time.sleep(chance.uniform(0, 0.03)))
    before = unsent(registry)
    assert 0 < before < MAILS, f"seed {seed}: the kills did not come in the middle"
    assert worker_of(url, box, "--once").ended()[0] == 0
    assert len(box.ids) == MAILS, f"seed {seed}"
    assert unsent(registry) == 0
    again = sum(box.ids.values()) - MAILS
    assert again <= KILLS, f"seed {seed}"
    record_property("mails delivered although their worker was killed", MAILS)
    record_property("of them delivered twice under one Message-ID", again)


def test_killed_between_the_servers_answer_and_its_note_it_sends_the_very_same_again(
    url: str, registry: Database, box: Mailbox
) -> None:
    write(registry, 3)
    worker = worker_of(url, box)
    box.before_answer = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.ended()[0] == -signal.SIGKILL
    box.before_answer = lambda: None
    assert worker_of(url, box, "--once").ended()[0] == 0
    assert sorted(box.ids.values()) == [1, 1, 2]
    assert len(set(box.arrived)) == 3, "the copies differ"


def test_two_workers_share_the_work_and_send_nothing_twice(
    url: str, registry: Database, box: Mailbox
) -> None:
    workers = [worker_of(url, box) for _ in range(2)]
    for worker in workers:
        wait_for(worker)
    write(registry, 100)
    until(lambda: not unsent(registry))
    for worker in workers:
        worker.terminate()
        assert worker.ended()[0] == 0
    assert len(box.ids) == 100 and set(box.ids.values()) == {1}


def test_told_to_stop_it_finishes_the_mail_at_hand(
    url: str, registry: Database, box: Mailbox
) -> None:
    write(registry, MAILS)
    worker = worker_of(url, box)
    wait_for(worker)
    until(lambda: len(box.arrived) > 3)
    worker.terminate()
    status, said, complained = worker.ended()
    assert (status, complained) == (0, "")
    assert len(box.arrived) == MAILS - unsent(registry) < MAILS
    assert f"{len(box.arrived)} mails sent, 0 not taken." in said


def test_without_a_mail_server_it_says_so_and_the_mails_wait(url: str, registry: Database) -> None:
    write(registry, 2)
    # Started as an operator starts it.
    done = subprocess.run(
        [sys.executable, "-m", *COMMAND, "--once"],
        check=False,
        env=environment(url, None),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "SMTP_URL is not set: nothing is sent, and 2 mails wait.\n",
        "",
    )
    nobody = Mailbox(url=f"smtp://{mailing.HOST}:{mailing.free_port()}")
    status, _said, complained = worker_of(url, nobody, "--once").ended()
    assert status == 1
    assert "The mail server is not there; the mails wait." in complained
    assert unsent(registry) == 2
