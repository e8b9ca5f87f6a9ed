"""How a number picks: who acts, on which account, for which serials.

Most picks fall on what can succeed, so that histories get somewhere; the others fall anywhere.
"""

from dataclasses import replace

from tests import world
from tests.simulation.model import ENTERED, FINAL, HOLDING, Asked, Model, Movement

CANCELLATIONS = {"voluntary_cancellation", "mandatory_cancellation"}


def people(model: Model) -> list[int]:
    return sorted(set(model.roles) | {person for person, _ in model.rights})


def person(model: Model, who: int, entitled: int) -> int:
    """Return the one entitled, or at times anyone."""
    everyone = people(model)
    return entitled if who % 10 < 8 else everyone[who // 10 % len(everyone)]


def account(model: Model, which: int) -> str:
    """Return any account."""
    numbers = list(model.kinds)
    return numbers[which % len(numbers)]


def source(model: Model, which: int) -> str:
    """Return mostly an account that holds credits and lets some go."""
    able = [
        number
        for number in model.kinds
        if model.held(number) and model.states[number] in ENTERED and _holders(model, number)
    ]
    return able[which // 8 % len(able)] if able and which % 8 < 7 else account(model, which // 8)


def target(model: Model, which: int, *, other_than: str = "") -> str:
    """Return mostly an account that may receive credits."""
    able = [
        number
        for number, kind in model.kinds.items()
        if kind in HOLDING and model.states[number] in ENTERED and number != other_than
    ]
    return able[which // 8 % len(able)] if able and which % 8 < 7 else account(model, which // 8)


def proposer(model: Model, asked: Asked, turn: int) -> int:
    """Return someone who may propose an order."""
    entitled = [
        person for person in people(model) if model.may("propose", asked.kind, person, asked.source)
    ]
    return entitled[turn % len(entitled)] if entitled else people(model)[0]


def decider(model: Model, moved: Movement | None, event: str) -> int:
    """Return someone who may decide a proposal, if there is one."""
    if moved is None:
        return people(model)[0]
    if event == "withdraw":
        return moved.proposer
    owner = moved.source or moved.target
    for person in people(model):
        if person != moved.proposer and model.may("approve", moved.kind, person, owner):
            return person
    return moved.proposer


def proposal(model: Model, which: int) -> int:
    """Return mostly a proposal that waits, at times any, also one that never was."""
    waiting = sorted(model.waiting())
    if waiting and which % 5 < 4:
        return waiting[which // 5 % len(waiting)]
    return 1 + which % (len(model.movements) + 1)


def key(model: Model, actor: int, again: int, fresh: str) -> str:
    """Return a fresh key, or at times one that this person used before."""
    used = [key for person, key in model.keys if person == actor]
    return used[again % len(used)] if used and again % 12 == 11 else fresh


def order(model: Model, kind: str, from_: int, to: int, quantity: int, start: int) -> Asked:
    """Return an order: of a quantity, perhaps of a project and vintage, or of named serials."""
    number = source(model, from_)
    receiver = model.fixed(kind) if kind in FINAL else target(model, to, other_than=number)
    asked = Asked(kind, number, receiver, 1 + quantity % 30)
    if kind in CANCELLATIONS:
        asked = replace(asked, texts=start % 17 < 16)
    held = model.held(number)
    if start % 5 < 2:
        return asked
    if start % 5 == 2 or not held:
        project = (None, world.PROJECT, world.ITMO_PROJECT)[start % 3]
        vintage = (None, world.VINTAGE, world.ITMO_VINTAGE)[quantity % 3]
        return replace(asked, project=project, vintage=vintage)
    project = world.PROJECT if start % 7 == 6 else None
    asked = replace(asked, ranges=_ranges(held, start, quantity), project=project)
    said = len(asked.named()) + (start % 13 == 12)
    return replace(asked, quantity=said if start % 2 else None)


def _holders(model: Model, number: str) -> bool:
    return any(account == number for _, account in model.rights)


def _ranges(held: list[int], start: int, quantity: int) -> tuple[tuple[int, int], ...]:
    """Return one range or two that begin in what is held, and may run beyond it."""
    first = held[start % len(held)]
    ranges = [(first, first + quantity % 15)]
    if start % 4 == 1:
        second = held[(start + quantity) % len(held)]
        ranges.append((second, second + quantity % 3))
    return tuple(ranges)
