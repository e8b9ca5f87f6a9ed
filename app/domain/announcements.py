"""Announcements: notices to everyone signed in, and windows in which the registry is maintained."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.text import Text


class Kind(StrEnum):
    """What is announced."""

    NOTICE = "notice"
    MAINTENANCE = "maintenance"


class Standing(StrEnum):
    """Where an announcement stands in time."""

    SCHEDULED = "scheduled"
    ON = "on"
    PAST = "past"
    CANCELLED = "cancelled"


KIND_NAMES: Final = {
    Kind.NOTICE: Text("Notice", "お知らせ"),
    Kind.MAINTENANCE: Text("Maintenance", "メンテナンス"),
}

STANDING_NAMES: Final = {
    Standing.SCHEDULED: Text("Scheduled", "予定"),
    Standing.ON: Text("On", "掲載・実施中"),
    Standing.PAST: Text("Past", "終了"),
    Standing.CANCELLED: Text("Cancelled", "取消し"),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement as pages show it."""

    id: int
    kind: Kind
    title: Text
    text: Text
    starts_at: datetime
    ends_at: datetime

    def is_on(self, now: datetime) -> bool:
        """Tell whether `now` lies in the window; its end is the first moment after it."""
        return self.starts_at <= now < self.ends_at


def present(announced: Iterable[Announced], now: datetime) -> Announced | None:
    """Return the window of maintenance in which the registry is, the one that ends last, or None.

    Where windows overlap, whoever waits for the end waits for the last of them.
    """
    on = (one for one in announced if one.kind is Kind.MAINTENANCE and one.is_on(now))
    return max(on, key=lambda one: one.ends_at, default=None)


def standing(
    starts_at: datetime, ends_at: datetime, cancelled_at: datetime | None, now: datetime
) -> Standing:
    """Return where an announcement stands; one that was ended early is past, not cancelled."""
    if cancelled_at is not None:
        return Standing.CANCELLED if cancelled_at < starts_at else Standing.PAST
    if now < starts_at:
        return Standing.SCHEDULED
    return Standing.ON if now < ends_at else Standing.PAST
