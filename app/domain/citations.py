"""Where a subject of the registry stands in the law, and for how long it stood there.

Provisions are renumbered: a citation is a fact with a first and a last day, never a word in code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from app.domain.text import Text


class Subject(StrEnum):
    """What is regulated, in the order in which it is listed."""

    RULES = "rules"
    LEDGER = "ledger"
    RECORDED_ITEMS = "recorded_items"
    OPENING = "opening"
    PROJECT_DOCUMENTS = "project_documents"
    ISSUANCE = "issuance"
    AUTHORISATION = "authorisation"
    TRANSFER = "transfer"
    RETIREMENT = "retirement"
    CANCELLATION = "cancellation"
    CERTIFICATE = "certificate"
    TRUST = "trust"
    DISPOSAL = "disposal"
    GOOD_FAITH = "good_faith"
    PUBLICATION = "publication"
    FEES = "fees"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision on a subject, from its first day until the first day on which it is another."""

    subject: Subject
    title: Text
    provision: Text
    #: Whether the number of the provision itself is known, not only the law it stands in.
    is_established: bool
    effective_from: date
    effective_until: date | None
    source: str

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None while it does."""
        return self.effective_until and self.effective_until - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Tell whether it is the one to cite for what happened on a day."""
        return self.effective_from <= day and (
            self.effective_until is None or day < self.effective_until
        )


def overlapping(citations: Iterable[Citation]) -> list[tuple[Citation, Citation]]:
    """Return each two that would hold for the same subject on the same day."""
    ordered = sorted(citations, key=lambda one: (one.subject, one.effective_from))
    return [
        (one, other)
        for one, other in pairwise(ordered)
        if one.subject is other.subject and one.holds(other.effective_from)
    ]
