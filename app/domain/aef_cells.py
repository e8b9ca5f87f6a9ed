"""The pre-check of single cells: what must stand in them, what may not, and how it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.aef_editions import Row, Value
from app.domain.aef_fields import DIVIDER, NOT_APPLICABLE, Condition, Field, Filling, Type
from app.domain.aef_findings import Finding, Rule
from app.domain.aef_formats import Table
from app.domain.nomenclature import LABELS, ActionType, Metric, Purpose, Subtype

#: Values of a column that were found good and need not be looked at again.
_SEEN_MAX: Final = 4_096
_SHOWN_MAX: Final = 80

KINDS: Final = {LABELS[kind]: kind for kind in ActionType}
SUBTYPES: Final = {LABELS[subtype]: subtype for subtype in Subtype}
_OTHER: Final = frozenset(LABELS[purpose] for purpose in Purpose if purpose.covers_other)
_NON_GHG: Final = LABELS[Metric.NON_GHG]

_CANCELLATIONS: Final = frozenset({ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION})
_USING: Final = _CANCELLATIONS | {ActionType.USE, ActionType.FIRST_TRANSFER}
_FUNDING: Final = frozenset(
    {Subtype.MANDATORY_TO_ADAPTATION_FUND, Subtype.VOLUNTARY_TO_ADAPTATION_FUND}
)
_OMGE: Final = frozenset({Subtype.MANDATORY_OMGE, Subtype.VOLUNTARY_OMGE})


class Need(StrEnum):
    """Whether a conditional cell is filled in its row."""

    MUST = "must"
    MAY = "may"
    MUST_NOT = "must_not"


def is_absent(value: Value) -> bool:
    """Tell whether a cell says nothing: it is empty, or says that it does not apply."""
    return value is None or value in ("", NOT_APPLICABLE)


def day(said: str) -> date | None:
    """Read a day as the format writes it, or return None."""
    try:
        return date(int(said[6:]), int(said[3:5]), int(said[:2]))
    except ValueError:
        return None


def moment(said: str) -> datetime | None:
    """Read a time in UTC as the format writes it, or return None."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


class Checker:
    """The rules of the cells of one table; made once and asked for row after row."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = [_Column(column) for column in table.fields]
        self._conditional = [
            (place, column.name, column.condition)
            for place, column in enumerate(table.fields)
            if column.condition is not None
        ]
        names = [column.name for column in table.fields]
        self._facts = {
            name: names.index(name)
            for name in (
                *("Metric", "PurposeForAuthorization", "ActionType", "ActionSubtype"),
                *("PurposeITMOUsedForOIMP", "Using/cancellingEntityID"),
            )
            if name in names
        }

    def check(self, place: int, row: Row) -> Iterator[Finding]:
        """Yield what is wrong with the cells of a row."""
        if len(row) != len(self._columns):
            yield Finding(self._table.word, place, "", Rule.TYPE, str(len(row)))
            return
        for column, value in zip(self._columns, row, strict=True):
            if value in column.seen:
                continue
            rule = column.check(value)
            if rule is not None:
                yield self._finding(place, column.told.name, rule, value)
        facts: _Facts = {name: row[at] for name, at in self._facts.items()}
        for at, name, condition in self._conditional:
            need, value = _NEEDS[condition](facts), row[at]
            if need is Need.MUST and is_absent(value):
                yield self._finding(place, name, Rule.REQUIRED, None)
            elif need is Need.MUST_NOT and not is_absent(value):
                yield self._finding(place, name, Rule.NOT_APPLICABLE, value)

    def _finding(self, place: int, name: str, rule: Rule, value: Value) -> Finding:
        shown = "" if value is None else str(value)
        if len(shown) > _SHOWN_MAX:
            shown = shown[: _SHOWN_MAX - 1] + "…"
        return Finding(self._table.word, place, name, rule, shown)


@dataclass(slots=True)
class _Column:
    told: Field
    seen: set[Value] = field(default_factory=set)

    def check(self, value: Value) -> Rule | None:
        """Return the rule that a value does not meet, and remember one that meets all."""
        rule = _rule(self.told, value)
        if rule is None and len(self.seen) < _SEEN_MAX:
            self.seen.add(value)
        return rule


def _rule(column: Field, value: Value) -> Rule | None:
    if column.filling is Filling.PLATFORM:
        return None if value is None or value == "" else Rule.PLATFORM
    if is_absent(value):
        return Rule.REQUIRED if column.filling is Filling.REQUIRED else None
    is_number = column.type in (Type.INTEGER, Type.NUMBER)
    if isinstance(value, bool) or isinstance(value, int) is not is_number:
        return Rule.TYPE
    if isinstance(value, int) and value < 0:
        return Rule.TYPE
    return _written(column, str(value))


def _written(column: Field, said: str) -> Rule | None:
    parts = said.split(DIVIDER) if column.is_list else [said]
    if column.words and not all(part in column.words for part in parts):
        return Rule.WORD
    if column.pattern and not all(column.pattern.fullmatch(part) for part in parts):
        return Rule.FORMAT
    reader = _READERS.get(column.type)
    return Rule.FORMAT if reader is not None and reader(said) is None else None


_READERS: Final = {Type.DATE: day, Type.DATETIME: moment}

# What conditional cells depend on, by the other cells of the row

_Facts = dict[str, Value]


def _non_ghg(facts: _Facts) -> Need:
    return Need.MUST if facts["Metric"] == _NON_GHG else Need.MUST_NOT


def _other_purposes(facts: _Facts) -> Need:
    return Need.MUST if facts["PurposeForAuthorization"] in _OTHER else Need.MUST_NOT


def _kind(facts: _Facts) -> ActionType | None:
    return KINDS.get(str(facts["ActionType"]))


def _subtype(facts: _Facts) -> Subtype | None:
    return SUBTYPES.get(str(facts["ActionSubtype"]))


def _acquisition(facts: _Facts) -> Need:
    return Need.MUST if _kind(facts) is ActionType.ACQUISITION else Need.MUST_NOT


def _transfers(facts: _Facts) -> Need:
    kind, subtype = _kind(facts), _subtype(facts)
    if kind is ActionType.FIRST_TRANSFER:
        return Need.MUST if subtype is Subtype.TO_ANOTHER_PARTY else Need.MUST_NOT
    if kind is ActionType.TRANSFER:
        return Need.MAY if subtype in _FUNDING else Need.MUST
    return Need.MUST_NOT


def _purpose_of_use(facts: _Facts) -> Need:
    """Tell of uses and cancellations; overall mitigation is none of the other purposes."""
    kind, subtype = _kind(facts), _subtype(facts)
    if kind is ActionType.FIRST_TRANSFER:
        return Need.MAY if subtype is Subtype.USE_OR_CANCELLATION else Need.MUST_NOT
    return Need.MAY if kind in _USING and subtype not in _OMGE else Need.MUST_NOT


def _using_party(facts: _Facts) -> Need:
    if is_absent(facts["PurposeITMOUsedForOIMP"]):
        return Need.MUST_NOT
    return Need.MUST if is_absent(facts["Using/cancellingEntityID"]) else Need.MAY


def _using_entity(facts: _Facts) -> Need:
    return Need.MAY if _kind(facts) in _USING else Need.MUST_NOT


def _use(facts: _Facts) -> Need:
    if _kind(facts) is not ActionType.USE:
        return Need.MUST_NOT
    return Need.MUST if is_absent(facts["PurposeITMOUsedForOIMP"]) else Need.MUST_NOT


_NEEDS: Final[dict[Condition, Callable[[_Facts], Need]]] = {
    Condition.NON_GHG: _non_ghg,
    Condition.OTHER_PURPOSES: _other_purposes,
    Condition.ACQUISITION: _acquisition,
    Condition.TRANSFERS: _transfers,
    Condition.PURPOSE_OF_USE: _purpose_of_use,
    Condition.USING_PARTY: _using_party,
    Condition.USING_ENTITY: _using_entity,
    Condition.USE: _use,
}
