"""Which authorization governs units, part by part; what follows is told by test_actions."""

from sqlalchemy.orm import Session

from app.domain.actions import Event, Occurrence
from app.domain.authorizations import Change
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor
from app.domain.serials import Range
from app.registry import actions, coverage
from app.store import actions as questions
from tests import article6, itmos
from tests.itmos import HOST
from tests.world import NOW, World


def test_two_authorizations_share_what_one_does_not_cover(stage: Session, cast: World) -> None:
    """The approach's own comes first, then the blanket one; what is left is covered by none."""
    approach = article6.approach(stage)
    blanket = article6.authorization(stage, cast, None, identifier="JPN-2022-0", quantity=30)
    own = article6.authorization(stage, cast, approach, quantity=50)
    issued = itmos.issue(stage, cast, 100)
    (outcomes,) = questions.units_of(stage.connection(), approach.id)
    found = questions.past(stage.connection(), outcomes, issued)
    first = issued.first
    assert [(one.version_id, one.range) for one in found] == [
        (own.id, Range(first, first + 49)),
        (blanket.id, Range(first + 50, first + 79)),
    ]


def test_parts_in_different_states_follow_each_by_itself_and_neighbours_are_joined(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach)
    issued = itmos.issue(stage, cast, 100, party=HOST)
    (outcomes,) = questions.units_of(stage.connection(), approach.id)
    units = stage.get_one(article6.Issuance, outcomes.id)
    first = issued.first
    transferred = Range(first + 10, first + 19)
    article6.action(stage, units, version, article6.ActionType.FIRST_TRANSFER, part=transferred)
    told = Occurrence(Event.CANCELLED, NOW.date(), HOST, cancelled_for=CancelledFor.OMGE)
    made = coverage.acts(stage.connection(), [(outcomes, [Range(first, first + 29)])], told)
    assert [(act.done.type, act.range) for act in made] == [
        ("first_transfer", Range(first, first + 9)),
        ("first_transfer", Range(first + 20, first + 29)),
        ("voluntary_cancellation", Range(first, first + 29)),
    ]


def test_what_lost_its_authorization_may_come_under_another(stage: Session, cast: World) -> None:
    """R22 the other way round: what was not first transferred is reached by a revocation."""
    approach = article6.approach(stage)
    article6.authorization(stage, cast, approach)
    issued = itmos.issue(stage, cast, 100, party=HOST)
    article6.authorization(stage, cast, approach, number=2, change=Change.REVOCATION)
    itmos.move(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10, party=HOST)
    assert [one for one, *_ in itmos.told(stage)] == ["authorization"]
    other = article6.authorization(stage, cast, approach, identifier="JPN-2026-1")
    assert actions.authorized(stage, other.id, party=HOST, now=NOW) == 1
    assert itmos.told(stage)[-1] == ("authorization", None, issued.first + 10, issued.last)
