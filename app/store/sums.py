"""The sums kept beside the blocks: each account's balances, and the totals by kind of account."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.accounts import Kind
from app.domain.reconciliation_errors import SecondBookShort
from app.store.statements import Statement
from app.store.tables import Balance, Total

#: Tonnes that moved, by (project, vintage, partner country).
Moved = dict[tuple[int, int, str], int]


def _subtract(table: type[Balance] | type[Total], *keys: InstrumentedAttribute[Any]) -> Statement:
    return Statement(
        update(table)
        .where(*(key == bindparam(f"of_{key.key}") for key in keys))
        .values(quantity=table.quantity - bindparam("moved"))
    )


def _add(table: type[Balance] | type[Total], dialect: str, *keys: str) -> Statement:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    made = make(table)
    kept = made.on_conflict_do_update(
        index_elements=keys, set_={"quantity": table.quantity + made.excluded.quantity}
    )
    return Statement(kept, *(column.name for column in table.__table__.columns))


_BALANCE: Final = Statement(
    select(Balance.quantity).where(
        Balance.account_id == bindparam("account"),
        Balance.project_id == bindparam("project"),
        Balance.vintage == bindparam("vintage"),
    )
)
_ENGINES: Final = ("sqlite", "postgresql")
_SUBTRACT_BALANCE = _subtract(Balance, Balance.account_id, Balance.project_id, Balance.vintage)
_SUBTRACT_TOTAL = _subtract(Total, Total.project_id, Total.vintage, Total.kind)
_ADD_BALANCE = {e: _add(Balance, e, "account_id", "project_id", "vintage") for e in _ENGINES}
_ADD_TOTAL = {e: _add(Total, e, "project_id", "vintage", "kind") for e in _ENGINES}


def check_covered(
    connection: Connection, account: int, moves: Mapping[tuple[int, int], int]
) -> None:
    """Ask the second book before anything is written: the balances, kept apart from the blocks.

    Raises:
        SecondBookShort: a balance of the account has less than would move.
    """
    for (project, vintage), tonnes in moves.items():
        row = _BALANCE.row(connection, account=account, project=project, vintage=vintage)
        if row is None or row.quantity < tonnes:
            raise SecondBookShort(row.quantity if row else 0, tonnes)


def change_balances(
    connection: Connection, moved: Moved, *, source: int | None, target: int
) -> None:
    """Take the tonnes from one account's balances and add them to another's (ids)."""
    if source is not None:
        done = _SUBTRACT_BALANCE.run(
            connection,
            [
                {
                    "of_account_id": source,
                    "of_project_id": project,
                    "of_vintage": vintage,
                    "moved": tonnes,
                }
                for (project, vintage, _), tonnes in moved.items()
            ],
        )
        assert done == len(moved), "a balance is missing"
    _ADD_BALANCE[connection.dialect.name].run(
        connection,
        [
            {"account_id": target, "project_id": project, "vintage": vintage, "quantity": tonnes}
            for (project, vintage, _), tonnes in moved.items()
        ],
    )


def change_totals(
    connection: Connection, moved: Moved, *, source: Kind | None, target: Kind
) -> None:
    """Keep the totals by kind of account; the chain head is locked, so no order is needed."""
    if source is target:
        return
    if source is not None:
        done = _SUBTRACT_TOTAL.run(
            connection,
            [
                {
                    "of_project_id": project,
                    "of_vintage": vintage,
                    "of_kind": source,
                    "moved": tonnes,
                }
                for (project, vintage, _), tonnes in moved.items()
            ],
        )
        assert done == len(moved), "a total is missing"
    _ADD_TOTAL[connection.dialect.name].run(
        connection,
        [
            {
                "project_id": project,
                "vintage": vintage,
                "kind": target,
                "partner": partner,
                "quantity": tonnes,
            }
            for (project, vintage, partner), tonnes in moved.items()
        ],
    )
