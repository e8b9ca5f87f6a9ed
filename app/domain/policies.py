"""The policy of a registry on movements between holders: hours, waiting times, trusted targets.

Modelled on the rules of European registries. Nothing of it is known of the JCM, so a registry has
no such policy unless its operator sets one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain import workdays
from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind
from app.domain.serials import SERIAL_MAX
from app.domain.trust_errors import AboveLimit, NotTrusted

#: A holder's own use of credits and the administrator's movements wait for nothing.
COVERED: Final = frozenset({Kind.TRANSFER, Kind.EXTERNAL_TRANSFER})
_HOURS_A_DAY: Final = 24
_DAYS_MAX: Final = 30
_ZONE: Final = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a registry asks of transfers; what is not set asks nothing."""

    #: Transfers move from this hour of a working day to that one.
    opens: int | None = None
    closes: int | None = None
    #: How long an approved transfer to a target that is not trusted waits.
    untrusted_wait: timedelta = timedelta(0)
    #: The most that one transfer takes to such a target, in tonnes.
    limit: int | None = None
    #: On which working day after its approval an addition to the trusted list counts.
    list_days: int = 0
    only_trusted: bool = False
    zone: ZoneInfo = _ZONE
    #: The country whose working days count.
    calendar: str = workdays.JAPAN

    @property
    def is_on(self) -> bool:
        """Tell whether anything is asked."""
        return self != replace(NONE, zone=self.zone, calendar=self.calendar)

    def covers(self, kind: Kind, source: AccountKind, target: AccountKind) -> bool:
        """Tell whether a movement is one that the policy asks something of."""
        to_government = AccountKind.GOVERNMENT in {source, target}
        return self.is_on and kind in COVERED and not to_government

    def check(self, quantity: int, number: str, *, is_trusted: bool) -> None:
        """Refuse what may not go to a target that is not trusted."""
        if is_trusted:
            return
        if self.only_trusted:
            raise NotTrusted(number, field="target")
        if self.limit is not None and quantity > self.limit:
            raise AboveLimit(self.limit, field="quantity")

    def moves_at(self, now: datetime, *, is_trusted: bool) -> datetime:
        """Return when a transfer approved now moves; `now` if at once."""
        return self.opening(now if is_trusted else now + self.untrusted_wait)

    def opening(self, now: datetime) -> datetime:
        """Return `now` within the hours of movements, otherwise when they begin next."""
        if self.opens is None or self.closes is None:
            return now
        return workdays.next_opening(now, self.opens, self.closes, self.zone, self.calendar)

    def counts_from(self, now: datetime) -> datetime:
        """Return from when an addition to the trusted list counts that is approved now."""
        if not self.list_days:
            return now
        return workdays.nth_workday_noon(now, self.list_days, self.zone, self.calendar)


NONE: Final = Policy()


def parse(text: str, zone: ZoneInfo, calendar: str = workdays.JAPAN) -> Policy:
    """Read a policy such as "hours=10-16,untrusted=24h,limit=2000000,list=4,targets=trusted".

    Raises:
        ValueError: anything else; it says which part is wrong.
    """
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for part in text.split(",") if text.strip() else ():
        name, _equals, given = part.strip().partition("=")
        if name not in _PARTS or name in seen:
            raise ValueError(_wrong(part, "unknown, or given twice"))
        seen.add(name)
        pattern, example, read = _PARTS[name]
        found = re.fullmatch(pattern, given, re.ASCII)
        understood = read(*found.groups()) if found else None
        if understood is None:
            raise ValueError(_wrong(part, f"it must be like {name}={example}"))
        values |= understood
    return Policy(zone=zone, calendar=calendar, **values)


def _wrong(part: str, why: str) -> str:
    return f"MOVEMENT_POLICY has a part that cannot be used, {part.strip()!r}: {why}"


def _hours(opens: str, closes: str) -> dict[str, Any] | None:
    is_span = int(opens) < int(closes) <= _HOURS_A_DAY
    return {"opens": int(opens), "closes": int(closes)} if is_span else None


def _wait(hours: str) -> dict[str, Any] | None:
    is_wait = 0 < int(hours) <= _DAYS_MAX * _HOURS_A_DAY
    return {"untrusted_wait": timedelta(hours=int(hours))} if is_wait else None


def _limit(tonnes: str) -> dict[str, Any] | None:
    return {"limit": int(tonnes)} if 0 < int(tonnes) <= SERIAL_MAX else None


def _days(days: str) -> dict[str, Any] | None:
    return {"list_days": int(days)} if 0 < int(days) <= _DAYS_MAX else None


def _only() -> dict[str, Any] | None:
    return {"only_trusted": True}


#: Each part by its name: how it is written, an example, and how it is read.
_PARTS: Final[dict[str, tuple[str, str, Callable[..., dict[str, Any] | None]]]] = {
    "hours": ("([0-9]{1,2})-([0-9]{1,2})", "10-16", _hours),
    "untrusted": ("([0-9]{1,4})h", "24h", _wait),
    "limit": ("([0-9]{1,19})", "2000000", _limit),
    "list": ("([0-9]{1,2})", "4", _days),
    "targets": ("trusted", "trusted", _only),
}
