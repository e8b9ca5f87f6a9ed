"""Authorizations of mitigation outcomes: what they cover, their versions, and what these change.

Decision 4/CMA.6, paragraphs 3 to 9: an authorization says what it covers; later versions change or
revoke it, which never reaches what was first transferred before, unless its own terms say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.nomenclature import CancelledFor, Definition, Metric, Purpose
from app.domain.text import Text


class Standing(StrEnum):
    """Where a version of an authorization stands; one that was decided never changes."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


STANDING_NAMES: Final = {
    Standing.PROPOSED: Text("Waiting for approval", "承認待ち"),
    Standing.APPROVED: Text("Approved", "承認済み"),
    Standing.REJECTED: Text("Rejected", "却下"),
}


class Change(StrEnum):
    """What a version of an authorization does."""

    GRANT = "grant"
    CHANGE = "change"
    REVOCATION = "revocation"


CHANGE_NAMES: Final = {
    Change.GRANT: Text("Authorization", "承認"),
    Change.CHANGE: Text("Change", "変更"),
    Change.REVOCATION: Text("Revocation", "取消し"),
}


class State(StrEnum):
    """How an authorization as a whole stands on a day."""

    WAITING = "waiting"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    OVER = "over"
    REVOKED = "revoked"
    REJECTED = "rejected"


STATE_NAMES: Final = {
    State.WAITING: Text("Waiting for approval", "承認待ち"),
    State.TO_COME: Text("Not in force yet", "発効前"),
    State.IN_FORCE: Text("In force", "有効"),
    State.OVER: Text("Its years are over", "期間満了"),
    State.REVOKED: Text("Revoked", "取消済み"),
    State.REJECTED: Text("Rejected", "却下"),
}


class Happening(StrEnum):
    """What an authorization may have a last day for (paragraph 5 (c))."""

    ISSUANCE = "issuance"
    USE = "use"
    CANCELLATION = "cancellation"


@dataclass(frozen=True, slots=True)
class Terms:
    """An approved version of an authorization, as far as actions ask.

    `definition` is the approach's own. `projects` is empty for all, as is `parties`; years and
    days that are None set no limit.
    """

    version_id: int
    authorization_id: int
    identifier: str
    number: int
    change: Change
    is_blanket: bool
    authorized_on: date
    effective_on: date
    purpose: Purpose
    definition: Definition | None
    issuance_until: date | None = None
    use_until: date | None = None
    cancellation_until: date | None = None
    timeframe_first: int | None = None
    timeframe_last: int | None = None
    vintage_first: int | None = None
    vintage_last: int | None = None
    quantity: int | None = None
    metric: Metric = Metric.GHG
    parties: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    reaches_first_transferred: bool = False

    def is_in_force(self, on: date) -> bool:
        """Tell whether it authorizes anything on a day: granted by then, within its years."""
        return (
            self.change is not Change.REVOCATION
            and self.effective_on <= on
            and (self.timeframe_first is None or on.year >= self.timeframe_first)
            and (self.timeframe_last is None or on.year <= self.timeframe_last)
        )

    def covers(self, vintage: int, project: str) -> bool:
        """Tell whether outcomes of a vintage and a project are among those it covers."""
        return (
            (self.vintage_first is None or vintage >= self.vintage_first)
            and (self.vintage_last is None or vintage <= self.vintage_last)
            and (not self.projects or project in self.projects)
        )

    def permits(self, happening: Happening, on: date) -> bool:
        """Tell whether its last day for what happens has not passed."""
        last = {
            Happening.ISSUANCE: self.issuance_until,
            Happening.USE: self.use_until,
            Happening.CANCELLATION: self.cancellation_until,
        }[happening]
        return last is None or on <= last

    def serves(self, what: CancelledFor) -> bool:
        """Tell whether its purposes cover a cancellation for this."""
        purposes = {
            CancelledFor.IMP: _COVERING_IMP,
            CancelledFor.OP: _COVERING_OP,
        }
        # Overall mitigation and cancellations for nothing in particular need no purpose.
        return self.purpose in purposes.get(what, frozenset(Purpose))


_BOTH_KINDS: Final = {Purpose.OIMP, Purpose.NDC_AND_OIMP}
_COVERING_IMP: Final = frozenset(_BOTH_KINDS | {Purpose.IMP, Purpose.NDC_AND_IMP})
_COVERING_OP: Final = frozenset(_BOTH_KINDS | {Purpose.OP, Purpose.NDC_AND_OP})


def state(approved: Sequence[Terms], *, is_waiting: bool, on: date) -> State:
    """Return how an authorization stands, from its approved versions and whether one waits."""
    if not approved:
        return State.WAITING if is_waiting else State.REJECTED
    held = [one for one in approved if one.effective_on <= on]
    if not held:
        return State.TO_COME
    last = max(held, key=lambda one: one.number)
    if last.change is Change.REVOCATION:
        return State.REVOKED
    if last.timeframe_first is not None and on.year < last.timeframe_first:
        return State.TO_COME
    return State.IN_FORCE if last.is_in_force(on) else State.OVER


def latest(versions: Iterable[Terms], on: date) -> list[Terms]:
    """Return, of each authorization, the version that holds on a day and authorizes something.

    The first to be asked comes first: an approach's own before a blanket one, then the newest.
    """
    holding: dict[int, Terms] = {}
    for version in sorted(versions, key=lambda one: one.number):
        if version.effective_on <= on:
            holding[version.authorization_id] = version
    found = [version for version in holding.values() if version.is_in_force(on)]
    return sorted(found, key=lambda one: (one.is_blanket, -one.effective_on.toordinal()))


def governing(first: Terms, versions: Sequence[Terms], on: date) -> Terms | None:
    """Return the version that governs on a day what was first transferred under `first`.

    That is `first` itself whatever became of the authorization since, unless its own terms say
    that changes reach what was first transferred; then None once it was revoked.
    """
    if not first.reaches_first_transferred:
        return first
    same = [one for one in versions if one.authorization_id == first.authorization_id]
    return next(iter(latest(same, on)), None)
