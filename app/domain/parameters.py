"""What the interface for programs may be asked: each parameter, how it is read and described.

Reading is strict, so that a program that asks wrongly learns it at once: what is not described is
refused, and nothing is trimmed, folded or guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.domain.accounts import Holding, Kind
from app.domain.bands import OWN_MAX
from app.domain.errors import NotADate, NotAWholeNumber, Required, TooLong, UnknownChoice
from app.domain.open_data_errors import (
    NotAsDescribed,
    OutOfBounds,
    ParameterTwice,
    UnknownParameter,
)
from app.domain.projects import Stage, UnitClass

PAGE_SIZE: Final = 100
PAGE_SIZE_MAX: Final = 1_000
TEXT_MAX: Final = 200
#: Characters of a wrong choice that are said again.
_SAID_MAX: Final = 40
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,30}")
#: Nothing of the registry lies outside these years.
_YEARS: Final = range(1900, 2200)
_CENTURIES: Final = "^(19|20|21)"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that may be asked for; `read` returns its value or raises what is wrong with it."""

    name: str
    meaning: str

    @property
    def schema(self) -> dict[str, Any]:
        """Describe what is accepted, in JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": TEXT_MAX, "pattern": "^[^\\u0000]*$"}

    def read(self, typed: str) -> Any:
        if not typed:
            raise Required(field=self.name)
        if len(typed) > TEXT_MAX:
            raise TooLong(TEXT_MAX, field=self.name)
        if "\0" in typed:
            raise NotAsDescribed(field=self.name)
        return typed


@dataclass(frozen=True, slots=True)
class Written(Parameter):
    """A text laid out in a fixed way."""

    pattern: str
    length_max: int = TEXT_MAX

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.length_max, "pattern": f"^{self.pattern}$"}

    def read(self, typed: str) -> str:
        if len(typed) > self.length_max:
            raise TooLong(self.length_max, field=self.name)
        if not re.fullmatch(self.pattern, typed, re.ASCII):
            raise NotAsDescribed(field=self.name)
        return typed


@dataclass(frozen=True, slots=True)
class Choice(Parameter):
    """One of a few words."""

    offered: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.offered)}

    def read(self, typed: str) -> str:
        if typed not in self.offered:
            raise UnknownChoice(typed[:_SAID_MAX], field=self.name)
        return typed


@dataclass(frozen=True, slots=True)
class Number(Parameter):
    """A whole number between two others."""

    lowest: int
    highest: int
    default: int | None = None

    @property
    def schema(self) -> dict[str, Any]:
        said = {"type": "integer", "minimum": self.lowest, "maximum": self.highest}
        return said if self.default is None else said | {"default": self.default}

    def read(self, typed: str) -> int:
        if not _WHOLE.fullmatch(typed):
            raise NotAWholeNumber(typed[:_SAID_MAX], field=self.name)
        if not self.lowest <= int(typed) <= self.highest:
            raise OutOfBounds(self.lowest, self.highest, field=self.name)
        return int(typed)


@dataclass(frozen=True, slots=True)
class Day(Parameter):
    """A day of the calendar."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": _CENTURIES}

    def read(self, typed: str) -> date:
        try:
            day = date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
        except ValueError:
            day = None
        if day is None or day.year not in _YEARS:
            raise NotADate(typed[:_SAID_MAX], field=self.name)
        return day


def read(offered: Iterable[Parameter], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the values given by name.

    Raises:
        UnknownParameter: a name is not offered.
        ParameterTwice: a name is given twice.
        Refusal: a value is wrong; `field` names the parameter.
    """
    known = {parameter.name: parameter for parameter in offered}
    found: dict[str, Any] = {}
    for name, values in given.items():
        if name not in known:
            raise UnknownParameter(field=name[:_SAID_MAX])
        if len(values) > 1:
            raise ParameterTwice(field=name)
        found[name] = known[name].read(values[0])
    return found


def _values(choices: type[StrEnum]) -> tuple[str, ...]:
    return tuple(choice.value for choice in choices)


PROJECT: Final = "[A-Z]{2}[0-9]{3,4}"
METHODOLOGY: Final = "[A-Z]{2}_[A-Z]{2}[0-9]{3}"
TRANSACTION: Final = "[A-Z]{2}[0-9]{10}"

CURSOR: Final = Parameter(
    "cursor", "Where to go on, as the `next` of the answer before says; only with the same filters."
)
SIZE: Final = Number("page_size", "How many at most.", 1, PAGE_SIZE_MAX, PAGE_SIZE)
PAGING: Final = (SIZE, CURSOR)
WORDS: Final = Parameter("q", "Words that all must occur, in English or Japanese.")
PARTNER: Final = Written("partner", "Partner country, by its code of two letters.", "[A-Z]{2}")
STAGE: Final = Choice("stage", "Stage of the project cycle.", _values(Stage))
SCOPE: Final = Number("scope", "Number of the sectoral scope.", 1, 99)

METHODOLOGY_USED: Final = Written("methodology", "Reference of a methodology used.", METHODOLOGY)

CREDITS: Final = (
    Parameter("q", "Serial numbers, a block, an ITMO, a project, or words of its title."),
    PARTNER,
    Written("project", "Reference of the project.", PROJECT),
    Number("vintage", "Year in which emissions were reduced.", 1990, 2199),
    Choice("kind", "Kind of account.", _values(Kind)),
    Choice("state", "Held, retired or cancelled.", _values(Holding)),
    Choice("unit_class", "JCM credits of before 2021, or ITMOs.", _values(UnitClass)),
    METHODOLOGY_USED,
    SCOPE,
    Day("since", "Issued on this day or later."),
    Day("until", "Issued on this day or before."),
)
PROJECTS: Final = (
    WORDS,
    PARTNER,
    STAGE,
    METHODOLOGY_USED,
    SCOPE,
)
METHODOLOGIES: Final = (WORDS, PARTNER, SCOPE)

SERIAL: Final = Number("serial", "A serial number of this registry.", 1, OWN_MAX)
DATE: Final = Day("date", "The day at whose end the figures held; today's without it.")
