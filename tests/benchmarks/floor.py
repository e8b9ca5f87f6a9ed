"""The floor: a transfer's statements, by hand and with no check in between, on the bare drivers."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from app.domain import chain
from app.domain.ledger import PROPOSAL_LIFE, transaction_number
from app.domain.serials import Range
from app.store import transactions

_PERSON: Final = (
    'SELECT u.id, u.role, u.state, r."right" FROM users u LEFT JOIN representatives r'
    " ON r.user_id = u.id AND r.account_id = %s AND r.state = 'active' WHERE u.id = %s"
)
_SIDES: Final = (
    "SELECT id, number, kind, state FROM accounts WHERE id IN (SELECT source_id FROM transactions"
    " WHERE id = %s UNION ALL SELECT target_id FROM transactions WHERE id = %s) ORDER BY id"
)
_BARS: Final = "SELECT first, last FROM bars WHERE lifted_at IS NULL"
_STANDING: Final = (
    "SELECT state, (SELECT user_id FROM claims WHERE transaction_id = %s ORDER BY id DESC LIMIT 1)"
    " FROM users WHERE id = %s"
)
_CONCERNED: Final = (
    " FROM users u JOIN (SELECT CAST(%s AS BIGINT) AS user_id UNION SELECT user_id"
    " FROM representatives WHERE account_id IN (%s, %s) AND state = 'active') c"
    " ON c.user_id = u.id WHERE u.state <> 'deactivated'"
)
_COLUMNS: Final = (
    *("kind", "status", "source_id", "target_id", "quantity", "allocation_id", "purpose"),
    *("beneficiary", "reference", "remark", "key", "content", "proposed_by", "proposed_at"),
    *("expires_at", "decided_by", "decided_at", "reason", "position", "body", "digest"),
)
_TRANSACTION: Final = ", ".join(["id", *_COLUMNS])
_BLOCK: Final = (
    "opened_by, first, last, account_id, kind, project_id, partner, vintage, issuance_id, closed_by"
)


class Sqlite:
    """The standard library's driver, with the registry's own settings of durability."""

    lock = ""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("PRAGMA cache_size = -65536")

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
        plain = tuple(
            p.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(p, datetime) else p for p in parameters
        )
        return self.connection.execute(statement.replace("%s", "?"), plain)

    def commit(self) -> None:
        self.connection.execute("COMMIT")


class Postgresql:
    """Psycopg, which prepares a statement by itself when it comes again."""

    lock = " FOR NO KEY UPDATE"

    def __init__(self, host: str, name: str) -> None:
        self.connection = psycopg.connect(host=host, user="postgres", dbname=name)

    def begin(self) -> None:
        pass

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
        return self.connection.execute(statement.encode(), parameters)

    def commit(self) -> None:
        self.connection.commit()


def transfer(
    driver: Sqlite | Postgresql,
    *,
    source: tuple[int, str],
    target: tuple[int, str],
    quantity: int,
    key: str,
    people: tuple[int, int],
) -> None:
    """Propose and approve one transfer of the source's lowest serials, which must be one block's.

    The rows written are those the verbs write, so `flask verify` finds nothing in them.
    """
    now = datetime.now(UTC)
    values: dict[str, Any] = dict.fromkeys(_COLUMNS) | {
        "kind": "transfer",
        "status": "proposed",
        "source_id": source[0],
        "target_id": target[0],
        "quantity": quantity,
        "key": key,
        "content": _content(source[1], target[1], quantity),
        "proposed_by": people[0],
        "proposed_at": now,
        "expires_at": now + PROPOSAL_LIFE,
    }
    numbers = {"source": source[1], "target": target[1]}
    first = _propose(driver, values, numbers)
    _approve(driver, values, numbers, first, approver=people[1])


def _content(source: str, target: str, quantity: int) -> bytes:
    texts = dict.fromkeys(("purpose", "beneficiary", "reference", "remark"), "")
    asked = {"kind": "transfer", "source": source, "target": target, "quantity": quantity}
    return chain.digest(
        chain.canonical(asked | texts | {"project": None, "vintage": None, "serials": []})
    )


def _propose(driver: Sqlite | Postgresql, values: dict[str, Any], numbers: dict[str, str]) -> int:
    source, proposer, quantity = (values[n] for n in ("source_id", "proposed_by", "quantity"))
    driver.begin()
    run = driver.execute
    run(
        "SELECT id, number, kind, state FROM accounts WHERE number IN (%s, %s) ORDER BY id"
        + driver.lock,
        (numbers["source"], numbers["target"]),
    ).fetchall()
    run(_PERSON, (source, proposer)).fetchone()
    run(
        f"SELECT {_TRANSACTION} FROM transactions WHERE proposed_by = %s AND key = %s",
        (proposer, values["key"]),
    ).fetchone()
    run(
        "SELECT r.first, r.last FROM reservations r JOIN transactions t ON t.id = r.transaction_id"
        " WHERE t.source_id = %s AND t.status = 'proposed'"
        " UNION ALL SELECT first, last FROM bars WHERE lifted_at IS NULL",
        (source,),
    ).fetchall()
    held = run(
        "SELECT first, last, project_id, vintage FROM blocks WHERE closed_by IS NULL"
        " AND account_id = %s AND first > %s ORDER BY first LIMIT %s",
        (source, 0, 16),
    ).fetchall()
    first = held[0][0]
    values["digest"] = chain.digest(chain.canonical(transactions.facts(values, **numbers)))
    marks = ", ".join(["%s"] * len(_COLUMNS))
    values["id"] = run(
        f"INSERT INTO transactions ({', '.join(_COLUMNS)}) VALUES ({marks}) RETURNING id",
        tuple(values[name] for name in _COLUMNS),
    ).fetchone()[0]
    run(
        "INSERT INTO reservations (transaction_id, first, last) VALUES (%s, %s, %s)",
        (values["id"], first, first + quantity - 1),
    )
    _tell(driver, values, numbers, "transfer_proposed", source, values["proposed_at"])
    driver.commit()
    return int(first)


def _tell(
    driver: Sqlite | Postgresql,
    values: dict[str, Any],
    numbers: dict[str, str],
    kind: str,
    account: int,
    now: datetime,
) -> None:
    number = transaction_number(numbers["source"][:2], values["id"])
    facts = {"number": number, "quantity": values["quantity"], **numbers}
    run = driver.execute
    told = run(
        "INSERT INTO notifications (at, kind, subject, facts) VALUES (%s, %s, %s, %s) RETURNING id",
        (now, kind, number, json.dumps(facts)),
    ).fetchone()[0]
    run(
        f"INSERT INTO inbox (user_id, notification_id, topic) SELECT u.id, %s, %s{_CONCERNED}",
        (told, "credits", None, account, None),
    )
    run(
        "INSERT INTO mails (address, language, kind, path, made_at, next_at)"
        f" SELECT u.email, u.language, %s, %s, %s, %s{_CONCERNED}"
        " AND u.email IS NOT NULL AND NOT u.is_demo",
        (kind, f"/portal/notifications/{told}", now, now, None, account, None),
    )


def _approve(
    driver: Sqlite | Postgresql,
    values: dict[str, Any],
    numbers: dict[str, str],
    first: int,
    *,
    approver: int,
) -> None:
    driver.begin()
    identifier, quantity, now = values["id"], values["quantity"], datetime.now(UTC)
    run = driver.execute
    run(_SIDES + driver.lock, (identifier, identifier)).fetchall()
    run(f"SELECT {_TRANSACTION} FROM transactions WHERE id = %s", (identifier,)).fetchone()
    run(_PERSON, (values["source_id"], approver)).fetchone()
    run(_STANDING, (identifier, values["proposed_by"])).fetchone()
    run(
        "SELECT first, last FROM reservations WHERE transaction_id = %s ORDER BY first",
        (identifier,),
    ).fetchall()
    run(_BARS).fetchall()
    last = first + quantity - 1
    _move(run, values, Range(first, last))
    head = run(
        "SELECT id, position, digest, completed_at, serial_next FROM chain_head WHERE id = 1"
        + driver.lock
    ).fetchone()
    if isinstance(head[3], datetime):
        now = max(now, head[3])
    done = values | {"status": "completed", "decided_by": approver, "decided_at": now}
    said = transactions.facts(done, **numbers)
    said |= {"ranges": [[first, last]], "position": head[1] + 1}
    body = chain.canonical(said | {"number": transaction_number(numbers["source"][:2], identifier)})
    digest = chain.digest(body, head[2])
    run(
        "UPDATE transactions SET status = 'completed', decided_by = %s, decided_at = %s,"
        " reason = NULL, position = %s, body = %s, digest = %s"
        " WHERE id = %s AND status = 'proposed'",
        (approver, now, head[1] + 1, body, digest, identifier),
    )
    run("DELETE FROM reservations WHERE transaction_id = %s", (identifier,))
    run(
        "UPDATE chain_head SET position = %s, digest = %s, completed_at = %s, serial_next = %s"
        " WHERE id = 1",
        (head[1] + 1, digest, now, head[4]),
    )
    _tell(driver, values, numbers, "transfer_completed", values["source_id"], now)
    _tell(driver, values, numbers, "transfer_received", values["target_id"], now)
    driver.commit()


def _move(run: Callable[..., Any], values: dict[str, Any], moved: Range) -> None:
    first, last = moved.first, moved.last
    source, target = values["source_id"], values["target_id"]
    block = run(
        f"SELECT {_BLOCK} FROM blocks WHERE closed_by IS NULL AND first >= coalesce((SELECT"
        " max(first) FROM blocks WHERE closed_by IS NULL AND first <= %s), %s)"
        " AND first <= %s AND last >= %s ORDER BY first LIMIT %s",
        (first, first, last, first, 3_001),
    ).fetchone()
    run(
        "UPDATE blocks SET closed_by = %s WHERE first = %s AND opened_by = %s"
        " AND closed_by IS NULL",
        (values["id"], block[1], block[0]),
    )
    pieces = [(first, last, target), (last + 1, block[2], source)]
    for piece in pieces if last < block[2] else pieces[:1]:
        run(
            "INSERT INTO blocks (opened_by, first, last, account_id, kind, project_id, partner,"
            " vintage, issuance_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (values["id"], *piece, *block[4:9]),
        )
    run(
        "UPDATE balances SET quantity = quantity - %s WHERE account_id = %s AND project_id = %s"
        " AND vintage = %s",
        (moved.quantity, source, block[5], block[7]),
    )
    run(
        "INSERT INTO balances (account_id, project_id, vintage, quantity) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (account_id, project_id, vintage)"
        " DO UPDATE SET quantity = balances.quantity + excluded.quantity",
        (target, block[5], block[7], moved.quantity),
    )
