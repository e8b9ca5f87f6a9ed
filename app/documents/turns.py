"""Turns: how many costly things are done at once in a process, for each registry by itself.

Several registries may share a process. What one of them keeps busy must not hold up another, so
each has turns of its own; nothing else of a registry is known here than its code.
"""

from collections import defaultdict
from contextvars import ContextVar
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import Final

#: For which registry the present thread works; a command works for one alone and says nothing.
WHOSE: Final[ContextVar[str]] = ContextVar("whose", default="")


class Turns:
    """So many turns at once, for each registry."""

    def __init__(self, at_once: int) -> None:
        self._making = Lock()
        self._turns: defaultdict[str, BoundedSemaphore] = defaultdict(
            partial(BoundedSemaphore, at_once)
        )

    def own(self) -> BoundedSemaphore:
        """Return the turns of the registry that the present thread works for."""
        with self._making:
            return self._turns[WHOSE.get()]
