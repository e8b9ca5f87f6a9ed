"""Refusals about reconciliation: between registries, and of the ledger with its second book."""

from dataclasses import dataclass

from app.domain.errors import Refusal


@dataclass(eq=False)
class ReconciliationUnderWay(Refusal):
    """The same two books are being compared already."""

    run: str


@dataclass(eq=False)
class ReconciliationEnded(Refusal):
    """Nothing of this run is left to be resolved."""

    run: str


@dataclass(eq=False)
class ResolutionMissing(Refusal):
    """Nobody has proposed how to resolve this run."""

    run: str


@dataclass(eq=False)
class ResolutionChanged(Refusal):
    """Another resolution is proposed now than the one that was shown."""

    run: str


@dataclass(eq=False)
class OwnResolution(Refusal):
    """Who proposed a resolution does not confirm it."""


@dataclass(eq=False)
class SecondBookShort(Refusal):
    """The second book has less of the account than the blocks that would move."""

    has: int
    moves: int
