"""What a proposal of another registry says: read strictly, and held against what is known here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection

from app.domain import accounts, actions, bands, serials
from app.domain.envelopes import Content
from app.domain.errors import NumberTooLarge, SerialsTwice
from app.domain.exchange import Code
from app.domain.exchange_errors import MessageRejected
from app.domain.ledger import BLOCKS_MAX
from app.domain.nomenclature import MitigationType
from app.domain.projects import ITMO_VINTAGE_MIN, UnitClass
from app.domain.serials import Range
from app.registry import actions as plans
from app.registry.actions import Plan
from app.registry.letters import Desk
from app.store import arrivals as questions
from app.store import blocks, peers
from app.store import crossings as crossing_questions
from app.store import ledger as door
from app.store.actions import Outcomes
from app.store.carvings import Piece
from app.store.databases import AnyRow

#: The number of a transaction, such as JP0000001234.
NUMBER: Final = re.compile("[A-Z]{2}[0-9]{10,19}")
_FIELDS: Final = {"crossing", "from", "to", "quantity", "units"}
_UNIT: Final = {
    *("origin", "first", "last", "partner", "project", "vintage", "unit_class", "decision")
}
_ITMO: Final = {
    *("approach", "party_registry", "first_transferring", "mitigation_type"),
    *("underlying_registry", "underlying_first"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A block as another registry tells it, at its place in the ledger."""

    origin: str
    place: Range
    partner: str
    project: str
    vintage: int
    unit_class: UnitClass
    decision: str
    itmo: tuple[tuple[str, Any], ...] = ()
    #: Set once it was looked up: nobody has seen it here before.
    is_new: bool = False

    @property
    def attributes(self) -> tuple[Any, ...]:
        """What never changes about it, apart from its numbers."""
        fixed = tuple((name, value) for name, value in self.itmo if name != "underlying_first")
        known = (self.partner, self.project, self.vintage, self.unit_class, self.decision)
        return (self.origin, *known, fixed)


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal as it was read."""

    number: str
    sender: str
    account: str
    quantity: int
    units: list[Unit]


def read(content: Content, own: str) -> Asked:
    """Read a proposal.

    Raises:
        MessageRejected: something of it is malformed; the code says what.
    """
    if set(content) != _FIELDS or not isinstance(content["units"], list):
        raise MessageRejected(Code.MALFORMED)
    if not isinstance(content["crossing"], str) or not NUMBER.fullmatch(content["crossing"]):
        raise MessageRejected(Code.NUMBER_MALFORMED)
    sender, account = (_account(content[side]) for side in ("from", "to"))
    if sender[:2] == account[:2]:
        raise MessageRejected(Code.SAME_REGISTRY)
    if not 1 <= len(content["units"]) <= BLOCKS_MAX:
        raise MessageRejected(Code.MALFORMED)
    units = placed(content["units"], own)
    quantity = serials.quantity(unit.place for unit in units)
    if not _whole(content["quantity"]) or content["quantity"] != quantity:
        raise MessageRejected(Code.MALFORMED, "quantity")
    return Asked(content["crossing"], sender, account, content["quantity"], units)


def placed(told: Sequence[Content], own: str) -> list[Unit]:
    """Return blocks at their places in the ledger, ascending.

    Raises:
        MessageRejected: one of them is malformed, or two overlap.
    """
    units = sorted((_unit(one, own) for one in told), key=lambda unit: unit.place)
    try:
        serials.distinct([unit.place for unit in units])
    except SerialsTwice as why:
        raise MessageRejected(Code.MALFORMED, "units") from why
    return units


def _account(number: object) -> str:
    try:
        read = str(accounts.parse_number(number if isinstance(number, str) else ""))
    except accounts.NUMBER_REFUSALS as why:
        raise MessageRejected(Code.ACCOUNT_MALFORMED, str(number)[:100]) from why
    if read != number:
        raise MessageRejected(Code.ACCOUNT_MALFORMED, str(number)[:100])
    return read


def _unit(told: object, own: str) -> Unit:
    if not isinstance(told, dict):
        raise MessageRejected(Code.MALFORMED)
    if told.get("first") is None or told.get("last") is None:
        raise MessageRejected(Code.NO_RANGE)
    texts = ("origin", "partner", "project", "unit_class", "decision")
    if set(told) - {"itmo"} != _UNIT or not all(isinstance(told[name], str) for name in texts):
        raise MessageRejected(Code.MALFORMED)
    if not bands.CODE.fullmatch(told["origin"]):
        raise MessageRejected(Code.ORIGIN_UNKNOWN)
    if told["unit_class"] not in set(UnitClass):
        raise MessageRejected(Code.UNIT_CLASS_UNKNOWN)
    is_itmo = told["vintage"] >= ITMO_VINTAGE_MIN if _whole(told["vintage"]) else None
    if is_itmo is None or is_itmo is not (told["unit_class"] == UnitClass.ITMO):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "vintage")
    return Unit(
        told["origin"],
        _place(told, own),
        told["partner"],
        told["project"],
        told["vintage"],
        UnitClass(told["unit_class"]),
        told["decision"],
        _itmo(told.get("itmo"), told["unit_class"]),
    )


def _place(told: Content, own: str) -> Range:
    first, last = told["first"], told["last"]
    if not _whole(first) or not _whole(last) or first < 1:
        raise MessageRejected(Code.NO_RANGE)
    if last < first:
        raise MessageRejected(Code.RANGE_BACKWARDS)
    if last > bands.OWN_MAX:
        raise MessageRejected(Code.NEVER_ISSUED)
    try:
        return bands.stored(told["origin"], Range(first, last), own=own)
    except NumberTooLarge as why:
        raise MessageRejected(Code.NEVER_ISSUED) from why


def _itmo(told: object, unit_class: str) -> tuple[tuple[str, Any], ...]:
    if told is None:
        return ()
    if unit_class != UnitClass.ITMO or not isinstance(told, dict) or set(told) != _ITMO:
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "itmo")
    texts = ("approach", "party_registry", "first_transferring", "mitigation_type")
    if not all(isinstance(told[name], str) for name in texts):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "itmo")
    if told["mitigation_type"] not in set(MitigationType):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "itmo")
    if not isinstance(told["underlying_registry"], str | None):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "itmo")
    beneath = told["underlying_first"]
    if beneath is not None and (not _whole(beneath) or not 1 <= beneath <= bands.OWN_MAX):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "itmo")
    return tuple(sorted(told.items()))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# Held against what is known here


def grouped(
    connection: Connection,
    units: Sequence[Unit],
    peer: AnyRow,
    desk: Desk,
    *,
    own: int | None = None,
) -> list[list[Unit]]:
    """Return blocks in groups of which each enters by one transaction.

    Credits that are new here and alike with neighbouring numbers are one group, and so is all that
    comes back.

    Args:
        own: the crossing that expects them, when it is not judged for the first time.

    Raises:
        MessageRejected: they cannot be there, or are not what the other registry says they are.
    """
    looked_up = [
        part
        for unit in units
        for part in _looked_up(connection, unit, peer, desk, is_first=own is None)
    ]
    groups = [[unit for unit in looked_up if not unit.is_new]]
    for _alike, alike in groupby((u for u in looked_up if u.is_new), key=lambda u: u.attributes):
        for unit in alike:
            last = groups[-1][-1] if groups[-1] else None
            is_next = (
                last is not None
                and last.is_new
                and last.attributes == unit.attributes
                and last.place.last + 1 == unit.place.first
            )
            if is_next:
                groups[-1].append(unit)
            else:
                groups.append([unit])
    return [group for group in groups if group]


def _looked_up(
    connection: Connection, unit: Unit, peer: AnyRow, desk: Desk, *, is_first: bool
) -> list[Unit]:
    """Return a block in parts that were here before, and parts that were not."""
    if is_first and crossing_questions.is_expected(connection, unit.place):
        raise MessageRejected(Code.UNITS_HELD_HERE, str(unit.place))
    parts = _returning(connection, unit, peer, desk)
    missing = serials.difference(unit.place, [part.place for part in parts])
    if missing and unit.origin == desk.code:
        raise MessageRejected(Code.NEVER_ISSUED, str(missing[0]))
    if missing:
        _check_origin(connection, unit, peer)
        new_units(connection, unit)
    parts += [_part(unit, place, is_new=True) for place in missing]
    return sorted(parts, key=lambda part: part.place)


def _returning(connection: Connection, unit: Unit, peer: AnyRow, desk: Desk) -> list[Unit]:
    """Return the parts of a block that were here before, and lie with the other registry now."""
    covering = blocks.covering(connection, unit.place)
    if len(covering) > BLOCKS_MAX:
        raise MessageRejected(Code.MALFORMED, "units")
    parts: list[Unit] = []
    for block in covering:
        if block.account_id != peer.account_id:
            raise MessageRejected(Code.UNITS_HELD_HERE, str(unit.place))
        _check_known(connection, unit, block, desk)
        part = serials.overlap(Range(block.first, block.last), unit.place)
        assert part is not None, "it covers some of them"
        parts.append(_part(unit, part, is_new=False))
    return parts


def _check_origin(connection: Connection, unit: Unit, peer: AnyRow) -> None:
    """Refuse new credits of a registry with which nothing is exchanged."""
    if unit.origin != peer.code and peers.by_code(connection, unit.origin) is None:
        raise MessageRejected(Code.ORIGIN_UNKNOWN, unit.origin)


def _part(unit: Unit, place: Range, *, is_new: bool) -> Unit:
    itmo = dict(unit.itmo)
    if itmo.get("underlying_first") is not None:
        itmo["underlying_first"] += place.first - unit.place.first
    return Unit(
        unit.origin,
        place,
        unit.partner,
        unit.project,
        unit.vintage,
        unit.unit_class,
        unit.decision,
        tuple(sorted(itmo.items())),
        is_new,
    )


def _check_known(connection: Connection, unit: Unit, block: AnyRow, desk: Desk) -> None:
    """Refuse other attributes than those that the credits had when they left."""
    known = crossing_questions.attributes(connection, block.issuance_id)
    part = serials.overlap(Range(block.first, block.last), unit.place)
    assert part is not None
    ours = _unit(crossing_questions.described(known, part, own=desk.code), desk.code)
    if ours != _part(unit, part, is_new=False):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, str(part))


def new_units(connection: Connection, unit: Unit) -> door.NewUnits:
    """Return what is written of credits that are new here.

    Raises:
        MessageRejected: project or decision are not known here, or known otherwise.
    """
    known = questions.decision(connection, unit.decision)
    if known is None:
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, unit.decision)
    ours = (known.project, known.partner, known.unit_class)
    if ours != (unit.project, unit.partner, unit.unit_class):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, unit.decision)
    first, last = known.monitoring_from, known.monitoring_to
    if first and last and not first.year <= unit.vintage <= last.year:
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, "vintage")
    return door.NewUnits(
        decision_id=known.decision_id,
        decision=unit.decision,
        project_id=known.project_id,
        project=known.project,
        partner=known.partner,
        vintage=unit.vintage,
        unit_class=unit.unit_class,
    )


def judged(
    connection: Connection,
    group: Sequence[Unit],
    peer: AnyRow,
    desk: Desk,
    *,
    now: datetime,
    promised_at: datetime | None = None,
) -> Plan:
    """Work out what entering means under Article 6.2; nothing for credits that are no ITMOs.

    Args:
        promised_at: when it was accepted: what held on that day is what counts.

    Raises:
        Refusal: the rules forbid it, see `app.domain.actions`.
    """
    told = actions.Occurrence(
        actions.Event.RECEIVED,
        (promised_at or now).astimezone(UTC).date(),
        desk.party,
        counterparty=peer.party,
    )
    if not group[0].is_new:
        pieces = [
            Piece(part, block.issuance_id, block.vintage)
            for unit in group
            for block in blocks.covering(connection, unit.place)
            if (part := serials.overlap(Range(block.first, block.last), unit.place))
        ]
        return plans.crossed(connection, pieces, told)
    itmo = dict(group[0].itmo)
    if not itmo:
        return Plan()
    approach = questions.approach(connection, itmo["approach"])
    if approach is None:
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, itmo["approach"])
    whole = Range(group[0].place.first, group[-1].place.last)
    outcomes = Outcomes(
        0, whole, group[0].vintage, group[0].project, approach, itmo["first_transferring"]
    )
    units = {name: value for name, value in itmo.items() if name != "approach"}
    return plans.entered(connection, outcomes, told, units | {"approach_id": approach})
