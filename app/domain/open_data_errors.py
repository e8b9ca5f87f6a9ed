"""Refusals of the interface for programs: each names the parameter that is wrong."""

from dataclasses import dataclass

from app.domain.errors import Refusal


@dataclass(eq=False)
class UnknownParameter(Refusal):
    """The address asks for something by a name that is not offered there."""


@dataclass(eq=False)
class ParameterTwice(Refusal):
    """A parameter that is given once stands in the address several times."""


@dataclass(eq=False)
class NotAsDescribed(Refusal):
    """The value is not written as the description of the interface says."""


@dataclass(eq=False)
class OutOfBounds(Refusal):
    """The number lies outside what may be asked for."""

    lowest: int
    highest: int


@dataclass(eq=False)
class BrokenCursor(Refusal):
    """The cursor was altered, or belongs to another question or another registry."""
