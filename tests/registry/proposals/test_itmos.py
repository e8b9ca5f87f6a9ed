"""Random histories of ITMOs: actions, their sums and the ledger always say the same.

Nothing here knows the rules; it holds them to what must be true of every number whatever happened.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import accounts, aef_checks
from app.domain.actions import DEFAULT, Party
from app.domain.aef_editions import Version
from app.domain.authorizations import Change
from app.domain.errors import Refusal
from app.domain.ledger import Kind
from app.domain.nomenclature import ActionType, CancelledFor, Definition, Purpose
from app.registry import actions
from app.store import verification
from app.store.aef import Report
from app.store.tables import Action, Approach, AuthorizationVersion, Block
from tests import article6, itmos, world
from tests.itmos import HOST
from tests.world import NOW, World

SEEDS, STEPS = 3, 24
ENTRIES = {ActionType.AUTHORIZATION, ActionType.ACQUISITION}
CANCELLATIONS = (Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION)


class History:
    """A registry in which things happen as chance has it; refusals are part of that."""

    def __init__(self, session: Session, cast: World, party: Party, chance: Random) -> None:
        self.session, self.cast, self.chance = session, cast, chance
        self.party = replace(party, adaptation_fund=cast.government)
        definition = chance.choice(list(Definition))
        self.approach: Approach = article6.approach(session, definition=definition)
        self.approach.initial_report_on, self.approach.code_is_official = NOW.date(), True
        self.versions: list[AuthorizationVersion] = []

    def issue(self) -> None:
        account = self.chance.choice([self.cast.aoba, self.cast.kaede])
        tonnes = self.chance.randrange(5, 40)
        itmos.issue(self.session, self.cast, tonnes, party=self.party, account=account)

    def authorize(self) -> None:
        known = len(self.versions)
        change = Change.CHANGE if known else Change.GRANT
        made = article6.authorization(
            self.session,
            self.cast,
            self.approach,
            number=known + 1,
            change=change,
            purpose=self.chance.choice(list(Purpose)),
            quantity=self.chance.choice([None, 50, 200]),
        )
        self.versions.append(made)
        actions.authorized(self.session, made.id, party=self.party, now=NOW)

    def move(self) -> None:
        kind = self.chance.choice([Kind.TRANSFER, Kind.RETIREMENT, *CANCELLATIONS])
        asked = {"quantity": self.chance.randrange(1, 12), "party": self.party}
        asked["source"] = self.chance.choice([self.cast.aoba, self.cast.kaede])
        if kind is Kind.TRANSFER:
            targets = {self.cast.aoba, self.cast.kaede, self.cast.government}
            asked["target"] = self.chance.choice(sorted(targets - {asked["source"]}))
        if kind in CANCELLATIONS:
            asked["cancelled_for"] = self.chance.choice(list(CancelledFor))
        source = asked["source"]
        made = itmos.propose(self.session, self.cast, kind, **asked)
        given = {"source": source, "party": self.party}
        ended = itmos.approve(self.session, self.cast, made, kind, **given)
        if ended.refusal is not None:
            raise ended.refusal

    def happen(self) -> None:
        steps: list[Callable[[], None]] = [self.issue, self.authorize, self.move]
        (step,) = self.chance.choices(steps, (3, 2, 9))
        try:
            with self.session.begin_nested():
                self.session.connection()
                step()
        except Refusal:
            return


@pytest.mark.parametrize("party", [DEFAULT, HOST], ids=["abroad", "at home"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_actions_their_sums_and_the_ledger_say_the_same_after_any_history(
    stage: Session, cast: World, party: Party, seed: int
) -> None:
    world.issued(stage, cast, quantity=10)
    history = History(stage, cast, party, Random(f"{party.code} {seed}"))
    history.authorize()
    for _ in range(STEPS):
        history.happen()
    recorded = list(stage.scalars(select(Action).order_by(Action.id)))
    happened: dict[int, list[Action]] = defaultdict(list)
    for one in recorded:
        for number in range(one.first, one.last + 1):
            happened[number].append(one)
    counted: Counter[ActionType] = Counter()
    for done in happened.values():
        check(done, is_home=party is HOST)
        counted.update(one.type for one in done)
    assert counted == itmos.sums(stage)
    ended = {number for number, done in happened.items() if done[-1].is_final}
    assert ended == finals(stage) & set(happened)
    assert counted[ActionType.USE] + sum(
        counted[kind] for kind in (ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION)
    ) == len(ended)
    assert list(verification.findings(stage)) == []
    given = NOW.year, Version(1, 0), date(NOW.year + 1, 4, 1), party.ndc_years
    report = Report(stage.connection(), party.code, *given)
    assert list(aef_checks.check(report)) == []


def check(done: list[Action], *, is_home: bool) -> None:
    """Assert what holds of one number whatever happened to it."""
    types = [one.type for one in done]
    assert types[0] in ENTRIES, "nothing happens before an authorization"
    assert types.count(ActionType.FIRST_TRANSFER) <= 1
    assert sum(one.is_final for one in done) <= 1
    assert not any(one.is_final for one in done[:-1]), "nothing happens after its end"
    if not is_home:
        assert types[0] is ActionType.ACQUISITION
        assert types.count(ActionType.ACQUISITION) == 1
        assert ActionType.FIRST_TRANSFER not in types, "the host reports it"
        return
    assert ActionType.USE not in types
    serving = {CancelledFor.OMGE, CancelledFor.IMP, CancelledFor.OP}
    gone = ActionType.TRANSFER in types or done[-1].cancelled_for in serving
    assert not gone or ActionType.FIRST_TRANSFER in types


def finals(session: Session) -> set[int]:
    """Return the numbers that lie in the registry's own final accounts."""
    query = select(Block.first, Block.last).where(
        Block.closed_by.is_(None), Block.kind.in_(sorted(accounts.FINAL))
    )
    return {n for first, last in session.execute(query) for n in range(first, last + 1)}
