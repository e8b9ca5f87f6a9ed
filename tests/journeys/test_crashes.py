"""Processes killed in the middle of writes: what was acknowledged is there, and only once."""

import gc
import http.client
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.ledger import Status, transaction_number
from app.store import verification
from app.store.databases import Database
from app.store.tables import Transaction
from tests import databases, postgres
from tests.serving import Server, Visitor
from tests.world import PASSWORD, World, build, issued

#: On each engine; with both engines, fifty in a run.
KILLS = 25
CLIENTS = 4
_PATIENCE = 300


@dataclass
class Journal:
    """What clients were told: the transaction of each key, and which were approved."""

    proposed: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    #: Whether clients begin with no further transfer; what they began they always finish.
    is_over: bool = False


@contextmanager
def durable(engine: str) -> Generator[tuple[str, postgres.Cluster | None], None, None]:
    """Give an empty registry on storage that keeps what it acknowledged."""
    if engine == "sqlite":
        with databases.fresh_url(engine) as url:
            yield url, None
    else:
        cluster = postgres.Cluster.make(durable=True)
        url = cluster.url(cluster.createdb())
        databases.migrate(url)
        yield url, cluster
        cluster.stop(mode="immediate")


# A cursor cannot be closed in good order when its server is killed under it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_was_acknowledged_outlives_every_kill(engine: str) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    with durable(engine) as (url, cluster):
        database = Database.connect(url)
        world = database.write(build)
        database.write(lambda session: issued(session, world, quantity=100_000))
        server, journal = Server(url), Journal()
        server.start()
        with _only_what_is_new():
            with _spending(server.port, world, journal):
                for number in range(KILLS):
                    _wait_for_more(journal)
                    time.sleep(chance.uniform(0, 0.1))
                    _kill(server, database if cluster and number % 2 else None, number, chance)
                    _check_sound(database)
            server.stop()
            _check_kept(database, journal, seed)
            database.close()
            gc.collect()


@contextmanager
def _only_what_is_new() -> Generator[None, None, None]:
    """Let garbage be looked for among what comes from now on, not among all that is loaded."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


# The clients: whatever has no answer is sent again with the same key


@contextmanager
def _spending(port: int, world: World, journal: Journal) -> Generator[None, None, None]:
    """Let clients spend while the block runs; on leaving, each finishes what it began."""
    clients = [Thread(target=_spend, args=(port, world, journal)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        journal.is_over = True
        for client in clients:
            client.join()


def _spend(port: int, world: World, journal: Journal) -> None:
    proposer = _signed_in(port, "aoba-proposer")
    approver = _signed_in(port, "aoba-approver")
    while not journal.is_over:
        key = uuid4().hex
        asked = {"source": world.aoba, "target": world.kaede, "quantity": "3", "key": key}
        number = _number(_until_answered(partial(proposer.propose, **asked), proposer))
        journal.proposed[key] = number
        _until_answered(
            partial(approver.approve, number, quantity=3, source=world.aoba, target=world.kaede),
            approver,
        )
        journal.approved.add(number)
    proposer.close()
    approver.close()


def _signed_in(port: int, login_id: str) -> Visitor:
    for _ in range(_PATIENCE):
        visitor = Visitor(port)
        try:
            visitor.sign_in(login_id, PASSWORD)
        except (OSError, http.client.HTTPException, AssertionError):
            visitor.close()
            time.sleep(0.2)
        else:
            return visitor
    raise TimeoutError("nobody could sign in")


def _until_answered(post: Callable[[], tuple[int, str]], visitor: Visitor) -> str:
    """Post until the server says where it leads; a lost answer is asked for again."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            status, location = post()
        except (OSError, http.client.HTTPException):
            visitor.close()
            time.sleep(0.05)
            continue
        if status == http.client.SEE_OTHER:
            return location
        # While the database recovers, an answer may be an error; it acknowledges nothing.
        assert status >= http.client.INTERNAL_SERVER_ERROR, status
        time.sleep(0.2)
    raise TimeoutError("no answer")


def _number(location: str) -> str:
    return location.split("?", 1)[0].rsplit("/", 1)[1]


# The kills


def _kill(server: Server, database: Database | None, number: int, chance: random.Random) -> None:
    """Kill a backend of the database if one is given, else one who serves, or now and then all."""
    if database is not None:
        backends = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        with database.reading() as session:
            busy = list(session.scalars(backends))
        for pid in busy[:1]:
            os.kill(pid, signal.SIGKILL)
        if busy:
            return
    if number % 8 == 0:
        server.kill()
        server.start(is_forked=True)
    else:
        os.kill(chance.choice(server.workers()), signal.SIGKILL)


def _wait_for_more(journal: Journal) -> None:
    """Wait until something more was acknowledged, so that every kill meets writes."""
    known, until = len(journal.approved), time.monotonic() + _PATIENCE
    while len(journal.approved) < known + 3:
        assert time.monotonic() < until, "nothing is acknowledged any more"
        time.sleep(0.01)


# What must hold


def _check_sound(database: Database) -> None:
    for _ in range(_PATIENCE):
        try:
            with database.reading() as session:
                findings = list(verification.findings(session))
        except DBAPIError:
            time.sleep(0.2)  # The database recovers.
        else:
            assert not findings
            gc.collect()  # What was cut off warns here, where it is expected.
            return
    pytest.fail("the database does not come back")


def _check_kept(database: Database, journal: Journal, seed: int) -> None:
    _check_sound(database)
    query = select(Transaction.id, Transaction.key, Transaction.status)
    with database.reading() as session:
        kept = {
            row.key: (transaction_number("JP", row.id), row.status)
            for row in session.execute(query)
        }
    for key, number in journal.proposed.items():
        assert kept[key][0] == number, f"seed {seed}: {number} is lost"
    completed = Counter(number for number, status in kept.values() if status is Status.COMPLETED)
    for number in journal.approved:
        assert completed[number] == 1, f"seed {seed}: {number} was acknowledged"
    assert len(journal.approved) > KILLS
