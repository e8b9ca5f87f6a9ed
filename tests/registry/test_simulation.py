"""Random histories of every verb, each step compared with a model that shares no code with it."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests import databases, world
from tests.simulation.play import Play

#: Histories and their length: 20,000 steps in a run, over all parts and both engines.
PARTS, HISTORIES, LENGTH = 4, 25, 100
STEPS_MIN = 20_000 // PARTS // len(databases.ENGINES)

number = st.integers(min_value=0, max_value=999)
numbers = st.tuples(number, number, number, number)


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

    @rule(which=number)
    def propose_again(self, which: int) -> None:
        self.play.propose_again(which)

    @rule(which=number, who=number)
    def approve(self, which: int, who: int) -> None:
        self.play.decide("approve", which, who)

    @rule(which=number)
    def approve_one_that_waits(self, which: int) -> None:
        self.play.decide("approve", which * 5 + 1, 0)

    @rule(event=st.sampled_from(["reject", "withdraw"]), which=number, who=number)
    def end(self, event: str, which: int, who: int) -> None:
        self.play.decide(event, which, who)

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
    history = type(
        f"History{part}", (History,), {"engine": engine, "steps": Counter(), "tally": Counter()}
    )
    run_state_machine_as_test(
        seeded(part)(history),
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=LENGTH,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    steps = history.steps["taken"]
    record_property("simulation steps", steps)
    print(f"{engine}: {steps} steps", *sorted(history.tally.items()), sep="\n")
    assert steps >= STEPS_MIN
