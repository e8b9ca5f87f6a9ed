"""JCM projects: their stages, their credits' class, and what a Joint Committee decision permits."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.errors import LimitExceeded, UnitClassMismatch, VintageOutsidePeriod
from app.domain.text import Text

REFERENCE: Final = re.compile(r"[A-Z]{2}[0-9]{3,4}")


class Stage(StrEnum):
    """Where a project stands in the project cycle."""

    VALIDATION = "validation"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


STAGE_NAMES: Final = {
    Stage.VALIDATION: Text("Validation", "妥当性確認"),
    Stage.REGISTERED: Text("Project registered", "登録済み"),
    Stage.WITHDRAWN: Text("Request for registration withdrawn", "登録申請取下げ"),
}


class UnitClass(StrEnum):
    """What a credit is under the Paris Agreement."""

    JCM_CREDIT = "jcm_credit"
    ITMO = "itmo"


UNIT_CLASS_NAMES: Final = {
    UnitClass.JCM_CREDIT: Text("JCM credit (before 2021)", "JCMクレジット（2020年以前）"),
    UnitClass.ITMO: Text("ITMO", "国際的に移転される緩和成果（ITMO）"),
}

#: Mitigation outcomes count from 2021 on (decision 2/CMA.3, annex, paragraph 1).
ITMO_VINTAGE_MIN: Final = 2021


@dataclass(frozen=True, slots=True)
class Position:
    """How much of what was decided is issued and waits to be: limit, issued, pending, remaining."""

    limit: int
    issued: int
    pending: int

    @property
    def remaining(self) -> int:
        """What may still be proposed, in tonnes."""
        return self.limit - self.issued - self.pending

    def check(self, asked: int) -> None:
        """Raise LimitExceeded when `asked` tonnes do not fit in what remains."""
        if asked > self.remaining:
            raise LimitExceeded(self.limit, self.issued, self.pending, asked, field="quantity")


def check_vintage(
    vintage: int, unit_class: UnitClass, monitoring_from: date | None, monitoring_to: date | None
) -> None:
    """Refuse a vintage outside the monitoring period, and a class that does not fit the vintage."""
    first = monitoring_from.year if monitoring_from else vintage
    last = monitoring_to.year if monitoring_to else vintage
    if not first <= vintage <= last:
        raise VintageOutsidePeriod(vintage, first, last, field="vintage")
    if (vintage >= ITMO_VINTAGE_MIN) != (unit_class is UnitClass.ITMO):
        raise UnitClassMismatch(unit_class, vintage, field="vintage")


#: The last years of the periods in which Japan accounts for its contribution: up to 2020 (before
#: the Paris Agreement's first), to 2030, and five years each from then on.
_PERIOD_ENDS: Final = (2020, 2030)


def period(vintage: int) -> int:
    """Return the last year of the NDC period to which a vintage belongs."""
    for last in _PERIOD_ENDS:
        if vintage <= last:
            return last
    return -(-vintage // 5) * 5
