"""What the pre-check of annual information reads: the tables, and what they do not say themselves.

app.store.aef gives all of it from the ledger; `Listed` gives rows at hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple, Protocol

from app.domain.aef_editions import Row
from app.domain.aef_formats import CURRENT, Word
from app.domain.aef_states import State


class Numbered(NamedTuple):
    """A row of a table, and in which place it stands there, counted from 1."""

    place: int
    row: Row


class Past(NamedTuple):
    """Where numbers stood when the year began, as the actions before it tell."""

    registry: str
    first: int
    last: int
    state: State
    is_first_transferred: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """Which vintages an authorization covers, and how much came under it before the year."""

    vintage_first: int | None = None
    vintage_last: int | None = None
    #: In tonnes.
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Approach:
    """What is known of a cooperative approach."""

    is_official: bool
    initial_report_on: date | None


class Source(Protocol):
    """The tables of a year, each opened anew at every question."""

    def submission(self) -> Row:
        """Return the one row of table 1."""

    def authorizations(self) -> Iterator[Row]:
        """Yield the rows of table 2."""

    def actions(self) -> Iterator[Row]:
        """Yield the rows of table 3."""

    def holdings(self) -> Iterator[Row]:
        """Yield the rows of table 4."""

    def entities(self) -> Iterator[Row]:
        """Yield the rows of table 5."""

    def actions_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 3 by registry, first number and place."""

    def holdings_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 4 by registry, first number and place."""

    def earlier(self) -> Iterator[Past]:
        """Yield what was acted on before the year, by registry and first number."""

    def limits(self) -> Mapping[str, Limits]:
        """Return what authorizations limit, by their identifier."""

    def approaches(self) -> Mapping[str, Approach]:
        """Return what is known of the approaches, by their code."""


_PLACES: Final[dict[Word, tuple[int, int]]] = {
    table.word: (table.place("PartyITMORegistryID"), table.place("FirstID"))
    for table in CURRENT.tables
    if table.word in (Word.ACTIONS, Word.HOLDINGS)
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Tables at hand, such as those of a frozen edition, with what is known beside them."""

    tables: Mapping[Word, Sequence[Row]]
    past: Sequence[Past] = ()
    limited: Mapping[str, Limits] = field(default_factory=dict)
    known: Mapping[str, Approach] = field(default_factory=dict)

    def submission(self) -> Row:
        """Return the one row of table 1."""
        return self.tables[Word.SUBMISSION][0]

    def authorizations(self) -> Iterator[Row]:
        """Yield the rows of table 2."""
        return iter(self.tables[Word.AUTHORIZATIONS])

    def actions(self) -> Iterator[Row]:
        """Yield the rows of table 3."""
        return iter(self.tables[Word.ACTIONS])

    def holdings(self) -> Iterator[Row]:
        """Yield the rows of table 4."""
        return iter(self.tables[Word.HOLDINGS])

    def entities(self) -> Iterator[Row]:
        """Yield the rows of table 5."""
        return iter(self.tables[Word.ENTITIES])

    def actions_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 3 by registry, first number and place."""
        return self._by_number(Word.ACTIONS)

    def holdings_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 4 by registry, first number and place."""
        return self._by_number(Word.HOLDINGS)

    def earlier(self) -> Iterator[Past]:
        """Yield what was acted on before the year, by registry and first number."""
        return iter(sorted(self.past))

    def limits(self) -> Mapping[str, Limits]:
        """Return what authorizations limit, by their identifier."""
        return self.limited

    def approaches(self) -> Mapping[str, Approach]:
        """Return what is known of the approaches, by their code."""
        return self.known

    def _by_number(self, word: Word) -> Iterator[Numbered]:
        registry, first = _PLACES[word]
        rows = [Numbered(place, row) for place, row in enumerate(self.tables[word], 1)]
        return iter(sorted(rows, key=lambda one: _sorted(one.row[registry], one.row[first])))


def _sorted(registry: object, first: object) -> tuple[str, int]:
    return str(registry), first if isinstance(first, int) else 0
