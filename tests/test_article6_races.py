"""Approvals of ITMOs at once: one first transfer a number, and no more than was authorized."""

from collections import Counter
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.authorizations import Change
from app.domain.ledger import Kind
from app.domain.nomenclature import ActionType, CancelledFor, Definition, Purpose
from app.registry import actions
from app.store import verification
from app.store.tables import Action
from tests import article6, itmos, world
from tests.itmos import HOST
from tests.spending import at_once
from tests.world import NOW

EACH = 20


def first_transferred(session: Session) -> int:
    """Return the tonnes that were first transferred, each number counted once."""
    query = select(Action.first, Action.last).where(Action.type == ActionType.FIRST_TRANSFER)
    numbers = [n for first, last in session.execute(query) for n in range(first, last + 1)]
    assert len(numbers) == len(set(numbers)), "a number was first transferred twice"
    return len(numbers)


def test_approvals_at_once_first_transfer_no_more_than_is_authorized(engine: str) -> None:
    with world.populated(engine) as (database, cast):
        # A gift and two cancellations, which have no account in common.
        fund = replace(HOST, adaptation_fund=cast.government)
        asked = (
            (Kind.TRANSFER, cast.aoba, {"target": cast.government}),
            (Kind.VOLUNTARY_CANCELLATION, cast.kaede, {"cancelled_for": CancelledFor.OMGE}),
            (Kind.MANDATORY_CANCELLATION, cast.outside, {"cancelled_for": CancelledFor.IMP}),
        )

        def prepare(session: Session) -> list[int]:
            approach = article6.approach(session)
            article6.authorization(session, cast, approach)
            made = []
            for kind, source, said in asked:
                itmos.issue(session, cast, EACH, party=HOST, account=source)
                given = {"source": source, "quantity": EACH, "party": HOST, **said}
                made.append(itmos.propose(session, cast, kind, **given))
            lowered = {"number": 2, "change": Change.CHANGE, "quantity": 2 * EACH}
            article6.authorization(session, cast, approach, **lowered)
            return made

        made = database.write(prepare)

        def give(session: Session, place: int) -> str:
            kind, source, _ = asked[place]
            given = {"source": source, "party": fund}
            ended = itmos.approve(session, cast, made[place], kind, **given)
            return ended.refusal.code if ended.refusal else "done"

        ended = Counter(at_once(3, lambda n: database.write(lambda s: give(s, n))))
        assert ended == {"done": 2, "QuantityExhausted": 1}
        with database.reading() as session:
            assert first_transferred(session) == 2 * EACH
            assert list(verification.findings(session)) == []


def test_an_authorization_and_cancellations_at_once_first_transfer_each_number_once(
    engine: str,
) -> None:
    with world.populated(engine) as (database, cast):

        def prepare(session: Session) -> tuple[int, int]:
            approach = article6.approach(session, definition=Definition.AUTHORIZATION)
            article6.authorization(session, cast, approach, purpose=Purpose.NDC)
            itmos.issue(session, cast, 100, party=HOST)
            made = itmos.propose(
                session,
                cast,
                Kind.VOLUNTARY_CANCELLATION,
                quantity=EACH,
                cancelled_for=CancelledFor.OMGE,
                party=HOST,
            )
            wider = article6.authorization(session, cast, approach, number=2, change=Change.CHANGE)
            return made, wider.id

        made, wider = database.write(prepare)

        def act(place: int) -> str:
            if place == 0:
                done = database.write(lambda s: actions.authorized(s, wider, party=HOST, now=NOW))
                return str(done > 0)
            return database.write(
                lambda s: itmos.approve(s, cast, made, Kind.VOLUNTARY_CANCELLATION, party=HOST)
            ).status.value

        assert at_once(2, act) == ["True", "completed"]
        with database.reading() as session:
            assert first_transferred(session) == 100
            assert list(verification.findings(session)) == []
