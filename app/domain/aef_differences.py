"""What changed from one edition of a year's annual information to the next, row by row."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.aef_editions import Line, Row, Value
from app.domain.aef_formats import Format, Word

#: Rows that are held side by side; more are counted only.
SHOWN_MAX: Final = 500
#: By which columns a row is known again, as far as the format has them.
_KEYS: Final = {
    Word.SUBMISSION: ("ParticipatingParty", "Party"),
    Word.AUTHORIZATIONS: ("AuthorizationID", "CooperativeApproachID", "AuthorizationVersion"),
    Word.ACTIONS: ("ActionDateTime", "ActionType", "FirstID"),
    Word.HOLDINGS: ("CooperativeApproachID", "PartyITMORegistryID", "FirstID"),
    Word.ENTITIES: ("AuthorizedEntityID", "CooperativeApproachID"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A row of a table that was added, removed, or says something else.

    Args:
        old: the row of the former edition; None for one that was added.
        new: the row of the later edition; None for one that was removed.
    """

    table: Word
    old: Row | None
    new: Row | None

    @property
    def cells(self) -> tuple[int, ...]:
        """The places of the columns that differ; none for a row added or removed."""
        if self.old is None or self.new is None:
            return ()
        pairs = zip(self.old, self.new, strict=True)
        return tuple(place for place, (old, new) in enumerate(pairs) if old != new)


@dataclass(frozen=True, slots=True)
class Difference:
    """The changed rows as far as they are shown, and how many there are of each table in all."""

    changes: Sequence[Change]
    removed: Mapping[Word, int]
    added: Mapping[Word, int]

    @property
    def is_whole(self) -> bool:
        """Whether every changed row is shown."""
        shown = sum((one.old is not None) + (one.new is not None) for one in self.changes)
        return shown == sum(self.removed.values()) + sum(self.added.values())


def keys(format_: Format) -> dict[Word, list[int]]:
    """Return the places of the columns by which the rows of each table are known again."""
    return {
        table.word: [
            place for place, field in enumerate(table.fields) if field.name in _KEYS[table.word]
        ]
        for table in format_.tables
    }


def between(
    former: Callable[[], Iterable[Line]],
    later: Callable[[], Iterable[Line]],
    keys: Mapping[Word, Sequence[int]],
) -> Difference:
    """Compare two editions of one format.

    Each is read twice, and only digests of its rows are held.

    Args:
        keys: the places of the columns by which a row of a table is known again; a changed row
            whose key is none of the other's is one that was removed or added.
    """
    surplus = Counter(_print(line) for line in later())
    surplus.subtract(_print(line) for line in former())
    removed = list(_surplus(former(), {seen: -count for seen, count in surplus.items()}))
    added = list(_surplus(later(), dict(surplus)))
    changes = _paired(removed[:SHOWN_MAX], added[:SHOWN_MAX], keys)
    return Difference(
        changes,
        Counter(table for table, _row in removed),
        Counter(table for table, _row in added),
    )


def _print(line: Line) -> bytes:
    return hashlib.blake2b(json.dumps(line).encode(), digest_size=16).digest()


def _surplus(lines: Iterable[Line], counts: dict[bytes, int]) -> Iterator[Line]:
    for line in lines:
        seen = _print(line)
        if counts.get(seen, 0) > 0:
            counts[seen] -= 1
            yield line


def _paired(
    removed: Sequence[Line], added: Sequence[Line], keys: Mapping[Word, Sequence[int]]
) -> list[Change]:
    """Put rows that are known again beside each other, in the order of the tables."""
    waiting: dict[tuple[Word, tuple[Value, ...]], list[Row]] = defaultdict(list)

    def key(line: Line) -> tuple[Word, tuple[Value, ...]]:
        table, row = line
        return table, tuple(row[place] for place in keys.get(table, ()))

    for line in added:
        waiting[key(line)].append(line[1])
    changes = []
    for line in removed:
        found = waiting[key(line)]
        changes.append(Change(line[0], line[1], found.pop(0) if found else None))
    for (table, _key), rows in waiting.items():
        changes += [Change(table, None, row) for row in rows]
    order = list(Word)
    return sorted(changes, key=lambda one: order.index(one.table))
