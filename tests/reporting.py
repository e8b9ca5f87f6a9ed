"""Years of ITMOs through the registry's own verbs, and what is reported of them.

play = Play(stage, cast, Party("JPN"))
play.authorize(); play.issue(100); play.retire(7)
report = play.report(2025)
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.aef_editions import FIRST, Row
from app.domain.aef_formats import Word
from app.domain.aef_sources import Listed
from app.domain.errors import Refusal
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor, Definition
from app.registry import actions, approvals, transactions
from app.store.aef import Report
from app.store.tables import Approach, AuthorizationVersion
from tests import article6, world
from tests.world import ITMO_PROJECT, World

BEGIN = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class Play:
    """A registry's ITMOs as time goes by; every step happens later than the one before."""

    session: Session
    cast: World
    party: Party = field(default_factory=Party)
    definition: Definition = Definition.USE_OR_CANCELLATION
    now: datetime = BEGIN

    def __post_init__(self) -> None:
        self.approach: Approach = article6.approach(self.session, definition=self.definition)
        self.approach.code_is_official = True
        self.approach.initial_report_on = date(2024, 12, 1)
        self.session.flush()

    def wait(self, days: int) -> None:
        """Let days go by."""
        self.now += timedelta(days=days)

    def authorize(self, **elements: Any) -> AuthorizationVersion:
        """Approve an authorization of the approach and let it take effect."""
        version = article6.authorization(self.session, self.cast, self.approach, **elements)
        actions.authorized(self.session, version.id, party=self.party, now=self.now)
        return version

    def issue(self, quantity: int) -> None:
        """Issue ITMOs to Aoba."""
        allocation = self.cast.allocations[ITMO_PROJECT, self.cast.aoba]
        proposed = transactions.propose_issuance(
            self.session,
            allocation,
            quantity,
            key=world.key(),
            actor=self.cast.operator,
            now=self.now,
        )
        self._complete(proposed, self.cast.approver)

    def move(self, kind: Kind, quantity: int, **asked: Any) -> None:
        """Move ITMOs of Aoba's, the lowest numbers first."""
        order = world.order(self.cast, kind, quantity=quantity, project=ITMO_PROJECT, **asked)
        proposed = transactions.propose(
            self.session,
            order,
            key=world.key(),
            actor=world.proposer(self.cast, order),
            now=self.now,
            party=self.party,
        )
        self._complete(proposed, world.decider(self.cast, order))

    def _complete(self, proposed: int, actor: int) -> None:
        ended = approvals.approve(
            self.session, proposed, actor=actor, now=self.now, party=self.party
        )
        assert ended.refusal is None, ended.refusal

    def report(self, year: int) -> Report:
        """Return what is reported of a year, submitted on the last day of March after it."""
        return Report(
            self.session.connection(),
            self.party.code,
            year,
            FIRST,
            date(year + 1, 3, 31),
            self.party.ndc_years,
        )


def years(play: Play, random: Random, steps: int = 25) -> None:
    """Play steps at random over two years; what the rules refuse does not happen."""
    asked: tuple[tuple[Kind, dict[str, Any]], ...] = (
        (Kind.TRANSFER, {}),
        (Kind.TRANSFER, {"source": play.cast.kaede, "target": play.cast.aoba}),
        (Kind.RETIREMENT, {}),
        (Kind.RETIREMENT, {"source": play.cast.kaede, "calendar_year": 2024}),
        *((Kind.VOLUNTARY_CANCELLATION, {"cancelled_for": what}) for what in CancelledFor),
        (Kind.MANDATORY_CANCELLATION, {"cancelled_for": CancelledFor.OMGE}),
    )
    play.issue(random.randint(1, 50))
    play.authorize()
    for _step in range(steps):
        play.wait(random.randint(0, 40))
        if random.random() < 0.2:
            play.issue(random.randint(1, 80))
        kind, facts = random.choice(asked)
        with suppress(Refusal):
            play.move(kind, random.randint(1, 12), **facts)


def listed(report: Report) -> Listed:
    """Return a report as rows at hand."""
    tables: dict[Word, list[Row]] = {word: [] for word in Word}
    for word, row in report.lines():
        tables[word].append(row)
    return Listed(tables, list(report.earlier()), report.limits(), report.approaches())
