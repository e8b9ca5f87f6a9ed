"""Reconciliations between two registries, for tests: begun, carried, looked at, tampered with."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.reconciliation import Stage
from app.domain.serials import Range
from app.registry import reconciliations
from app.store import blocks, peers
from app.store.tables import Account, Bar, Block, Difference, Reconciliation
from tests import tampering
from tests.exchanging import Side, Two


def begin(side: Side) -> str:
    """Begin to compare books with the other registry; return the number of the run."""

    def write(session: Session) -> str:
        peer = peers.everyone(session)[0]
        return reconciliations.begin(session, peer.id, side.desk, now=side.now()).number

    return side.database.write(write)


def compared(both: Two, side: Side) -> str:
    """Compare books and carry what that takes; return the number of the run."""
    number = begin(side)
    both.carry()
    return number


def run(side: Side, number: str) -> Reconciliation:
    """Return a run as one side has it."""
    with side.database.reading() as session:
        return session.scalars(select(Reconciliation).where(Reconciliation.number == number)).one()


def stages(both: Two, number: str) -> tuple[Stage, Stage]:
    """Return where a run stands in Japan and in Mongolia."""
    return run(both.japan, number).stage, run(both.mongolia, number).stage


def found(side: Side, number: str) -> list[tuple[str, str, str]]:
    """Return what a run found by the books of one side: whose book has it, numbers, account."""
    query = (
        select(Difference.book, Difference.first, Difference.last, Account.number)
        .join(Reconciliation, Reconciliation.id == Difference.reconciliation_id)
        .outerjoin(Account, Account.id == Difference.account_id)
        .where(Reconciliation.number == number)
        .order_by(Difference.id)
    )
    with side.database.reading() as session:
        return [
            (str(book), _printed(side, Range(first, last)), account or "")
            for book, first, last, account in session.execute(query)
        ]


def barred(side: Side) -> list[str]:
    """Return the ranges that are barred on one side."""
    with side.database.reading() as session:
        return [_printed(side, one) for one in blocks.barred(session.connection())]


def _printed(side: Side, place: Range) -> str:
    origin, numbers = bands.printed(place, own=side.code)
    return f"{origin}-{numbers.first}-{numbers.last}"


def move_block(side: Side, first: int, account: str) -> None:
    """Move a live block to another account by SQL, behind the registry's back."""
    with tampering.altering(side.database) as session:
        found = session.scalars(select(Account).where(Account.number == account)).one()
        session.execute(
            text(
                "UPDATE blocks SET account_id = :to, kind = :kind"
                " WHERE closed_by IS NULL AND first = :first"
            ),
            {"to": found.id, "kind": found.kind.value, "first": first},
        )


def alter(side: Side, statement: str, **values: Any) -> None:
    """Alter rows by SQL, behind the registry's back."""
    with tampering.altering(side.database) as session:
        assert session.connection().execute(text(statement), values).rowcount > 0


def stored(side: Side, origin: str, first: int, last: int) -> Range:
    """Return where numbers of a registry stand in the ledger of a side."""
    return bands.stored(origin, Range(first, last), own=side.code)


def live(side: Side, account: str) -> list[str]:
    """Return the live blocks of an account, printed."""
    query = (
        select(Block.first, Block.last)
        .join(Account, Account.id == Block.account_id)
        .where(Block.closed_by.is_(None), Account.number == account)
        .order_by(Block.first)
    )
    with side.database.reading() as session:
        return [_printed(side, Range(*row)) for row in session.execute(query)]


def external(side: Side) -> str:
    """Return the number of the account of the other registry."""
    with side.database.reading() as session:
        return str(peers.everyone(session)[0].account)


def bars_of(side: Side) -> list[Bar]:
    """Return every bar that was ever laid on one side."""
    with side.database.reading() as session:
        return list(session.scalars(select(Bar).order_by(Bar.id)))
