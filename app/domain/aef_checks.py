"""The pre-check of annual information: what a consistency check would find, before anyone does.

Official kinds (omissions, mismatches, contradictions: decision 4/CMA.6, paragraph 33), the checks
known from implementations, and derived ones. The secretariat's own list is not public. Rows are
read as streams, so memory does not grow with them; only authorizations and entities are kept.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from app.domain import aef_numbers, aef_rows
from app.domain.aef_cells import Checker
from app.domain.aef_editions import Row
from app.domain.aef_findings import Finding, Level, Rule
from app.domain.aef_formats import CURRENT, Word
from app.domain.aef_rows import Told
from app.domain.aef_sources import Source

__all__ = ["Finding", "Level", "Rule", "check"]

_Check = Callable[[Told, int, Row], Iterator[Finding]]


def check(source: Source) -> Iterator[Finding]:
    """Yield every finding: table by table, and then what the numbers say across all of them."""
    first = source.submission()
    found = list(Checker(CURRENT.table(Word.SUBMISSION)).check(1, first))
    yield from found
    # Year, Party and NDC period are what everything else is compared with.
    if any(one.rule in _UNREADABLE for one in found):
        return
    told = Told(aef_rows.named(Word.SUBMISSION, first), source.limits(), source.approaches())
    yield from aef_rows.submission(told)
    # Actions refer to authorizations and entities, which are therefore read before.
    tables: tuple[tuple[Word, Iterable[Row], _Check], ...] = (
        (Word.AUTHORIZATIONS, source.authorizations(), aef_rows.authorization),
        (Word.ENTITIES, source.entities(), aef_rows.entity),
        (Word.ACTIONS, source.actions(), aef_rows.action),
        (Word.HOLDINGS, source.holdings(), aef_rows.holding),
    )
    for word, rows, rule in tables:
        yield from _table(word, rows, told, rule)
    yield from aef_numbers.check(source)


def _table(word: Word, rows: Iterable[Row], told: Told, check: _Check) -> Iterator[Finding]:
    checker = Checker(CURRENT.table(word))
    for place, row in enumerate(rows, 1):
        found = list(checker.check(place, row))
        yield from found
        if any(one.rule is Rule.TYPE and not one.field for one in found):
            continue
        # What cells say together is asked only where each of them can be read; authorizations and
        # entities are remembered all the same, as others refer to them.
        if word in _REMEMBERED or not any(one.rule in _UNREADABLE for one in found):
            yield from check(told, place, row)


_REMEMBERED: Final = frozenset({Word.AUTHORIZATIONS, Word.ENTITIES})
_UNREADABLE: Final = frozenset({Rule.REQUIRED, Rule.TYPE, Rule.FORMAT, Rule.WORD})
