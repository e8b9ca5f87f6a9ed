"""The registry and its model side by side: every step is taken in both, and they must agree.

A step's arguments are plain numbers, of which each picks one of whatever there is then, so that
any sequence of numbers is a possible history.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.accounts import State
from app.domain.errors import NotFound, Refusal
from app.domain.ledger import Kind
from app.domain.projects import UnitClass
from app.domain.roles import Right
from app.domain.serials import Range
from app.registry import accounts, approvals, bars, decisions, transactions
from app.registry.accounts import Loading
from app.registry.approvals import Ended
from app.registry.decisions import Share
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store.databases import Database
from app.store.tables import Application
from tests import world
from tests.simulation import agreement, picks
from tests.simulation.model import FINAL, LIFE, Asked, Model, Movement
from tests.stages import closing
from tests.world import World

Answer = TypeVar("Answer")

STATES = ("open", "partly_barred", "open", "barred", "suspended", "closure_pending", "closed")
RIGHTS = ("both", "approve", "both", "propose", "read")
QUESTIONS_EVERY = 25


class Play:
    """One registry, its model, and the time that passes in both."""

    def __init__(self, database: Database, cast: World) -> None:
        self.database = database
        self.cast = cast
        self.now = world.NOW
        self.steps = 0
        #: How often each step ended how.
        self.tally: Counter[tuple[str, str]] = Counter()
        #: Who had which serial at moments gone by.
        self.past: dict[datetime, dict[int, str]] = {}
        self.model = _model_of(cast)
        #: Who may be appointed, and one of the administrators, who never may.
        self.appointed = [*sorted({person for person, _ in self.model.rights}), cast.auditor]
        #: How often something else than a movement was logged.
        with database.reading() as session:
            self.logged = agreement.logged(session)
        self._begin()

    def _begin(self) -> None:
        """Issue something to each holder, so that every history has what to move."""
        for turn in range(len(self.cast.allocations)):
            self.propose_issuance(len(self.cast.allocations) - turn - 1, 29, 0, 0)
            self.decide("approve", 0, 0)
        self.steps = 0

    def agree(self) -> None:
        """Assert that registry and model agree: tables always, questions now and then."""
        with self.database.reading() as session:
            agreement.check(session, self.model, self.logged)
            if self.steps % QUESTIONS_EVERY == 0:
                agreement.check_questions(session, self.model, self.steps)

    def end(self) -> None:
        """Assert everything once more, and what the registry says of moments gone by."""
        with self.database.reading() as session:
            agreement.check_questions(session, self.model, self.steps)
            agreement.check_past(session, self.past, self.model)

    # Time, accounts, people

    def time_passes(self, hours: int) -> None:
        self.steps += 1
        self.past[self.now] = dict(self.model.owner)
        self.now += timedelta(hours=1 + hours % 200)
        self.tally["time passes", "done"] += 1

    def apply(self, kind: int, opened: int) -> None:
        """Apply for an account of an entity or of the government; every second opens at once."""
        of_kind = AccountKind.ENTITY if kind % 3 else AccountKind.GOVERNMENT
        verb = accounts.open_account if opened % 2 else accounts.apply

        def change(session: Session) -> str:
            holder = account_questions.holder(session, "aoba-energy")
            assert holder is not None
            actor = self.cast.operator
            made = verb(
                session,
                world.REGISTRY,
                of_kind,
                holder,
                because=Loading(),
                actor=actor,
                now=self.now,
            )
            return made.number

        number = self._attempt("apply", set(), change)
        assert number is not None
        self.model.kinds[number] = of_kind.value
        self.model.states[number] = "open" if opened % 2 else "applied"
        self.logged += 1 + opened % 2

    def change_state(self, account: int, state: int, who: int) -> None:
        number, after = picks.account(self.model, account), STATES[state % len(STATES)]
        before = self.model.states[number]
        if before not in {"open", "closed"} and account % 3:
            after = "closed" if before == "closure_pending" else "open"
        actor = picks.person(self.model, who, self.cast.operator)
        changed = self._attempt(
            f"to {after}",
            self.model.against_state(number, after, actor),
            lambda session: accounts.change_state(
                session,
                number,
                State(after),
                reason="r",
                because=_cause(session, number, before, after),
                actor=actor,
                now=self.now,
            ),
        )
        if changed is not None:
            self.model.states[number] = after
            self.logged += 1
        if changed is not None and after == "closed":
            # Nobody acts on a closed account any more, and the log keeps who did.
            kept = {key: right for key, right in self.model.rights.items() if key[1] != number}
            self.logged += kept != self.model.rights
            self.model.rights = kept

    def appoint(self, account: int, one: int, right: int, other: int, others: int) -> None:
        number, people = picks.account(self.model, account), self.appointed
        rights = {
            people[one % len(people)]: RIGHTS[right % len(RIGHTS)],
            people[other % len(people)]: RIGHTS[others % len(RIGHTS)],
        }

        def change(session: Session) -> bool:
            found = account_questions.by_number(session, number)
            assert found is not None
            given = {person: Right(right) for person, right in rights.items()}
            accounts.appoint(session, found, given, actor=self.cast.operator, now=self.now)
            return True

        if self._attempt("appoint", self.model.against_rights(number, rights), change):
            kept = {key: right for key, right in self.model.rights.items() if key[1] != number}
            self.model.rights = kept | {(person, number): r for person, r in rights.items()}
            self.logged += 1

    # Bars and decisions

    def lay(self, start: int, length: int) -> None:
        first = 1 + (start * 7) % (len(self.model.owner) + 20)
        barred = Range(first, first + length % 12)

        def change(session: Session) -> int:
            approver = self.cast.approver
            return bars.lay(session, barred, reason="r", actor=approver, now=self.now).id

        identifier = self._attempt("bar", set(), change)
        assert identifier is not None
        self.model.bars[identifier] = (barred.first, barred.last)
        self.logged += 1

    def lift(self, which: int) -> None:
        # One more than there are: sometimes there is no such bar.
        identifier = 1 + which % (len(self.model.bars) + 1)
        against = set() if self.model.bars.get(identifier) else {"AlreadyDone"}
        if identifier not in self.model.bars:
            against = {"NotFound"}
        operator = self.cast.operator
        lifted = self._attempt(
            "free",
            against,
            lambda session: bars.lift(
                session, identifier, reason="r", actor=operator, now=self.now
            ),
        )
        if lifted is not None:
            self.model.bars[identifier] = None
            self.logged += 1

    def record_decision(self, project: int, one: int, other: int, quantity: int) -> None:
        """Record a decision with a share for one account or two; at times of a wrong class."""
        reference = (world.PROJECT, world.ITMO_PROJECT)[project % 2]
        year = (world.VINTAGE, world.ITMO_VINTAGE)[(project + (quantity % 10 == 9)) % 2]
        numbers = {picks.target(self.model, one), picks.target(self.model, other)}
        shares = [Share(number, year, 1 + quantity % 60) for number in sorted(numbers)]
        itmo = project % 2 == 1
        against = set() if (year > 2020) is itmo else {"UnitClassMismatch"}
        if any(self.model.kinds[number] in FINAL.values() for number in numbers):
            against.add("AccountKindForbids")
        if any(self.model.states[number] == "closed" for number in numbers):
            against.add("AccountStateForbids")

        def change(session: Session) -> list[int]:
            made = decisions.record(
                session,
                f"{reference}-step-{self.steps}",
                project=reference,
                decided_on=self.now.date(),
                shares=shares,
                unit_class=UnitClass.ITMO if itmo else UnitClass.JCM_CREDIT,
                actor=self.cast.operator,
                now=self.now,
            )
            return [allocation.id for allocation in made.allocations]

        recorded = self._attempt("record a decision", against, change)
        if recorded is not None:
            for identifier, share in zip(recorded, shares, strict=True):
                allotted = (share.account, reference, year, share.quantity)
                self.model.allocations[identifier] = allotted
            self.logged += 1

    # Proposals

    def propose_issuance(self, allocation: int, quantity: int, who: int, again: int) -> None:
        # Newer decisions are small and soon used up; one more than there are does not exist.
        known = sorted(self.model.allocations, reverse=True)
        identifier = [*known, 999_999][allocation % (len(known) + 1)]
        actor = picks.person(self.model, who, self.cast.operator)
        key = picks.key(self.model, actor, again, f"step {self.steps}")
        self._propose_issuance(identifier, 1 + quantity % 40, actor, key)

    def _propose_issuance(self, allocation: int, tonnes: int, actor: int, key: str) -> None:
        proposed = self._attempt(
            "propose issuance",
            self.model.against_issuance(allocation, tonnes, actor, key),
            lambda session: transactions.propose_issuance(
                session, allocation, tonnes, key=key, actor=actor, now=self.now
            ),
        )
        if proposed is not None:
            target = self.model.allocations[allocation][0]
            moved = Movement("issuance", None, target, tonnes, actor, self.now + LIFE, allocation)
            self.model.propose(proposed, moved, key, (allocation, tonnes))

    def propose(self, kind: str, numbers: tuple[int, int, int, int], who: int, again: int) -> None:
        """Propose a movement; `numbers` pick source, target, quantity, and how they are asked."""
        asked = picks.order(self.model, kind, *numbers)
        entitled = picks.proposer(self.model, asked, self.steps)
        actor = picks.person(self.model, who, entitled)
        key = picks.key(self.model, actor, again, f"step {self.steps}")
        self._propose(asked, actor, key)

    def propose_again(self, which: int) -> None:
        """Send what was sent before, with its key: it must give the same transaction."""
        (actor, key), (sent, _) = list(self.model.keys.items())[which % len(self.model.keys)]
        if isinstance(sent, Asked):
            target = self.model.fixed(sent.kind) if sent.kind in FINAL else sent.target
            self._propose(replace(sent, target=target), actor, key)
        else:
            self._propose_issuance(*sent, actor, key)

    def _propose(self, asked: Asked, actor: int, key: str) -> None:
        sent = replace(asked, target="") if asked.kind in FINAL else asked
        against = self.model.against_order(asked, actor, key, sent)
        taken = frozenset() if against else frozenset(self.model.chosen(asked))
        proposed = self._attempt(
            f"propose {asked.kind}",
            against,
            lambda session: transactions.propose(
                session, _order(sent), key=key, actor=actor, now=self.now
            ),
        )
        if proposed is not None:
            sides = asked.kind, asked.source, asked.target
            moved = Movement(*sides, len(taken), actor, self.now + LIFE, serials=taken)
            self.model.propose(proposed, moved, key, sent)

    # The end of proposals

    def expire(self) -> None:
        due = self.model.due(self.now)
        done = self._attempt(
            "expire", set(), lambda session: approvals.expire(session, now=self.now)
        )
        assert done == due
        for identifier in due:
            self.model.end(identifier, "expired", None)

    def decide(self, event: str, which: int, who: int) -> None:
        """Approve, reject or withdraw a proposal."""
        identifier = picks.proposal(self.model, which)
        moved = self.model.movements.get(identifier)
        actor = picks.person(self.model, who, picks.decider(self.model, moved, event))
        against = self.model.against_decision(identifier, event, actor)
        ends: set[str] = set()
        if not against and moved is not None and moved.status == "proposed" and event == "approve":
            ends = self.model.against_execution(moved, self.now)

        def change(session: Session) -> Ended:
            said: dict[str, Any] = {"reason": "r"} if event == "reject" else {}
            verb: Callable[..., Ended] = getattr(approvals, event)
            return verb(session, identifier, **said, actor=actor, now=self.now)

        ended = self._attempt(event, against, change)
        if ended is not None:
            status = _status(event, ends)
            refusal = ended.refusal.code if ended.refusal else None
            assert refusal in (ends or {None}), f"{ended} where the model says {ends}"
            assert ended.status == status
            self.tally[event, status] += 1
            self.model.end(identifier, status, actor)

    def _attempt(
        self, doing: str, against: set[str], change: Callable[[Session], Answer]
    ) -> Answer | None:
        """Try a verb in a transaction of its own; it is refused if and only if it should be."""
        self.steps += 1
        answer, refused = None, ""
        try:
            answer = self.database.write(change)
        except (Refusal, NotFound) as refusal:
            refused = type(refusal).__name__
        assert refused in (against or {""}), (
            f"{doing}: {refused or 'done'}, not {against or 'done'}"
        )
        self.tally[doing, refused or "done"] += 1
        return answer


def _cause(session: Session, number: str, before: str, after: str) -> Application | None:
    """Return the application that a step of a closure needs."""
    steps = {
        ("open", "closure_pending"),
        ("closure_pending", "open"),
        ("closure_pending", "closed"),
    }
    return closing(session, number, State(after)) if (before, after) in steps else None


def _order(asked: Asked) -> Order:
    """Return the order that the model reads as `asked`."""
    said = "said" if asked.texts else " "
    return Order(
        kind=Kind(asked.kind),
        source=asked.source,
        target=asked.target,
        quantity=asked.quantity,
        serials=[Range(first, last) for first, last in asked.ranges],
        project=asked.project,
        vintage=asked.vintage,
        purpose=said,
        beneficiary=said,
        reference=said,
    )


def _status(event: str, ends: set[str]) -> str:
    if ends:
        return "expired" if ends == {"ProposalTooOld"} else "terminated"
    return {"approve": "completed", "reject": "rejected", "withdraw": "withdrawn"}[event]


def _model_of(cast: World) -> Model:
    """Return what the model knows of the cast before anything moved."""
    holders = {
        cast.aoba: ((cast.aoba_proposer, "both"), (cast.aoba_approver, "approve")),
        cast.kaede: ((cast.kaede_proposer, "both"), (cast.kaede_approver, "approve")),
        cast.outside: ((cast.outsider, "both"), (cast.outsider_colleague, "both")),
    }
    own = ("government", "retirement", "mandatory_cancellation", "voluntary_cancellation")
    kinds = dict.fromkeys(holders, "entity") | {getattr(cast, kind): kind for kind in own}
    units = {world.PROJECT: world.VINTAGE, world.ITMO_PROJECT: world.ITMO_VINTAGE}
    roles = ("operator", "approver", "auditor", "system_administrator")
    return Model(
        kinds=kinds,
        states=dict.fromkeys(kinds, "open"),
        roles={getattr(cast, role): role for role in roles},
        rights={(who, number): right for number, acts in holders.items() for who, right in acts},
        allocations={
            identifier: (number, project, units[project], world.ALLOTTED)
            for (project, number), identifier in cast.allocations.items()
        },
    )
