"""Transfers to another registry, from their proposal to their end, and what comes back."""

from collections.abc import Generator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain import applications, bands, serials
from app.domain.accounts import AccountNumber
from app.domain.accounts import Kind as AccountKind
from app.domain.applications import Status as ApplicationStatus
from app.domain.bands import printed
from app.domain.errors import SerialsReserved, TransactionsPending
from app.domain.exchange import ANSWER_LIMIT, Code, Status
from app.domain.exchange import Side as Way
from app.domain.exchange_errors import (
    AlreadySent,
    NotConnected,
    RegistrySuspended,
    RejectedThere,
    SameRegistry,
)
from app.domain.ledger import PROPOSAL_LIFE, Kind
from app.domain.ledger import Status as Ended
from app.domain.policies import Policy
from app.domain.roles import Right
from app.domain.serials import Range
from app.domain.trust_errors import AlreadyApproved
from app.registry import approvals, closures, outgoing, peers, transactions
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store import verification
from app.store.tables import (
    Account,
    Application,
    Block,
    Crossing,
    Reservation,
    Transaction,
)
from tests import world
from tests.exchanging import Side, Two, two


@pytest.fixture(scope="module")
def pair() -> Generator[Two, None, None]:
    with two("postgresql", "sqlite") as both:
        both.japan.issue(100_000)
        both.mongolia.issue(100_000)
        yield both
        both.carry()
        assert both.sum() == 200_000
        for side in (both.japan, both.mongolia):
            with side.database.reading() as session:
                assert list(verification.findings(session)) == []


def stands(side: Side, transaction: int) -> tuple[Ended, str | None, Status]:
    """Return where a transfer stands, for which reason, and its crossing."""
    query = (
        select(Transaction.status, Transaction.reason, Crossing.status.label("crossing"))
        .join(Crossing, Crossing.transaction_id == Transaction.id)
        .where(Transaction.id == transaction)
    )
    with side.database.reading() as session:
        found = session.execute(query).one()
        return Ended(found.status), found.reason, Status(found.crossing)


def there(side: Side) -> Status:
    """Return where the newest crossing into a registry stands."""
    query = select(Crossing.status).where(Crossing.side == Way.IN).order_by(Crossing.id.desc())
    with side.database.reading() as session:
        return Status(session.scalars(query.limit(1)).one())


def crossing(side: Side, transaction: int) -> int:
    with side.database.reading() as session:
        return session.scalars(
            select(Crossing.id).where(Crossing.transaction_id == transaction)
        ).one()


def lies(side: Side, number: str) -> list[tuple[str, Range]]:
    """Return which credits lie in an account, as they are printed."""
    query = (
        select(Block.first, Block.last)
        .join(Account, Account.id == Block.account_id)
        .where(Account.number == number, Block.closed_by.is_(None))
        .order_by(Block.first)
    )
    with side.database.reading() as session:
        found = session.execute(query).all()
    return [printed(Range(row.first, row.last), own=side.code) for row in found]


def send(side: Side, source: str, target: str, **asked: Any) -> int:
    """Propose and approve a transfer of another account than Aoba's."""
    order = Order(Kind.EXTERNAL_TRANSFER, source, target, **asked)
    proposer, decider = world.proposer(side.cast, order), world.decider(side.cast, order)
    party = side.desk.party
    made = side.database.write(
        lambda s: transactions.propose(
            s, order, key=world.key(), actor=proposer, now=side.now(), party=party
        )
    )
    ended = side.database.write(
        lambda s: approvals.approve(s, made, actor=decider, now=side.now(), party=party)
    )
    assert ended.is_sent
    return made


def withdraw(side: Side, transaction: int) -> None:
    side.database.write(
        lambda s: approvals.withdraw(s, transaction, actor=side.cast.aoba_proposer, now=side.now())
    )


def test_cases_2_and_76_a_transfer_goes_to_another_registry_that_is_connected(pair: Two) -> None:
    with pytest.raises(NotConnected) as refused:
        pair.japan.propose(str(AccountNumber("TH", AccountKind.ENTITY, 1)))
    assert refused.value.field == "target"
    with pytest.raises(SameRegistry):
        pair.japan.propose(pair.japan.cast.kaede)


def test_cases_3_and_4_nothing_goes_to_a_suspended_registry(pair: Two) -> None:
    japan, target = pair.japan, pair.mongolia.cast.kaede
    waiting, sent = japan.propose(target), japan.send(target)
    japan.database.write(lambda s: peers.suspend(s, "MN", reason="Drill", now=japan.now()))
    with pytest.raises(RegistrySuspended):
        japan.propose(target)
    ended = japan.approve(waiting)
    assert (ended.status, ended.refusal.code if ended.refusal else "") == (
        Ended.TERMINATED,
        "RegistrySuspended",
    )
    # What was sent before waits, and is not lost.
    assert pair.courier(japan).round() == 0
    assert stands(japan, sent)[2] is Status.SENT
    japan.database.write(lambda s: peers.resume(s, "MN", reason="Drill", now=japan.now()))
    pair.carry()
    assert stands(japan, sent)[2] is Status.CONFIRMED


def test_case_9_both_registries_say_the_same_of_a_transfer(pair: Two) -> None:
    sent = pair.japan.send(pair.mongolia.cast.kaede, 7)
    pair.carry()
    assert stands(pair.japan, sent) == (Ended.COMPLETED, None, Status.CONFIRMED)
    assert there(pair.mongolia) is Status.COMPLETED
    columns = (Crossing.number, Crossing.quantity)
    newest = select(*columns).order_by(Crossing.id.desc()).limit(1)
    found = []
    for side in (pair.japan, pair.mongolia):
        with side.database.reading() as session:
            found.append(tuple(session.execute(newest).one()))
    assert found == [(f"JP{sent:010}", 7)] * 2


def test_case_73_what_the_receiver_rejects_is_free_again_and_the_reason_is_kept(pair: Two) -> None:
    japan = pair.japan
    before = japan.held()
    sent = japan.send(str(AccountNumber("MN", AccountKind.ENTITY, 999_999)))
    pair.carry()
    assert stands(japan, sent) == (Ended.TERMINATED, RejectedThere.__name__, Status.REJECTED)
    with japan.database.reading() as session:
        query = select(Crossing.code).where(Crossing.transaction_id == sent)
        assert session.scalars(query).one() == Code.ACCOUNT_UNKNOWN
    assert japan.held() == before
    assert reserved(japan) == 0


def reserved(side: Side) -> int:
    with side.database.reading() as session:
        return len(session.scalars(select(Reservation.first)).all())


def test_case_74_what_nobody_answers_is_cancelled_and_a_late_answer_changes_nothing(
    pair: Two,
) -> None:
    japan, mongolia = pair.japan, pair.mongolia
    held = japan.held(), mongolia.held()
    never, late = (japan.send(mongolia.cast.kaede, 10) for _ in range(2))
    # The first letter comes, and its answer gets lost; the second never leaves.
    assert pair.courier(japan, lose=lambda _letter: "back").round() == 0
    assert there(mongolia) is Status.ACCEPTED
    with japan.database.reading() as session:
        query = select(Crossing.answer_until).where(Crossing.transaction_id == never)
        limit = session.scalars(query).one()
    assert limit is not None
    assert outgoing.follow_up(japan.database, japan.desk, now=limit - timedelta(seconds=1)) == 0
    assert limit < japan.now() + ANSWER_LIMIT
    assert outgoing.follow_up(japan.database, japan.desk, now=limit + timedelta(seconds=1)) == 2
    for one in (never, late):
        assert stands(japan, one) == (Ended.EXPIRED, None, Status.CANCELLED)
    assert reserved(japan) == 0
    # The proposals are told still, and taken back at once.
    pair.carry()
    assert there(mongolia) is Status.CANCELLED
    assert (japan.held(), mongolia.held()) == held


def test_case_37_what_was_sent_is_not_ended_by_hand_nor_when_it_was_accepted(pair: Two) -> None:
    japan = pair.japan
    sent = japan.send(pair.mongolia.cast.kaede, 10)
    with pytest.raises(AlreadySent):
        withdraw(japan, sent)
    with pytest.raises(AlreadySent):
        japan.database.write(
            lambda s: approvals.reject(
                s, sent, reason="No", actor=japan.cast.aoba_approver, now=japan.now()
            )
        )
    japan.database.write(lambda s: _accepted(s, sent))
    cancelled = japan.database.write(
        partial(outgoing.cancel, crossing_id=crossing(japan, sent), now=japan.now())
    )
    assert not cancelled
    with pytest.raises(AlreadySent):
        withdraw(japan, sent)
    # Whoever looks next lets it leave: it was promised.
    pair.carry()
    assert stands(japan, sent)[2] is Status.CONFIRMED


def _accepted(session: Session, transaction: int) -> None:
    session.execute(
        update(Crossing)
        .where(Crossing.transaction_id == transaction)
        .values(status=Status.ACCEPTED)
    )


def test_a_proposal_can_be_withdrawn_until_it_is_sent(pair: Two) -> None:
    made = pair.japan.propose(pair.mongolia.cast.kaede, 10)
    withdraw(pair.japan, made)
    assert stands(pair.japan, made) == (Ended.WITHDRAWN, None, Status.ENDED)


def test_approving_twice_sends_once(pair: Two) -> None:
    japan = pair.japan
    made = japan.propose(pair.mongolia.cast.kaede, 10)
    assert japan.approve(made).is_sent
    assert japan.approve(made).is_sent
    with pytest.raises(AlreadyApproved):
        japan.database.write(
            lambda s: approvals.approve(s, made, actor=_third(s, japan), now=japan.now())
        )
    assert pair.carry() == 2


def _third(session: Session, side: Side) -> int:
    """Return somebody else who may approve for Aoba."""
    made = world.person(session, f"third-{world.key()[:8]}")
    world.appoint(
        session,
        side.cast.aoba,
        {
            side.cast.aoba_proposer: Right.BOTH,
            side.cast.aoba_approver: Right.APPROVE,
            made: Right.APPROVE,
        },
        side.cast.operator,
    )
    return made


def test_what_was_sent_does_not_expire_as_a_proposal(pair: Two) -> None:
    japan = pair.japan
    waiting, sent = (make(pair.mongolia.cast.kaede, 10) for make in (japan.propose, japan.send))
    late = japan.now() + PROPOSAL_LIFE
    expired = japan.database.write(lambda s: approvals.expire(s, now=late))
    assert waiting in expired
    assert sent not in expired
    assert stands(japan, waiting)[2] is Status.ENDED
    pair.carry()
    assert stands(japan, sent)[2] is Status.CONFIRMED


def test_what_is_reserved_for_a_crossing_moves_by_nothing_else(pair: Two) -> None:
    japan = pair.japan
    first = lies(japan, japan.cast.aoba)[0][1].first
    sent = japan.send(pair.mongolia.cast.kaede, 10)
    with pytest.raises(SerialsReserved):
        japan.database.write(
            lambda s: world.proposed(s, japan.cast, serials=[Range(first, first)], now=japan.now())
        )
    assert pair.courier(japan, lose=lambda _letter: "back").round() == 0
    pair.carry()
    assert stands(japan, sent)[2] is Status.CONFIRMED


def test_an_external_transfer_that_waits_for_its_hours_is_sent_once_when_they_come(
    pair: Two,
) -> None:
    japan = pair.japan
    policy = Policy(untrusted_wait=timedelta(hours=1))
    made = japan.propose(pair.mongolia.cast.kaede, 10)
    ended = japan.database.write(
        lambda s: approvals.approve(
            s, made, actor=japan.cast.aoba_approver, now=japan.now(), policy=policy
        )
    )
    assert ended.execute_at is not None
    assert not ended.is_sent
    assert stands(japan, made)[2] is Status.PROPOSED
    assert approvals.execute_due(japan.database, now=japan.now(), policy=policy) == []
    # Time goes by for both registries.
    japan.moment[0] = ended.execute_at
    done = approvals.execute_due(japan.database, now=japan.now(), policy=policy)
    assert [(one, end.is_sent) for one, end in done] == [(made, True)]
    # Neither the worker nor a second one that looked at the same time sends it once more.
    assert approvals.execute_due(japan.database, now=japan.now(), policy=policy) == []
    execute = partial(approvals.execute, identifier=made, now=japan.now(), policy=policy)
    assert japan.database.write(execute) is None
    with pytest.raises(AlreadySent):
        withdraw(japan, made)
    assert stands(japan, made) == (Ended.PROPOSED, None, Status.SENT)
    pair.carry()
    assert stands(japan, made)[2] is Status.CONFIRMED


def test_an_account_into_which_credits_will_come_is_not_closed(pair: Two) -> None:
    japan, mongolia = pair.japan, pair.mongolia
    sent = japan.send(mongolia.cast.outside, 10)
    assert pair.courier(japan, lose=lambda _letter: "back").round() == 0
    assert there(mongolia) is Status.ACCEPTED

    def close(session: Session) -> None:
        account = account_questions.by_number(session, mongolia.cast.outside)
        assert account is not None
        asked = Application(
            form=applications.CLOSURE, status=ApplicationStatus.DRAFT, account_id=account.id
        )
        closures.check(session, asked)

    with pytest.raises(TransactionsPending):
        mongolia.database.write(close)
    pair.carry()
    assert stands(japan, sent)[2] is Status.CONFIRMED


def test_credits_come_home_and_credits_of_another_registry_go_on_and_back(pair: Two) -> None:
    japan, mongolia = pair.japan, pair.mongolia
    sent = japan.send(mongolia.cast.kaede, 60)
    pair.carry()
    origin, numbers = lies(mongolia, mongolia.cast.kaede)[-1]
    assert origin == "JP"
    part = Range(numbers.last - 29, numbers.last)
    # Home: half of the block, split; the same numbers and what is said of them as before.
    send(mongolia, mongolia.cast.kaede, japan.cast.kaede, serials=[_stored(part)])
    pair.carry()
    assert has(japan, japan.cast.kaede, "JP", part)
    assert issuances(japan, part) == issuances(japan, numbers)
    # And out again, by Kaede of Japan, with numbers of Mongolia's that came the other way.
    mongolia.send(japan.cast.kaede, 10)
    pair.carry()
    foreign = next(found for origin, found in lies(japan, japan.cast.kaede) if origin == "MN")
    send(japan, japan.cast.kaede, mongolia.cast.aoba, serials=[_stored(foreign, "MN")])
    pair.carry()
    assert has(mongolia, mongolia.cast.aoba, "MN", foreign)
    assert stands(japan, sent)[2] is Status.CONFIRMED


def has(side: Side, number: str, origin: str, wanted: Range) -> bool:
    """Tell whether an account has all of these credits."""
    return not serials.difference(
        wanted, [found for code, found in lies(side, number) if code == origin]
    )


def _stored(part: Range, origin: str = "JP") -> Range:
    return bands.stored(origin, part, own="JP" if origin == "MN" else "MN")


def issuances(side: Side, part: Range) -> set[int]:
    query = select(Block.issuance_id).where(Block.first <= part.last, Block.last >= part.first)
    with side.database.reading() as session:
        return set(session.scalars(query))


def test_a_range_of_which_part_was_here_before_enters_in_parts(pair: Two) -> None:
    japan, mongolia = pair.japan, pair.mongolia
    before = japan.held(), mongolia.held()
    whole = lies(japan, japan.cast.aoba)[0][1]
    middle = Range(whole.first + 10, whole.first + 19)
    send(japan, japan.cast.aoba, mongolia.cast.kaede, serials=[middle])
    pair.carry()
    send(mongolia, mongolia.cast.kaede, japan.cast.aoba, serials=[_stored(middle)])
    pair.carry()
    around = Range(whole.first, whole.first + 29)
    send(japan, japan.cast.aoba, mongolia.cast.kaede, serials=[around])
    pair.carry()
    assert has(mongolia, mongolia.cast.kaede, "JP", around)
    assert (japan.held(), mongolia.held()) == (before[0] - 30, before[1] + 30)
