"""Issuances in two registries: one decision, each side issues its share and announces it.

Every decision is one of Japan's and one partner country's Joint Committee, so two registries share
decisions only if one of them is Japan's. What the other side issued is known here from what it
announced, and from nothing else.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from app.domain import chain
from app.domain.envelopes import Content
from app.domain.exchange import TEXT_MAX, Code
from app.domain.exchange_errors import MessageRejected
from app.domain.serials import SERIAL_MAX
from app.domain.text import Text

_JAPAN: Final = "JP"
_NUMBER: Final = re.compile("[A-Z]{2}[0-9]{10,19}")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS: Final = range(1990, 2200)
_FIELDS: Final = {
    *("transaction", "decision", "project", "vintage", "quantity", "issued_at", "decided_on")
}


def partner(own: str, other: str) -> str | None:
    """Return the partner country whose decisions two registries share; None if they share none."""
    if own == _JAPAN:
        return other
    return own if other == _JAPAN else None


@dataclass(frozen=True, slots=True)
class Announced:
    """One issuance as its registry announces it."""

    #: The number of its transaction there.
    reference: str
    decision: str
    project: str
    vintage: int
    quantity: int
    issued_at: datetime
    #: Empty where the registry does not know the day itself.
    decided_on: date | None

    def content(self) -> Content:
        """Return what the message says."""
        return {
            "transaction": self.reference,
            "decision": self.decision,
            "project": self.project,
            "vintage": self.vintage,
            "quantity": self.quantity,
            "issued_at": chain.moment(self.issued_at),
            "decided_on": self.decided_on.isoformat() if self.decided_on else None,
        }


def read(content: Content, sender: str) -> Announced:
    """Read an announcement of another registry.

    Raises:
        MessageRejected: it is malformed; of a transaction number it is said apart.
    """
    if set(content) != _FIELDS:
        raise MessageRejected(Code.MALFORMED)
    reference = content["transaction"]
    if not isinstance(reference, str) or not _NUMBER.fullmatch(reference):
        raise MessageRejected(Code.NUMBER_MALFORMED)
    if not reference.startswith(sender):
        raise MessageRejected(Code.NUMBER_MALFORMED, reference)
    vintage = _whole(content, "vintage")
    if vintage not in _YEARS:
        raise MessageRejected(Code.MALFORMED, "vintage")
    return Announced(
        reference=reference,
        decision=_text(content, "decision"),
        project=_text(content, "project"),
        vintage=vintage,
        quantity=_whole(content, "quantity"),
        issued_at=_moment(content["issued_at"]),
        decided_on=_day(content["decided_on"]),
    )


def _text(content: Content, name: str) -> str:
    said = content[name]
    if not isinstance(said, str) or not said.isprintable() or not 1 <= len(said) <= TEXT_MAX:
        raise MessageRejected(Code.MALFORMED, name)
    return said


def _whole(content: Content, name: str) -> int:
    said = content[name]
    if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= SERIAL_MAX:
        raise MessageRejected(Code.MALFORMED, name)
    return said


def _moment(said: object) -> datetime:
    try:
        found = datetime.strptime(str(said), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise MessageRejected(Code.MALFORMED, "issued_at") from None
    if chain.moment(found) != said:
        raise MessageRejected(Code.MALFORMED, "issued_at")
    return found


def _day(said: object) -> date | None:
    if said is None:
        return None
    try:
        if isinstance(said, str) and _DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise MessageRejected(Code.MALFORMED, "decided_on")


class Finding(StrEnum):
    """What is missing or does not add up, seen from this side."""

    ABOVE_TOTAL = "above_total"
    ABOVE_SHARE = "above_share"
    OTHER_DATE = "other_date"
    OPEN_HERE = "open_here"
    OPEN_THERE = "open_there"
    SHARE_UNKNOWN = "share_unknown"


FINDING_NAMES: Final = {
    Finding.ABOVE_TOTAL: Text(
        "Both sides together issued more than the total", "両側の発行量の合計が総量を超過"
    ),
    Finding.ABOVE_SHARE: Text(
        "The other side announced more than its share", "相手側の通知量が配分量を超過"
    ),
    Finding.OTHER_DATE: Text(
        "The other side gives another day of the decision", "相手側の決定日が異なる"
    ),
    Finding.OPEN_HERE: Text("Not issued here yet", "当登録簿で未発行"),
    Finding.OPEN_THERE: Text("Not announced by the other side yet", "相手側から未通知"),
    Finding.SHARE_UNKNOWN: Text(
        "The share of the other side is not known here", "相手側の配分量は当登録簿では不明"
    ),
}

#: What somebody must look into; the others end by themselves.
WRONG: Final = frozenset({Finding.ABOVE_TOTAL, Finding.ABOVE_SHARE, Finding.OTHER_DATE})
MISSING: Final = frozenset({Finding.OPEN_HERE, Finding.OPEN_THERE})


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and what either side issued of it, in tonnes."""

    total: int | None
    #: What this registry may issue, and whether that is all that was notified to this side.
    share: int
    is_complete: bool
    issued: int
    announced: int
    decided_on: date | None

    def findings(self, days: Collection[date]) -> list[tuple[Finding, int]]:
        """Return what is missing or does not add up, with the tonnes it is about.

        Args:
            days: on which the other side says that it was decided.
        """
        found = [(Finding.OPEN_HERE, self.share - self.issued)]
        if self.total is not None:
            found.append((Finding.ABOVE_TOTAL, self.issued + self.announced - self.total))
        if self.total is not None and self.is_complete:
            theirs = self.total - self.share
            found.append((Finding.ABOVE_SHARE, self.announced - theirs))
            found.append((Finding.OPEN_THERE, theirs - self.announced))
        counted = {finding: tonnes for finding, tonnes in found if tonnes > 0}
        if self.total is None or not self.is_complete:
            counted[Finding.SHARE_UNKNOWN] = 0
        if self.decided_on is not None and set(days) - {self.decided_on}:
            counted[Finding.OTHER_DATE] = 0
        return [(finding, counted[finding]) for finding in Finding if finding in counted]
