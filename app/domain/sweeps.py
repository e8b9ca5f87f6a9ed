"""Ranges of numbers laid over one another, from the lowest number on, in bounded memory."""

from collections.abc import Generator, Iterable, Iterator
from heapq import merge
from typing import Any, NamedTuple


class Span(NamedTuple):
    """Numbers from `first` to `last` in a space of their own, and what is said of them."""

    space: str
    first: int
    last: int
    what: Any


class Piece(NamedTuple):
    """Numbers of which the same is said throughout, and everything that is said of them."""

    space: str
    first: int
    last: int
    said: list[Any]


def pieces(*streams: Iterable[Span]) -> Iterator[Piece]:
    """Yield the numbers that any span covers, cut wherever one begins or ends, ascending.

    Args:
        streams: spans whose last number is not below the first, each stream ascending by space
            and first number.
    """
    active: list[Span] = []
    at = 0
    for span in merge(*streams, key=lambda span: (span.space, span.first)):
        if active:
            is_same = active[0].space == span.space
            at = yield from _until(active, at, span.first if is_same else None)
        if not active:
            at = span.first
        active.append(span)
    yield from _until(active, at, None)


def _until(active: list[Span], at: int, end: int | None) -> Generator[Piece, None, int]:
    """Yield what lies from `at` on and below `end`, all of it for None; return where that ends."""
    while active and (end is None or at < end):
        last = min(span.last for span in active)
        if end is not None:
            last = min(last, end - 1)
        yield Piece(active[0].space, at, last, [span.what for span in active])
        active[:] = [span for span in active if span.last > last]
        at = last + 1
    return at
