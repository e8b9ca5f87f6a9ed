"""Proposals of another registry: each thing that is wrong with one has its code."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.domain import bands, envelopes
from app.domain.accounts import AccountNumber, Kind, State, check_digits
from app.domain.bands import FOREIGN_MAX, OWN_MAX
from app.domain.envelopes import Envelope, Reply
from app.domain.errors import SerialsBarred
from app.domain.exchange import Answer, Code, Message
from app.domain.exchange_errors import MessageRefused
from app.domain.ledger import Status as Ended
from app.domain.ledger import transaction_number
from app.domain.serials import Range
from app.registry import approvals, bars
from app.registry.letters import Letter
from app.store import peers, verification
from app.store.tables import Account, Reservation, Transaction
from tests import world
from tests.exchanging import Direct, Two, proposal, two, unit


@dataclass
class Asked:
    """Japan asks, by messages written by hand, and Mongolia answers."""

    both: Two

    def tell(self, content: dict[str, Any], kind: Message = Message.PROPOSAL) -> Reply:
        """Tell a message and return its answer."""
        japan, mongolia = self.both.japan, self.both.mongolia
        with mongolia.database.reading() as session:
            peer = peers.by_code(session.connection(), "JP")
        assert peer is not None
        seal = japan.desk.seal
        envelope = Envelope("JP", "MN", peer.heard + 1, japan.now(), seal.name, kind, content)
        body = envelope.encode()
        letter = Letter(0, envelope.number, "", body, seal.sign(body))
        return envelopes.decode_reply(Direct(mongolia).post(letter)[0])

    def rejected(self, code: Code, *units: Any, **otherwise: Any) -> None:
        """Propose what is to be rejected with a code."""
        held = self.both.mongolia.held()
        reply = self.tell(self.proposal(*units, **otherwise))
        assert (reply.answer, reply.code) == (Answer.REJECTED, code), (units, otherwise)
        assert self.both.mongolia.held() == held

    def accepted(self, *units: Any, **otherwise: Any) -> str:
        """Propose what is to be accepted; return its number."""
        content = self.proposal(*units, **otherwise)
        reply = self.tell(content)
        assert (reply.answer, reply.code) == (Answer.DONE, ""), (units, otherwise)
        return str(content["crossing"])

    def completed(self, number: str) -> Reply:
        """Tell that a transfer left."""
        content = {"crossing": number, "completed_at": "2026-11-02T00:00:00+00:00"}
        return self.tell(content, Message.COMPLETION)

    def proposal(self, *units: Any, **otherwise: Any) -> dict[str, Any]:
        return proposal(self.both, *units, **otherwise)

    def unit(self, **otherwise: Any) -> dict[str, Any]:
        return unit(**otherwise)

    def without(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.unit().items() if name not in names}

    def own(self, issued: Range, **otherwise: Any) -> dict[str, Any]:
        """Tell of the first ten of credits that Mongolia issued."""
        return self.unit(origin="MN", first=issued.first, last=issued.first + 9, **otherwise)

    def state(self, number: str, state: State) -> None:
        self.both.mongolia.database.write(
            lambda session: session.execute(
                update(Account).where(Account.number == number).values(state=state)
            )
        )


@pytest.fixture(scope="module")
def asked() -> Generator[Asked, None, None]:
    with two("sqlite", "postgresql") as both:
        yield Asked(both)
        with both.mongolia.database.reading() as session:
            assert list(verification.findings(session)) == []


def test_case_11_a_number_is_a_registrys_code_and_digits(asked: Asked) -> None:
    for wrong in ("0000000001", "JP1", "JP-0000000001", "jp0000000001", "JP000000000x", 1, None):
        asked.rejected(Code.NUMBER_MALFORMED, crossing=wrong)
    # Another's number is none of the sender's.
    for wrong in ("MN0000000001", "TH0000000001"):
        asked.rejected(Code.NUMBER_MALFORMED, crossing=wrong)


def test_cases_15_16_and_24_an_account_number_is_read_strictly(asked: Asked) -> None:
    sound = asked.both.mongolia.cast.aoba
    unknown_kind = f"MN-999-000001-0-{check_digits('MN', 999, 1, 0):02}"
    none = f"MN-121-000000-0-{check_digits('MN', 121, 0, 0):02}"
    for wrong in (unknown_kind, none, "MN-121-x", "", sound[:-1] + str((int(sound[-1]) + 1) % 10)):
        asked.rejected(Code.ACCOUNT_MALFORMED, to=wrong)
    # What a person may type may not travel, and an account is in the registry that proposes.
    for wrong in (sound.lower(), f" {sound}", f"{sound} "):
        asked.rejected(Code.ACCOUNT_MALFORMED, to=wrong)
    asked.rejected(Code.ACCOUNT_MALFORMED, **{"from": str(AccountNumber("TH", Kind.ENTITY, 1))})


def test_cases_17_to_20_a_block_is_told_with_what_it_must_have(asked: Asked) -> None:
    unit = asked.unit
    for origin in ("", "J", "JPN", "jp", "??", "TH"):
        asked.rejected(Code.ORIGIN_UNKNOWN, unit(origin=origin))
    for unit_class in ("", "AAU", "CER", "jcm"):
        asked.rejected(Code.UNIT_CLASS_UNKNOWN, unit(unit_class=unit_class))
    for told in (unit(first=None), unit(last=None), asked.without("first"), asked.without("last")):
        asked.rejected(Code.NO_RANGE, told)
    for first in (0, -5, "1", [1], True):
        asked.rejected(Code.NO_RANGE, unit(first=first))
    asked.rejected(Code.RANGE_BACKWARDS, unit(first=30, last=21))
    asked.rejected(Code.MALFORMED, unit(first=30, last=39), unit(first=39, last=48))
    asked.rejected(Code.MALFORMED, quantity=11)
    asked.rejected(Code.MALFORMED, units=[])
    asked.rejected(Code.MALFORMED, units=[asked.unit() for _ in range(3_001)], quantity=30_010)
    asked.rejected(Code.MALFORMED, more=1)


def test_case_29_a_number_is_used_once(asked: Asked) -> None:
    number = asked.accepted()
    asked.rejected(Code.NUMBER_USED, crossing=number)


def test_cases_31_34_35_and_39_a_status_follows_the_one_before(asked: Asked) -> None:
    assert asked.completed("JP9999999999").code == Code.NUMBER_UNKNOWN
    assert asked.completed("x").code == Code.NUMBER_MALFORMED
    done = asked.accepted()
    assert asked.completed(done).answer is Answer.DONE
    assert asked.completed(done).code == Code.WRONG_STATUS
    taken_back = {"crossing": done}
    assert asked.tell(taken_back, Message.CANCELLATION).code == Code.WRONG_STATUS
    # What the sender took back never completes; what it never proposed it may take back.
    cancelled = asked.accepted()
    for _twice in range(2):
        reply = asked.tell({"crossing": cancelled}, Message.CANCELLATION)
    assert reply.code == Code.WRONG_STATUS
    assert asked.completed(cancelled).code == Code.WRONG_STATUS
    assert asked.tell({"crossing": "JP9999999998"}, Message.CANCELLATION).answer is Answer.DONE


def test_case_41_what_was_never_issued_cannot_come(asked: Asked) -> None:
    issued = asked.both.mongolia.issue()
    for told in (
        asked.unit(origin="MN", first=issued.last + 1_000, last=issued.last + 1_009),
        asked.unit(origin="MN", first=OWN_MAX - 9, last=OWN_MAX),
        asked.unit(first=FOREIGN_MAX - 8, last=FOREIGN_MAX + 1),
        asked.unit(first=2**63 - 10, last=2**63 - 1),
    ):
        asked.rejected(Code.NEVER_ISSUED, told)
    # Issued and here: it was never sent there.
    asked.rejected(Code.UNITS_HELD_HERE, asked.own(issued))


def test_what_is_promised_or_here_cannot_come_once_more(asked: Asked) -> None:
    told = asked.unit()
    number = asked.accepted(told)
    for first in (told["first"] - 9, told["first"], told["last"]):
        asked.rejected(Code.UNITS_HELD_HERE, asked.unit(first=first, last=first + 9))
    asked.completed(number)
    asked.rejected(Code.UNITS_HELD_HERE, asked.unit(first=told["first"], last=told["last"]))
    # Numbers that a cancelled proposal named are free again.
    told = asked.unit()
    asked.tell({"crossing": asked.accepted(told)}, Message.CANCELLATION)
    asked.accepted(told)


def test_case_43_what_a_proposal_says_of_credits_must_be_what_is_known(asked: Asked) -> None:
    for name, wrong in (
        ("project", "MN004"),
        ("project", "VN004"),
        ("partner", "VN"),
        ("vintage", 2018),
        ("vintage", 0),
        ("vintage", 2022),
        ("vintage", "2019"),
        ("unit_class", "itmo"),
        ("decision", "MN003-2"),
        ("decision", "VN004-1"),
        ("itmo", {}),
    ):
        asked.rejected(Code.ATTRIBUTES_DIFFER, asked.unit(**{name: wrong}))


def test_cases_76_and_77_and_o37_the_receiving_account_must_be_there_and_open(asked: Asked) -> None:
    cast, japan = asked.both.mongolia.cast, asked.both.japan.cast
    asked.rejected(Code.SAME_REGISTRY, to=japan.kaede)
    asked.rejected(Code.SAME_REGISTRY, **{"from": cast.kaede})
    asked.rejected(Code.ACCOUNT_UNKNOWN, to=str(AccountNumber("MN", Kind.ENTITY, 999_999)))
    asked.rejected(Code.ACCOUNT_UNKNOWN, to=str(AccountNumber("TH", Kind.ENTITY, 1)))
    for state, code in (
        (State.APPLIED, Code.ACCOUNT_UNKNOWN),
        (State.CLOSED, Code.ACCOUNT_CLOSED),
        (State.CLOSURE_PENDING, Code.ACCOUNT_CLOSED),
        (State.BARRED, Code.ACCOUNT_SUSPENDED),
        (State.SUSPENDED, Code.ACCOUNT_SUSPENDED),
    ):
        asked.state(cast.outside, state)
        asked.rejected(code, to=cast.outside)
    asked.state(cast.outside, State.OPEN)
    for number in (cast.retirement, cast.voluntary_cancellation, cast.mandatory_cancellation):
        asked.rejected(Code.ACCOUNT_UNSUITED, to=number)
    with asked.both.mongolia.database.reading() as session:
        peer = peers.by_code(session.connection(), "JP")
    assert peer is not None
    asked.rejected(Code.ACCOUNT_UNSUITED, to=peer.account)
    before = asked.both.mongolia.held()
    assert asked.completed(asked.accepted(to=cast.outside)).answer is Answer.DONE
    assert asked.both.mongolia.held() == before + 10


def test_case_81_itmos_that_nobody_authorized_cannot_come(asked: Asked) -> None:
    itmo = {
        "approach": "CA0004",
        "party_registry": "JPN01",
        "first_transferring": "VNX",
        "mitigation_type": "reductions",
        "underlying_registry": "JCM",
        "underlying_first": 1,
    }
    fixed = {"partner": "VN", "project": "VN004", "decision": "VN004-1", "vintage": 2022}
    told = partial(asked.unit, unit_class="itmo", **fixed)
    # Of an approach that is not known here, and so of no authorization.
    asked.rejected(Code.NOT_AUTHORIZED, told(itmo=itmo))
    for name, wrong in (
        *(("mitigation_type", "magic"), ("approach", None), ("underlying_first", 0)),
        *(("underlying_registry", 1), ("more", 1)),
    ):
        asked.rejected(Code.ATTRIBUTES_DIFFER, told(itmo=itmo | {name: wrong}))


def test_case_38_nobody_elsewhere_accepts_or_rejects_a_transfer_within_a_registry(
    asked: Asked,
) -> None:
    mongolia = asked.both.mongolia
    mongolia.issue(10)
    made = mongolia.database.write(lambda s: world.proposed(s, mongolia.cast, quantity=10))

    def stands() -> tuple[Any, ...]:
        with mongolia.database.reading() as session:
            transaction = session.get_one(Transaction, made)
            reserved = session.scalars(
                select(Reservation.first).where(Reservation.transaction_id == made)
            ).all()
            crossing = peers.crossing_of(session.connection(), made)
            return transaction.status, transaction.decided_by, reserved, crossing

    before = stands()
    assert (before[0], before[-1]) == (Ended.PROPOSED, None)
    number = transaction_number("MN", made)
    reply = asked.completed(number)
    assert (reply.answer, reply.code) == (Answer.REJECTED, Code.NUMBER_UNKNOWN)
    # To take back what never was here is no change.
    assert asked.tell({"crossing": number}, Message.CANCELLATION).answer is Answer.DONE
    envelope = Envelope("JP", "MN", 1, asked.both.japan.now(), "", Message.CANCELLATION, {})
    for kind in ("acceptance", "rejection"):
        with pytest.raises(MessageRefused) as refused:
            envelopes.decode(envelope.encode().replace(b"cancellation", kind.encode()))
        assert refused.value.reason == Code.UNKNOWN_KIND
    with pytest.raises(IntegrityError):
        mongolia.database.write(
            lambda session: session.execute(
                update(Transaction).where(Transaction.id == made).values(status=text("'accepted'"))
            )
        )
    assert stands() == before
    ended = mongolia.database.write(
        lambda s: approvals.approve(s, made, actor=mongolia.cast.aoba_approver, now=mongolia.now())
    )
    assert ended.status is Ended.COMPLETED


def test_o37_an_account_of_which_a_part_is_barred_receives_from_another_registry(
    asked: Asked,
) -> None:
    mongolia, cast = asked.both.mongolia, asked.both.mongolia.cast

    def bar(part: Range) -> int:
        return mongolia.database.write(
            lambda s: bars.lay(s, part, reason="Drill", actor=cast.operator, now=mongolia.now()).id
        )

    there = mongolia.issue(20)
    laid = [bar(Range(there.first, there.first + 4))]
    unit, before = asked.unit(), mongolia.held()
    number = asked.accepted(unit)
    # Some of what was promised is barred before it comes, and its account lets nothing out.
    first = bands.stored("JP", Range(unit["first"], unit["last"]), own="MN").first
    laid.append(bar(Range(first, first + 4)))
    asked.state(cast.aoba, State.PARTLY_BARRED)
    assert asked.completed(number).answer is Answer.DONE
    assert mongolia.held() == before + 10
    assert asked.completed(asked.accepted()).answer is Answer.DONE
    assert mongolia.held() == before + 20
    asked.state(cast.aoba, State.OPEN)
    # What is barred stays so, and the rest goes on.
    for barred in (there.first, first):
        with pytest.raises(SerialsBarred):
            mongolia.database.write(
                partial(world.moved, world=cast, serials=[Range(barred, barred + 5)])
            )
        rest = [Range(barred + 5, barred + 9)]
        mongolia.database.write(partial(world.moved, world=cast, serials=rest))
    for one in laid:
        mongolia.database.write(
            partial(bars.lift, bar_id=one, reason="Over", actor=cast.operator, now=mongolia.now())
        )


def test_cases_99_to_102_there_is_no_carry_over_replacement_or_change_of_dates(
    asked: Asked,
) -> None:
    seal = asked.both.japan.desk.seal
    envelope = Envelope(
        "JP", "MN", 1, asked.both.japan.now(), seal.name, Message.PROPOSAL, asked.proposal()
    )
    for kind in ("carry_over", "replacement", "expiry_date_change", "conversion", "issuance"):
        body = envelope.encode().replace(b'"kind":"proposal"', f'"kind":"{kind}"'.encode())
        with pytest.raises(MessageRefused) as refused:
            envelopes.decode(body)
        assert refused.value.reason == Code.UNKNOWN_KIND
    asked.rejected(Code.MALFORMED, applicable_period=2)
    asked.rejected(Code.MALFORMED, asked.unit(expires_on="2030-12-31"))


def test_an_account_that_was_suspended_since_still_gets_what_it_was_promised(asked: Asked) -> None:
    number, before = asked.accepted(), asked.both.mongolia.held()
    asked.state(asked.both.mongolia.cast.aoba, State.SUSPENDED)
    assert asked.completed(number).answer is Answer.DONE
    asked.state(asked.both.mongolia.cast.aoba, State.OPEN)
    assert asked.both.mongolia.held() == before + 10
