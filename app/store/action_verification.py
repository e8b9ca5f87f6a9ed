"""Actions under Article 6.2 checked against what was sealed: with movements, or authorizations.

The sealed body of a movement names the actions that it caused; what an authorization caused when
it began to hold is sealed over the place that the chain had reached. The sums are added up again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import NullType

from app.domain import bands, chain
from app.domain.findings import Finding, Problem, Row, found
from app.domain.projects import UnitClass
from app.domain.serials import Range
from app.store.databases import AnyRow
from app.store.replay import raw
from app.store.streams import stream
from app.store.tables import (
    Action,
    ActionSum,
    Approach,
    Authorization,
    AuthorizationEffect,
    AuthorizationVersion,
    Issuance,
    ItmoUnits,
    PartnerCountry,
    Transaction,
)

_Facts = tuple[tuple[str, Any], ...]

_ROWS: Final = (
    select(
        *raw(Action),
        Authorization.identifier.label("authorization"),
        AuthorizationVersion.number.label("version"),
        type_coerce(AuthorizationVersion.purpose, NullType()).label("purpose"),
        Issuance.first.label("issued_first"),
        Issuance.last.label("issued_last"),
        Issuance.project_id.label("project_id"),
        Issuance.vintage.label("vintage"),
        ItmoUnits.approach_id.label("approach_id"),
    )
    .outerjoin(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
    .outerjoin(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
    .outerjoin(Issuance, Issuance.id == Action.issuance_id)
    .outerjoin(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
)
#: What a sealed body says of an action where there is something to say.
_SAID: Final = (
    *("type", "subtype", "first", "last", "authorization", "version", "is_final"),
    *("counterparty", "cancelled_for", "using_party", "calendar_year"),
)


class OfTransactions:
    """The actions of movements, taken in the order of the transactions."""

    def __init__(self, connection: Connection) -> None:
        query = _ROWS.where(Action.transaction_id.is_not(None))
        rows = stream(connection, query.order_by(Action.transaction_id, Action.id))
        self._groups = groupby(rows, lambda row: row.transaction_id)
        self._next: tuple[int, list[AnyRow]] | None = None
        self._advance()

    def findings(
        self, transaction: AnyRow, sealed: Mapping[str, Any] | None, *, is_sound: bool
    ) -> Iterator[Finding]:
        """Yield the actions that are not what a transaction's body says; nothing if that lies."""
        while self._next is not None and self._next[0] < transaction.id:
            yield from self._strays()
        rows: list[AnyRow] = []
        if self._next is not None and self._next[0] == transaction.id:
            rows = self._next[1]
            self._advance()
        if is_sound:
            said = [_plain(one) for one in (sealed or {}).get("actions", [])]
            yield from _compared(rows, said, transaction.decided_at, transaction.id)

    def rest(self) -> Iterator[Finding]:
        """Yield what is left over once every transaction has taken its own."""
        while self._next is not None:
            yield from self._strays()

    def _strays(self) -> Iterator[Finding]:
        assert self._next is not None
        for row in self._next[1]:
            yield found("actions", Row.ID, Problem.NO_TRANSACTION, id=row.id)
        self._advance()

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], list(found[1]))


def findings(connection: Connection) -> Iterator[Finding]:
    """Yield what differs beside the actions of movements; sums only where the actions are right."""
    wrong = False
    for finding in (*_units(connection), *_of_authorizations(connection)):
        wrong = True
        yield finding
    if not wrong:
        yield from _sums(connection)


# What authorizations caused


def _of_authorizations(connection: Connection) -> Iterator[Finding]:
    rows: dict[Any, list[AnyRow]] = defaultdict(list)
    query = _ROWS.where(Action.transaction_id.is_(None)).order_by(Action.id)
    for row in stream(connection, query):
        rows[row.at].append(row)
    said: dict[Any, list[_Facts]] = defaultdict(list)
    effects = select(*raw(AuthorizationEffect), Transaction.digest.label("before")).outerjoin(
        Transaction, Transaction.position == AuthorizationEffect.position
    )
    for effect in stream(connection, effects.order_by(AuthorizationEffect.id)):
        actions = _sealed(effect)
        if actions is None:
            yield found("authorization_effects", Row.ID, Problem.NOT_SEALED, id=effect.id)
            rows.pop(effect.at, None)
        else:
            said[effect.at] += [_plain(one) for one in actions]
    for at in sorted({*rows, *said}):
        yield from _compared(rows.get(at, []), said.get(at, []), at, None)


def _sealed(effect: AnyRow) -> list[Any] | None:
    """Return the actions that an effect's body names, or None where it is not what it was."""
    before = effect.before if effect.position else chain.GENESIS
    if before is None or chain.digest(effect.body, before) != effect.digest:
        return None
    body = json.loads(effect.body)
    fits = body["version"] == effect.version_id and body["at"] == chain.moment(_moment(effect.at))
    actions: list[Any] = body["actions"]
    return actions if fits else None


def _compared(
    rows: Sequence[AnyRow], said: Sequence[_Facts], at: Any, transaction: int | None
) -> Iterator[Finding]:
    """Yield what differs of a transaction's actions, or (None) of what an authorization caused."""
    missing = Counter(said)
    strange = 0
    for row in rows:
        facts = _plain({name: getattr(row, name) for name in _SAID})
        if missing[facts] and _fits(row, at):
            missing[facts] -= 1
        else:
            strange += 1
            yield found("actions", Row.ID, Problem.NOT_SEALED, id=row.id)
    # One that was altered is not missing besides.
    for facts in list(missing.elements())[strange:]:
        known = dict(facts)
        told = {"numbers": f"{known['first']}-{known['last']}"}
        if transaction is None:
            yield found("actions", Row.NUMBERS_OF_AUTHORIZATION, Problem.MISSING, **told)
        else:
            told["by"] = str(transaction)
            yield found("actions", Row.NUMBERS_OF_TRANSACTION, Problem.MISSING, **told)


def _fits(row: AnyRow, at: Any) -> bool:
    """Tell whether an action bears its moment and lies in the issuance that it names."""
    return bool(
        row.at == at
        and row.issued_first is not None
        and row.issued_first <= row.first
        and row.last <= row.issued_last
        and not row.note
        and row.using_entity is None
    )


def _plain(said: Mapping[str, Any]) -> _Facts:
    facts = {name: said[name] for name in _SAID if said.get(name) is not None}
    return tuple(sorted((facts | {"is_final": bool(said.get("is_final"))}).items()))


def _moment(value: Any) -> datetime:
    """Read a time as either engine keeps it."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(found, datetime)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# What is kept beside them


def _numbered(first: int) -> int:
    """Return a number of the ledger as its originating registry counts."""
    return bands.printed(Range(first, first), own="")[1].first


def _units(connection: Connection) -> Iterator[Finding]:
    query = (
        select(
            *raw(ItmoUnits),
            type_coerce(Issuance.unit_class, NullType()).label("unit_class"),
            Issuance.first.label("issued_first"),
            Issuance.partner,
            Approach.partner.label("of_approach"),
            PartnerCountry.alpha3,
        )
        .outerjoin(Issuance, Issuance.id == ItmoUnits.issuance_id)
        .outerjoin(Approach, Approach.id == ItmoUnits.approach_id)
        .outerjoin(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
        .order_by(ItmoUnits.issuance_id)
    )
    for row in stream(connection, query):
        fits = (
            row.unit_class == UnitClass.ITMO
            and row.partner == row.of_approach
            and row.first_transferring == row.alpha3
            and row.underlying_first in {None, _numbered(row.issued_first)}
        )
        if not fits:
            yield found("itmo_units", Row.ID, Problem.ISSUANCE_DIFFERS, id=row.issuance_id)


def _sums(connection: Connection) -> Iterator[Finding]:
    keys = [column.name for column in ActionSum.__table__.primary_key]
    counted: Counter[tuple[Any, ...]] = Counter()
    for row in stream(connection, _ROWS.order_by(Action.id)):
        known = {name: getattr(row, name, None) for name in keys}
        for name in ("subtype", "counterparty", "cancelled_for"):
            known[name] = known[name] or ""
        known |= {"calendar_year": row.calendar_year or 0, "year": _moment(row.at).year}
        counted[tuple(known[name] for name in keys)] += row.last - row.first + 1
    for row in stream(connection, select(*raw(ActionSum))):
        key = tuple(getattr(row, name) for name in keys)
        tonnes = counted.pop(key, 0)
        if row.quantity != tonnes:
            facts = {"quantity": row.quantity, "counted": tonnes}
            yield _of_sum(key, Problem.ACTIONS_DIFFER, **facts)
    for key, tonnes in counted.items():
        yield _of_sum(key, Problem.ACTIONS_ALONE, counted=tonnes)


def _of_sum(key: tuple[Any, ...], problem: Problem, **facts: object) -> Finding:
    named = zip(("approach", "project", "vintage"), key, strict=False)
    told = {"key": "/".join(map(str, key)), **dict(named), **facts}
    return found("action_sums", Row.SUM, problem, **told)
