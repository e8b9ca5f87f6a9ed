"""Random histories of every verb, each step compared with a model that shares no code with it."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.store.tables import ChainHead
from tests import databases, world
from tests.simulation.model import FINAL
from tests.simulation.play import Play

#: Parts, the fewest histories that Hypothesis is asked for at once, and how long each is.
PARTS, HISTORIES, LENGTH = 4, 2, 100
#: Of 20,000 steps in all, by engine; most on the one that takes them faster.
STEPS_MIN = {"sqlite": 14_000 // PARTS, "postgresql": 6_000 // PARTS}

number = st.integers(min_value=0, max_value=999)
numbers = st.tuples(number, number, number, number)


def waits(history: "History") -> bool:
    return bool(history.play.model.waiting())


class History(RuleBasedStateMachine):
    """A registry from its beginning, through a hundred steps that Hypothesis picks."""

    engine: str
    #: The steps of all histories, and how they ended.
    steps: Counter[str]
    tally: Counter[tuple[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.play = Play(*self.stack.enter_context(world.populated(self.engine)))

    @rule(hours=number)
    def time_passes(self, hours: int) -> None:
        self.play.time_passes(hours)

    @rule(allocation=number, quantity=number, who=number, again=number)
    def issue(self, allocation: int, quantity: int, who: int, again: int) -> None:
        self.play.propose_issuance(allocation, quantity, who, again)

    @rule(numbers=numbers, who=number, again=number)
    def transfer(self, numbers: tuple[int, int, int, int], who: int, again: int) -> None:
        self.play.propose("transfer", numbers, who, again)

    @rule(numbers=numbers, who=number, again=number)
    def retire(self, numbers: tuple[int, int, int, int], who: int, again: int) -> None:
        self.play.propose("retirement", numbers, who, again)

    @rule(numbers=numbers, who=number, again=number)
    def cancel(self, numbers: tuple[int, int, int, int], who: int, again: int) -> None:
        self.play.propose("voluntary_cancellation", numbers, who, again)

    @rule(numbers=numbers, who=number, again=number)
    def cancel_by_order(self, numbers: tuple[int, int, int, int], who: int, again: int) -> None:
        self.play.propose("mandatory_cancellation", numbers, who, again)

    @precondition(lambda self: self.play.model.keys)
    @rule(which=number)
    def propose_again(self, which: int) -> None:
        self.play.propose_again(which)

    @precondition(waits)
    @rule(which=number, who=number)
    def approve(self, which: int, who: int) -> None:
        self.play.decide("approve", which, who)

    @precondition(waits)
    @rule(which=number)
    def approve_one_that_waits(self, which: int) -> None:
        self.play.decide("approve", which * 5, 0)

    @precondition(waits)
    @rule(event=st.sampled_from(["reject", "withdraw"]), which=number, who=number)
    def end(self, event: str, which: int, who: int) -> None:
        self.play.decide(event, which, who)

    @precondition(lambda self: self.play.model.due(self.play.now))
    @rule()
    def expire(self) -> None:
        self.play.expire()

    @rule(project=number, one=number, other=number, quantity=number)
    def record_decision(self, project: int, one: int, other: int, quantity: int) -> None:
        self.play.record_decision(project, one, other, quantity)

    @rule(kind=number, opened=number)
    def apply(self, kind: int, opened: int) -> None:
        self.play.apply(kind, opened)

    @rule(account=number, state=number, who=number)
    def change_state(self, account: int, state: int, who: int) -> None:
        self.play.change_state(account, state, who)

    @rule(account=number, one=number, right=number, other=number, others=number)
    def appoint(self, account: int, one: int, right: int, other: int, others: int) -> None:
        self.play.appoint(account, one, right, other, others)

    @rule(start=number, length=number)
    def lay(self, start: int, length: int) -> None:
        self.play.lay(start, length)

    @precondition(lambda self: self.play.model.bars)
    @rule(which=number)
    def lift(self, which: int) -> None:
        self.play.lift(which)

    @invariant()
    def the_registry_says_what_the_model_says(self) -> None:
        self.play.agree()

    def teardown(self) -> None:
        self.steps["taken"] += self.play.steps
        self.tally.update(self.play.tally)
        with self.stack:
            self.play.end()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_verb_does_what_the_model_does_through_random_histories(
    engine: str, part: int, record_property: Callable[[str, object], None]
) -> None:
    told = {"engine": engine, "steps": Counter(), "tally": Counter()}
    history = type(f"History{part}", (History,), told)
    steady = settings.default is not None and settings.default.derandomize
    for turn in count():
        # Without a seed of its own each part and turn would tell the same histories.
        run_state_machine_as_test(
            seeded(f"{engine} {part} {turn}")(history) if steady else history,
            settings=settings(
                # Each run begins with the simplest history: the fewer runs, the fewer of it.
                max_examples=max(HISTORIES, (STEPS_MIN[engine] - history.steps["taken"]) // LENGTH),
                stateful_step_count=LENGTH,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        if history.steps["taken"] >= STEPS_MIN[engine]:
            break
    completed = history.tally["approve", "completed"]
    record_property(f"steps of the simulation on {engine}", history.steps["taken"])
    record_property(f"movements completed in them on {engine}", completed)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_history_gives_the_same_chain_on_both_engines(seed: int) -> None:
    played = {}
    for engine in databases.ENGINES:
        with world.populated(engine) as (database, cast):
            play = Play(database, cast)
            wander(play, random.Random(seed), 400)
            play.end()
            with database.reading() as session:
                head = session.get_one(ChainHead, 1)
                played[engine] = (head.position, head.serial_next, head.digest.hex(), play.tally)
    assert played["sqlite"] == played["postgresql"]
    assert played["sqlite"][0] > 20


Numbers = list[int]

#: The steps of a seeded history and how often each comes.
STEPS: dict[Callable[[Play, Numbers], None], int] = {
    lambda play, n: play.time_passes(n[0]): 2,
    lambda play, n: play.propose_issuance(*n[:4]): 2,
    lambda play, n: play.propose("transfer", (n[0], n[1], n[2], n[3]), n[4], n[5]): 5,
    lambda play, n: play.propose([*FINAL][n[4] % 3], (n[0], 0, n[2], n[3]), n[4], n[5]): 3,
    lambda play, n: play.propose_again(n[0]): 1,
    lambda play, n: play.decide("approve", n[0], n[1]): 8,
    lambda play, n: play.decide(("reject", "withdraw")[n[2] % 2], n[0], n[1]): 1,
    lambda play, n: play.record_decision(*n[:4]): 2,
    lambda play, n: play.apply(n[0], n[1]): 1,
    lambda play, n: play.change_state(*n[:3]): 1,
    lambda play, n: play.appoint(*n[:5]): 1,
    lambda play, n: play.lay(n[0], n[1]): 1,
    lambda play, n: play.lift(n[0]): 1,
    lambda play, n: play.expire(): 1,
}


def wander(play: Play, chance: random.Random, steps: int) -> None:
    """Take steps that chance picks; the same seed takes the same ones."""
    while play.steps < steps:
        (step,) = chance.choices([*STEPS], [*STEPS.values()])
        step(play, [chance.randrange(1_000) for _ in range(6)])
