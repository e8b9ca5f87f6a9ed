"""Whether a registry says what its model says: each table read plainly, and the questions asked."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.serials import Range
from app.store import accounts as account_questions
from app.store import blocks, verification
from app.store.blocks import Search
from tests.simulation.model import Model

_LOGGED = "SELECT count(*) FROM log_entries"
#: One statement for everything: after each step it is asked once.
_EVERYTHING = """
    SELECT 'live' AS what, b.first, b.last, a.number, p.reference, b.vintage FROM blocks b
    JOIN accounts a ON a.id = b.account_id JOIN projects p ON p.id = b.project_id
    WHERE b.closed_by IS NULL
    UNION ALL
    SELECT 'balance', c.quantity, 0, a.number, p.reference, c.vintage FROM balances c
    JOIN accounts a ON a.id = c.account_id JOIN projects p ON p.id = c.project_id
    WHERE c.quantity <> 0
    UNION ALL SELECT 'total', quantity, 0, kind, '', 0 FROM totals
    UNION ALL SELECT 'reserved', first, last, '', '', transaction_id FROM reservations
    UNION ALL SELECT 'transaction', quantity, 0, kind, status, id FROM transactions
    UNION ALL SELECT 'account', 0, 0, number, kind || ' ' || state, 0 FROM accounts
    UNION ALL SELECT 'logged', count(*), 0, '', '', 0 FROM log_entries
"""

_Rows = list[tuple[Any, ...]]


def logged(session: Session) -> int:
    """Return how many operations are in the log."""
    return int(session.connection().exec_driver_sql(_LOGGED).scalar_one())


def check(session: Session, model: Model, entries: int) -> None:
    """Assert what must hold after every step."""
    found: dict[str, _Rows] = defaultdict(list)
    for what, *row in session.connection().exec_driver_sql(_EVERYTHING):
        found[what].append(tuple(row))
    _check_serials(found, model)
    _check_reservations(found["reserved"], model)
    assert {row[4]: (row[2], row[3], row[0]) for row in found["transaction"]} == {
        identifier: (moved.kind, moved.status, moved.quantity)
        for identifier, moved in model.movements.items()
    }
    assert {row[2]: row[3] for row in found["account"]} == {
        number: f"{kind} {model.states[number]}" for number, kind in model.kinds.items()
    }
    # Each movement is logged when it is proposed and when it ends, and once however often asked.
    steps = sum(1 + (moved.status != "proposed") for moved in model.movements.values())
    assert found["logged"][0][0] == entries + steps


def _check_serials(found: dict[str, _Rows], model: Model) -> None:
    owner, unit = {}, {}
    for first, last, number, project, vintage in found["live"]:
        serials = range(first, last + 1)
        assert not owner.keys() & serials, f"live blocks overlap at {first}-{last}"
        owner |= dict.fromkeys(serials, number)
        unit |= dict.fromkeys(serials, (project, vintage))
    assert owner == model.owner
    assert unit == model.unit
    balances = {row[2:]: row[0] for row in found["balance"]}
    assert balances == Counter((owner[n], *unit[n]) for n in owner)
    totals = Counter[str]()
    for tonnes, _, kind, *_ in found["total"]:
        totals[kind] += tonnes
    assert +totals == Counter(model.kinds[number] for number in owner.values())
    assert totals.total() == len(owner), "issued is not held, retired and cancelled"


def _check_reservations(rows: _Rows, model: Model) -> None:
    reserved: dict[int, set[int]] = defaultdict(set)
    for first, last, _, _, identifier in rows:
        reserved[identifier] |= set(range(first, last + 1))
    waiting = model.waiting()
    assert reserved == {i: set(moved.serials) for i, moved in waiting.items() if moved.serials}
    for identifier, kept in reserved.items():
        assert {model.owner[n] for n in kept} == {waiting[identifier].source}


def check_questions(session: Session, model: Model, turn: int) -> None:
    """Assert that the chain verifies and that what pages show adds up to the same."""
    assert list(verification.findings(session)) == []
    totals = Counter(model.kinds[number] for number in model.owner.values())
    assert blocks.totals(session, Search()) == totals
    if model.owner:
        assert blocks.totals(session, Search(range=Range(1, len(model.owner)))) == totals
    number = list(model.kinds)[turn // 25 % len(model.kinds)]
    account = account_questions.by_number(session, number)
    assert account is not None
    connection = session.connection()
    kept = [moved.serials for moved in model.waiting().values() if moved.source == number]
    assert account_questions.balance(connection, account.id) == len(model.held(number))
    assert account_questions.reserved(connection, account.id) == sum(map(len, kept))


def check_past(session: Session, past: dict[datetime, dict[int, str]], model: Model) -> None:
    """Assert that questions as of a moment answer what was so at that moment."""
    for moment, owner in past.items():
        expected = Counter(model.kinds[number] for number in owner.values())
        assert blocks.totals_as_of(session, moment) == expected
        for number in sorted(set(owner.values())):
            account = account_questions.by_number(session, number)
            assert account is not None
            found = blocks.holdings_as_of(session, account.id, moment)
            serials = [n for row in found for n in range(row.first, row.last + 1)]
            assert serials == sorted(n for n, of in owner.items() if of == number)
