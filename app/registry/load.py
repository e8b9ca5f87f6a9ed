"""Load the starting data through the verbs, dated as it happened; running it again doubles nothing.

The files in app/data hold the facts that registries share, and those in app/data/registries what
belongs to one of them: facts as published and, marked as such, what is only illustration. Each line
is a step with a day. Steps are taken in the order of their days and those still to come are left
for a later run, so that lines added later never touch what is loaded already.
"""

from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.actions import DEFAULT, Party
from app.registry import (
    actions,
    article6_data,
    citations,
    demo_news,
    load_demo,
    load_facts,
    load_runs,
    published,
)
from app.registry.load_runs import SignIn

#: Where days are days unless a registry says otherwise.
JAPAN: Final = ZoneInfo("Asia/Tokyo")


def load(
    session: Session,
    registry: str,
    *,
    now: datetime,
    demo: bool = True,
    party: Party = DEFAULT,
    zone: tzinfo = JAPAN,
) -> list[SignIn]:
    """Load what app/data holds up to `now` and return the sign-ins of the demo people it made.

    A registry of which there are no files gets the facts that all share and its government's own
    accounts, and nothing invented.

    Args:
        registry: the code of the registry, which begins its account numbers.
        demo: also load the fictional holders and people, and the story told with them.
        party: whose registry it is under Article 6.2.
        zone: where the days in its files are days.
    """
    run = load_runs.begin(session, registry, zone, party, now)
    published.record(session, registry, actor=run.operator, now=now)
    citations.load(session, registry, actor=run.operator)
    article6_data.load(run, now=now)
    steps = [*load_facts.holders(run, demo=demo, now=now), *load_facts.issuances(run)]
    if demo:
        steps += [*load_demo.persons(run), *load_demo.story(run)]
    due = [step for step in steps if run.approved(step.day) <= now]
    for step in sorted(due, key=lambda step: step.day):
        step.take()
    actions.take_effect(session, party=party, now=now)
    if demo:
        demo_news.load(session, registry, actor=run.operator, now=now)
    if demo and len(due) == len(steps):
        load_demo.leave_waiting(run, now)
    return run.sign_ins
