"""No page of the portal asks the database much, however much there is."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import event

from tests.portal import Portal, opened, proposal

STATEMENTS_MAX: Final = 12
#: What opens and ends a transaction is no question.
_NO_QUESTIONS: Final = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@pytest.fixture(scope="module")
def busy() -> Generator[Portal, None, None]:
    """A registry in which Aoba has credits, movements of each status, and a full inbox."""
    with opened("sqlite") as portal:
        for _ in range(5):
            portal.issued(100)
        client = portal.sign_in("aoba-proposer")
        for quantity in range(1, 8):
            client.send("/portal/transfers", **proposal(portal, quantity=str(quantity)))
        yield portal


@contextmanager
def asked(portal: Portal) -> Generator[list[str], None, None]:
    """Collect every statement that reaches the database, by whatever way."""
    statements: list[str] = []
    engines = (portal.database._writing, portal.database._reading)

    def listen(connection: sqlite3.Connection, _record: Any) -> None:
        connection.set_trace_callback(statements.append)

    for engine in engines:
        event.listen(engine, "connect", listen)
    portal.database.close()
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "connect", listen)
        portal.database.close()


@pytest.mark.parametrize("login_id", ["aoba-proposer", "aoba-approver", "operator", "approver"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "notifications",
        "accounts",
        "accounts/JP-121-000001-0-47",
        "holdings",
        "transactions",
        "transactions/JP0000000006",
        "people",
        "requests",
        "applications",
        "applications/new?form=2",
        "tasks",
        "access-log",
        "log",
        "profile/",
        "transfers/new",
    ],
)
def test_a_page_asks_at_most_twelve_questions(busy: Portal, login_id: str, path: str) -> None:
    client = busy.sign_in(login_id)
    client.get(f"/portal/{path}")
    # What a process keeps for some seconds is asked anew at times.
    busy.app.extensions.pop("kept", None)
    with asked(busy) as statements:
        answer = client.get(f"/portal/{path}")
    questions = [one for one in statements if not one.startswith(_NO_QUESTIONS)]
    assert answer.status_code in {200, 403, 404}
    assert len(questions) <= STATEMENTS_MAX, "\n".join(questions)
