"""What authorizations say of units at one moment, and the actions that follow from an event.

A range falls into parts that are alike: what happened to them before, and which authorization
governs them. Each question of the database is asked once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.domain import actions, serials
from app.domain.actions import Done, Event, Occurrence, Units
from app.domain.article6_errors import QuantityExhausted
from app.domain.authorizations import Happening, Terms
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store import actions as questions
from app.store import authorizations
from app.store.actions import Outcomes, Past


@dataclass(frozen=True, slots=True)
class Act:
    """An action that is to be recorded of a range of one issuance."""

    range: Range
    issuance_id: int
    done: Done


def acts(
    connection: Connection, found: Iterable[tuple[Outcomes, Sequence[Range]]], told: Occurrence
) -> list[Act]:
    """Return what follows for ranges of issuances, neighbours with the same actions joined.

    Raises:
        Refusal: the rules forbid it for some of them, see `app.domain.actions`.
        QuantityExhausted: more would be first transferred than an authorization covers.
    """
    coverage = _Coverage(connection, told)
    made: list[Act] = []
    for outcomes, ranges in found:
        for wanted in serials.join(ranges):
            for units in coverage.parts(outcomes, wanted):
                followed = actions.follow(units, told)
                made.extend(Act(units.range, outcomes.id, done) for done in followed)
    _check_first_transfers(connection, made)
    return _joined(made)


class _Coverage:
    """The authorizations of the approaches concerned, as they stand on one day."""

    def __init__(self, connection: Connection, told: Occurrence) -> None:
        self.connection = connection
        self.told = told
        self._in_force: dict[int, list[Terms]] = {}
        self._read: dict[tuple[str, int, int], Terms | None] = {}
        self._rooms: dict[int, int] = {}

    def parts(self, outcomes: Outcomes, wanted: Range) -> Iterator[Units]:
        """Yield a range in parts that are alike."""
        past = questions.past(self.connection, outcomes, wanted) if outcomes.id else []
        for part in _alike(wanted, [one.range for one in past]):
            before = [one for one in past if part.first in one.range]
            yield from self._standing(outcomes, part, before)

    def _standing(self, outcomes: Outcomes, part: Range, before: list[Past]) -> Iterator[Units]:
        units = Units(part, outcomes.vintage, outcomes.first_transferring, None)
        approach = outcomes.approach_id
        transferred = [one for one in before if one.type is not ActionType.AUTHORIZATION]
        if transferred:
            version = transferred[0].version_id
            yield replace(
                units,
                terms=self._governs(approach, version),
                kept=self._terms(approach, version),
                is_entered=True,
                is_first_transferred=True,
            )
            return
        terms = self._still(outcomes, before[-1].version_id) if before else None
        if terms is not None:
            yield replace(units, terms=terms, is_entered=True)
        elif self.told.event in {Event.AUTHORIZED, Event.ISSUED, Event.RECEIVED}:
            yield from self._offered(outcomes, units)
        else:
            yield units

    def _offered(self, outcomes: Outcomes, units: Units) -> Iterator[Units]:
        """Put units under the authorizations that cover them, the lowest numbers first."""
        left: Range | None = units.range
        for terms in self._covering(outcomes):
            room = self._room(terms)
            if left is None or room == 0:
                continue
            piece, left = serials.take(left, min(room or left.quantity, left.quantity))
            if terms.quantity is not None:
                self._rooms[terms.authorization_id] -= piece.quantity
            yield replace(units, range=piece, terms=terms)
        if left is not None:
            yield replace(units, range=left)

    def _covering(self, outcomes: Outcomes) -> list[Terms]:
        is_issued = self.told.event is Event.ISSUED
        return [
            terms
            for terms in self._holding(outcomes.approach_id)
            if terms.covers(outcomes.vintage, outcomes.project)
            and (not is_issued or terms.permits(Happening.ISSUANCE, self.told.on))
        ]

    def _still(self, outcomes: Outcomes, version: int) -> Terms | None:
        """Return what the authorization of an entry says of the units now, if it still holds."""
        entry = self._terms(outcomes.approach_id, version)
        for terms in self._holding(outcomes.approach_id):
            if terms.authorization_id == entry.authorization_id:
                return terms if terms.covers(outcomes.vintage, outcomes.project) else None
        return None

    def _room(self, terms: Terms) -> int | None:
        """Return how much more may come under an authorization; None for any amount."""
        if terms.quantity is None:
            return None
        known = terms.authorization_id
        if known not in self._rooms:
            left = terms.quantity - questions.entered(self.connection, known)
            self._rooms[known] = max(left, 0)
        return self._rooms[known]

    def _holding(self, approach: int) -> list[Terms]:
        if approach not in self._in_force:
            found = authorizations.in_force(self.connection, approach, self.told.on)
            self._in_force[approach] = found
        return self._in_force[approach]

    def _terms(self, approach: int, version: int) -> Terms:
        key = ("terms", approach, version)
        if key not in self._read:
            self._read[key] = authorizations.terms(self.connection, version, approach)
        found = self._read[key]
        assert found is not None, "a version that was acted under is there"
        return found

    def _governs(self, approach: int, version: int) -> Terms | None:
        key = ("governs", approach, version)
        if key not in self._read:
            self._read[key] = authorizations.governs(
                self.connection, approach_id=approach, first_version_id=version, on=self.told.on
            )
        return self._read[key]


def _alike(wanted: Range, cuts: Sequence[Range]) -> Iterator[Range]:
    """Divide a range wherever one of the others begins or ends."""
    places = {one.first for one in cuts} | {one.last + 1 for one in cuts}
    left = wanted
    for place in sorted(place for place in places if wanted.first < place <= wanted.last):
        part, left = serials.split(left, place)
        yield part
    yield left


def _check_first_transfers(connection: Connection, made: Sequence[Act]) -> None:
    """Refuse what an authorization does not cover any more since its quantity was lowered."""
    tonnes: dict[int, int] = defaultdict(int)
    limited: dict[int, Terms] = {}
    for act in made:
        terms = act.done.terms
        if act.done.type is ActionType.FIRST_TRANSFER and terms.quantity is not None:
            tonnes[terms.authorization_id] += act.range.quantity
            limited[terms.authorization_id] = terms
    for identifier, terms in limited.items():
        limit = terms.quantity or 0
        remaining = limit - authorizations.taken(connection, identifier)
        if tonnes[identifier] > remaining:
            raise QuantityExhausted(terms.identifier, limit, max(remaining, 0), field="serials")


def _joined(made: Sequence[Act]) -> list[Act]:
    """Join neighbours of which the same is done; entries come first, and what ends them last."""
    joined: list[Act] = []
    latest: dict[tuple[int, Done], int] = {}
    for act in made:
        place = latest.get((act.issuance_id, act.done))
        if place is not None and joined[place].range.last + 1 == act.range.first:
            before = joined[place].range
            joined[place] = replace(act, range=Range(before.first, act.range.last))
        else:
            latest[act.issuance_id, act.done] = len(joined)
            joined.append(act)
    return sorted(joined, key=_turn)


def _turn(act: Act) -> int:
    """Return when an action comes among those of one moment, which may be of the same numbers."""
    if act.done.type in questions.ENTERING:
        return 0
    if act.done.type is ActionType.FIRST_TRANSFER:
        return 1
    return 3 if act.done.is_final else 2
