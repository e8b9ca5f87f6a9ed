"""The pre-check of numbers: what all rows together say of each ITMO, from the lowest number on.

Opening holdings and the actions of the year must give the closing holdings, number by number; each
is first transferred once and nothing follows its use or cancellation.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import Final

from app.domain import aef_states, sweeps
from app.domain.aef_cells import KINDS, SUBTYPES
from app.domain.aef_editions import Row
from app.domain.aef_findings import Finding, Rule
from app.domain.aef_formats import CURRENT, Word
from app.domain.aef_sources import Numbered, Past, Source
from app.domain.aef_states import State
from app.domain.nomenclature import ActionType, Subtype
from app.domain.sweeps import Piece, Span

#: What every row says alike of the same numbers.
_ALIKE: Final = (
    *("CooperativeApproachID", "FirstTransferringPartyID", "Metric", "MitigationType", "Vintage"),
)
_ACTIONS, _HOLDINGS = CURRENT.table(Word.ACTIONS), CURRENT.table(Word.HOLDINGS)
_SAME: Final = {
    table.word: [(name, table.place(name)) for name in _ALIKE] for table in (_ACTIONS, _HOLDINGS)
}
_BOUNDS: Final = {
    table.word: tuple(table.place(name) for name in ("PartyITMORegistryID", "FirstID", "LastID"))
    for table in (_ACTIONS, _HOLDINGS)
}
_KIND: Final = _ACTIONS.place("ActionType")
_SUBTYPE: Final = _ACTIONS.place("ActionSubtype")
_ENDING: Final = frozenset({ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION})


def check(source: Source) -> Iterator[Finding]:
    """Yield what does not agree, each row once for each rule."""
    laid = sweeps.pieces(
        (Span(past.registry, past.first, past.last, (None, past)) for past in source.earlier()),
        _spans(Word.ACTIONS, source.actions_by_number()),
        _spans(Word.HOLDINGS, source.holdings_by_number()),
    )
    told: set[tuple[Word, int | None, str, Rule]] = set()
    for piece in laid:
        for finding in _check(piece):
            key = finding.table, finding.row, finding.field, finding.rule
            if key not in told or finding.row is None:
                told.add(key)
                yield finding


def _spans(word: Word, rows: Iterable[Numbered]) -> Iterator[Span]:
    """Yield rows as spans; one whose numbers cannot be read is found elsewhere."""
    registry, first, last = _BOUNDS[word]
    for one in rows:
        begin, end = one.row[first], one.row[last]
        if isinstance(begin, int) and isinstance(end, int) and 1 <= begin <= end:
            yield Span(str(one.row[registry]), begin, end, (word, one))


def _check(piece: Piece) -> Iterator[Finding]:
    past = next((said for word, said in piece.said if word is None), None)
    actions, holdings = _placed(piece, Word.ACTIONS), _placed(piece, Word.HOLDINGS)
    numbers = f"{piece.first}-{piece.last}"
    state = yield from _followed(past, actions, numbers)
    for one in holdings[1:]:
        yield Finding(Word.HOLDINGS, one.place, "FirstID", Rule.OVERLAP, numbers)
    yield from _closed(state, actions, holdings, numbers)
    yield from _compared(actions, holdings)


def _placed(piece: Piece, wanted: Word) -> list[Numbered]:
    rows = (said for word, said in piece.said if word is wanted)
    return sorted(rows, key=lambda one: one.place)


def _followed(
    past: Past | None, actions: list[Numbered], numbers: str
) -> Generator[Finding, None, State]:
    """Follow numbers through the year; return where they stand at its end."""
    state = past.state if past else State.NONE
    is_first_transferred = past.is_first_transferred if past else False
    for one in actions:
        kind, subtype = _acted(one.row)
        if kind is None:
            continue
        rule = _broken(state, kind, is_first_transferred=is_first_transferred)
        if rule is not None:
            yield Finding(Word.ACTIONS, one.place, "ActionType", rule, numbers)
        # What was acquired was first transferred by its host.
        is_first_transferred |= kind in aef_states.TAKING
        state = aef_states.after(state, kind, subtype)
    return state


def _broken(state: State, kind: ActionType, *, is_first_transferred: bool) -> Rule | None:
    """Return the rule that an action breaks with numbers that stand so."""
    if state is State.ENDED:
        return Rule.ENDED
    if kind is ActionType.FIRST_TRANSFER and is_first_transferred:
        return Rule.FIRST_TRANSFER_TWICE
    if kind is ActionType.ACQUISITION and state is State.HELD:
        return Rule.ACQUIRED_TWICE
    if kind is ActionType.USE and state is not State.HELD:
        return Rule.NOT_HELD
    return Rule.NOT_HELD if kind in _ENDING and state is State.AWAY else None


def _closed(
    state: State, actions: list[Numbered], holdings: list[Numbered], numbers: str
) -> Iterator[Finding]:
    """Compare where numbers stand at the end of the year with whether a holding shows them."""
    if holdings and state is not State.HELD:
        rule = Rule.UNEXPLAINED if state is State.NONE else Rule.STILL_HELD
        yield Finding(Word.HOLDINGS, holdings[0].place, "FirstID", rule, numbers)
    if not holdings and state is State.HELD:
        if actions:
            yield Finding(Word.ACTIONS, actions[-1].place, "FirstID", Rule.MISSING, numbers)
        else:
            yield Finding(Word.HOLDINGS, None, "", Rule.MISSING, numbers)


def _compared(actions: list[Numbered], holdings: list[Numbered]) -> Iterator[Finding]:
    """Compare what rows say of the same numbers with the first of them."""
    rows = [(Word.ACTIONS, one) for one in actions] + [(Word.HOLDINGS, one) for one in holdings]
    if not rows:
        return
    word, model = rows[0]
    expected = [model.row[at] for _name, at in _SAME[word]]
    for word, one in rows[1:]:
        for (name, at), value in zip(_SAME[word], expected, strict=True):
            if one.row[at] != value:
                yield Finding(word, one.place, name, Rule.DIFFERENT, str(one.row[at]))


def _acted(row: Row) -> tuple[ActionType | None, Subtype | None]:
    return KINDS.get(str(row[_KIND])), SUBTYPES.get(str(row[_SUBTYPE]))
