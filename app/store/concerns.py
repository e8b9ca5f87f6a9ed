"""What the findings of a verification concern: which numbers, and which accounts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.domain.findings import Finding, Problem, Row
from app.domain.serials import SERIAL_MAX, Range
from app.store.replay import raw
from app.store.tables import Account, Block, Issuance, Transaction


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding, the numbers of the ledger that it is about, and the accounts (ids)."""

    finding: Finding
    range: Range | None
    accounts: Sequence[int]


def of(connection: Connection, findings: Iterable[Finding]) -> list[Concern]:
    """Return what each finding concerns, as far as the rows that are there can tell.

    An account whose number was altered explains what differs in all that it took part in.
    """
    known = list(findings)
    numbers = {row.number: row.id for row in connection.execute(select(*raw(Account)))}
    altered = {one.facts["id"] for one in known if one.table == "accounts"}
    concerns = []
    for finding in known:
        range_, accounts = _Looking(connection, numbers).at(finding)
        explained = accounts & altered
        found = sorted((explained or accounts) & set(numbers.values()))
        concerns.append(Concern(finding, range_, found))
    return concerns


@dataclass(frozen=True, slots=True)
class _Looking:
    connection: Connection
    #: Ids of accounts by their numbers.
    numbers: dict[str, int]

    def at(self, finding: Finding) -> tuple[Range | None, set[int]]:
        """Return the numbers and the accounts of a finding."""
        match finding.table:
            case "accounts":
                return None, _ids(finding, "id")
            case "balances":
                return None, _ids(finding, "account")
            case "issuances":
                return self._issuance(finding), set()
            case "transactions":
                return None, self._transaction(finding)
            case "blocks" | "reservations":
                return self._block(finding)
        return None, set()

    def _issuance(self, finding: Finding) -> Range | None:
        query = select(Issuance.first, Issuance.last)
        for known in _ids(finding, "id"):
            found = self.connection.execute(query.where(Issuance.id == known)).one_or_none()
            return _range(found.first, found.last) if found else None
        return None

    def _transaction(self, finding: Finding) -> set[int]:
        """Return the accounts of a transaction: of a side that differs, as it is and was sealed."""
        is_place = finding.naming is Row.PLACE
        column = Transaction.position if is_place else Transaction.id
        named = _ids(finding, "position" if is_place else "id")
        query = select(*raw(Transaction)).where(column.in_(named))
        row = self.connection.execute(query).first()
        if row is None:
            return set()
        sealed = _sealed(row.body)
        sides = {"source": row.source_id, "target": row.target_id}
        names = list(sides)
        if finding.problem is Problem.COLUMN_DIFFERS and finding.facts["column"] in sides:
            names = [str(finding.facts["column"])]
        ids = {sides[name] for name in names}
        return {one for one in ids | {self._id(sealed, name) for name in names} if one}

    def _block(self, finding: Finding) -> tuple[Range | None, set[int]]:
        facts = finding.facts
        range_ = _range(facts["first"], facts["last"])
        accounts: set[int | None] = set()
        for one in _ids(finding, "opener") | _ids(finding, "by"):
            accounts |= self._sides(one, range_)
        for opener in _ids(finding, "opener"):
            query = select(Block.account_id).where(
                Block.opened_by == opener, Block.first == facts["first"]
            )
            accounts |= set(self.connection.execute(query).scalars())
        return range_, {one for one in accounts if one}

    def _sides(self, transaction: int, range_: Range | None) -> set[int | None]:
        """Return where the sealed body of a transaction says that numbers should lie."""
        query = select(*raw(Transaction)).where(Transaction.id == transaction)
        row = self.connection.execute(query).first()
        if row is None:
            return set()
        sealed = _sealed(row.body)
        if range_ is None or not sealed:
            return {row.source_id, row.target_id}
        moved = any(
            first <= range_.first and range_.last <= last for first, last in sealed["ranges"]
        )
        return {self._id(sealed, "target" if moved else "source")}

    def _id(self, sealed: dict[str, Any], side: str) -> int | None:
        return self.numbers.get(sealed.get(side) or "")


def _ids(finding: Finding, name: str) -> set[int]:
    """Return the id that a finding tells, if it is one: what was altered may be anything."""
    told = finding.facts.get(name)
    return {told} if isinstance(told, int) else set()


def _range(first: Any, last: Any) -> Range | None:
    whole = isinstance(first, int) and isinstance(last, int)
    return Range(first, last) if whole and 1 <= first <= last <= SERIAL_MAX else None


def _sealed(body: object) -> dict[str, Any]:
    if not isinstance(body, bytes):
        return {}
    try:
        sealed = json.loads(body)
    except ValueError:
        return {}
    return sealed if isinstance(sealed, dict) and "ranges" in sealed else {}
