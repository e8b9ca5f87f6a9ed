"""Refusals about editions of the information disclosure."""

from dataclasses import dataclass

from app.domain.errors import Refusal


@dataclass(eq=False)
class DayNotOver(Refusal):
    """The figures of a day that is not over can still change."""


@dataclass(eq=False)
class EditionStands(Refusal):
    """There is an edition of this day already, published or scheduled; it is withdrawn first."""

    number: str


@dataclass(eq=False)
class TablesChanged(Refusal):
    """The tables are not those that were shown and signed."""
