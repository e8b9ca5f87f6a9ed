"""Pages of the portal for a holder with much in it, and for one with little."""

from datetime import timedelta
from typing import Final

from sqlalchemy import text

from app.store.databases import Database
from tests.benchmarks import http
from tests.benchmarks.synthetic import START, Cast

#: Blocks, and notifications in the inbox.
FEW, MANY = 50, 10_000
_EACH: Final = 60


def tell(url: str, cast: Cast, count: int) -> None:
    """Fill the inbox of the one who proposes."""
    database = Database.connect(url)
    number = "JP0000000001"
    facts = (
        f'{{"number": "{number}", "quantity": 1000, "source": "{cast.accounts[0]}",'
        f' "target": "{cast.accounts[1]}"}}'
    )
    rows = [
        {"at": START + timedelta(minutes=place), "number": number, "facts": facts}
        for place in range(count)
    ]
    with database.writing() as session:
        connection = session.connection()
        connection.execute(
            text(
                "INSERT INTO notifications (at, kind, subject, facts)"
                " VALUES (:at, 'transfer_completed', :number, :facts)"
            ),
            rows,
        )
        connection.execute(
            text(
                "INSERT INTO inbox (user_id, notification_id, topic)"
                " SELECT :user, id, 'credits' FROM notifications"
                " WHERE kind = 'transfer_completed'"
            ),
            {"user": cast.proposer},
        )
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    database.close()


def paths(cast: Cast) -> list[str]:
    """Return the pages of a holder."""
    return [
        "/portal/",
        "/portal/notifications",
        "/portal/accounts",
        f"/portal/accounts/{cast.accounts[0]}",
        "/portal/holdings",
        "/portal/transactions",
        "/portal/transfers/new",
        "/portal/people",
        "/portal/requests",
        "/portal/tasks",
        "/portal/access-log",
        "/portal/log",
        "/portal/profile/",
    ]


def rate(port: int, path: str, *, connections: int) -> float:
    """Return how often a second a page is answered to the one who proposes."""
    return http.pages(port, path, connections=connections, each=_EACH, login_id="proposer")
