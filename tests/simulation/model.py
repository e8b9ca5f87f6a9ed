"""The registry as plain dictionaries, to hold the real one against.

Written from the rules alone: it shares no code with app/domain or app/registry, plans nothing and
knows no blocks. It keeps for each serial number the account that has it. For every attempt it
lists all the reasons there are to refuse; the registry must refuse with one of them, or, where
there is none, do exactly what the model does.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

LIFE = timedelta(days=14)
HOLDING = {"government", "entity"}
#: The one kind of account to which a kind of movement goes.
FINAL = {
    "retirement": "retirement",
    "voluntary_cancellation": "voluntary_cancellation",
    "mandatory_cancellation": "mandatory_cancellation",
}
HOLDERS_OWN = {"transfer", "retirement", "voluntary_cancellation"}
NEVER_TWO = {"issuance", "voluntary_cancellation", "mandatory_cancellation"}
LEAVES = {
    "applied": set(),
    "open": {"transfer", *FINAL},
    "partly_barred": set(FINAL),
    "barred": {"mandatory_cancellation"},
    "suspended": {"mandatory_cancellation"},
    "closure_pending": {"mandatory_cancellation"},
    "closed": set(),
}
ENTERED = {"open", "partly_barred"}
STATES = {
    "applied": set(),
    "open": {"partly_barred", "barred", "suspended", "closure_pending"},
    "partly_barred": {"open", "barred", "suspended"},
    "barred": {"open", "partly_barred", "suspended"},
    "suspended": {"open", "partly_barred", "barred"},
    "closure_pending": {"open", "closed"},
    "closed": set(),
}
SEES_ALL = {"operator", "approver", "auditor"}


@dataclass(frozen=True)
class Asked:
    """An order as the model reads it; `ranges` names serials, `unit` a project or a vintage."""

    kind: str
    source: str
    target: str
    quantity: int | None
    ranges: tuple[tuple[int, int], ...] = ()
    project: str | None = None
    vintage: int | None = None
    texts: bool = True

    def named(self) -> list[int]:
        return [serial for first, last in self.ranges for serial in range(first, last + 1)]


#: What was sent under a key: an order, or allocation and tonnes of an issuance.
Sent = Asked | tuple[int, int]


@dataclass(frozen=True)
class Movement:
    """A transaction and the serials it keeps for itself while it waits."""

    kind: str
    source: str | None
    target: str
    quantity: int
    proposer: int
    expires: datetime
    allocation: int | None = None
    status: str = "proposed"
    decider: int | None = None
    serials: frozenset[int] = frozenset()


@dataclass
class Model:
    """Everything the registry should know."""

    kinds: dict[str, str]
    states: dict[str, str]
    roles: dict[int, str]
    rights: dict[tuple[int, str], str]
    allocations: dict[int, tuple[str, str, int, int]]
    owner: dict[int, str] = field(default_factory=dict)
    unit: dict[int, tuple[str, int]] = field(default_factory=dict)
    movements: dict[int, Movement] = field(default_factory=dict)
    bars: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    keys: dict[tuple[int, str], tuple[Sent, int]] = field(default_factory=dict)

    # What follows from it

    def held(self, account: str) -> list[int]:
        return sorted(serial for serial, owner in self.owner.items() if owner == account)

    def waiting(self) -> dict[int, Movement]:
        return {i: moved for i, moved in self.movements.items() if moved.status == "proposed"}

    def reserved(self) -> set[int]:
        return {serial for moved in self.waiting().values() for serial in moved.serials}

    def barred(self, serials: list[int] | frozenset[int]) -> bool:
        bars = [bar for bar in self.bars.values() if bar]
        return any(first <= serial <= last for serial in serials for first, last in bars)

    def sees(self, person: int, account: str) -> bool:
        return (person, account) in self.rights or self.roles.get(person) in SEES_ALL

    def may(self, doing: str, kind: str, person: int, account: str) -> bool:
        """Tell whether a person may propose, approve or reject a movement from an account."""
        wanted = {"propose", "approve"} if doing == "reject" else {doing}
        if kind in HOLDERS_OWN:
            right = self.rights.get((person, account), "")
            return bool(wanted & ({"propose", "approve"} if right == "both" else {right}))
        duty = {"operator": "propose", "approver": "approve"}.get(self.roles.get(person, ""))
        return duty in wanted

    def fixed(self, kind: str) -> str:
        """Return the account of the registry to which a kind of movement goes, if it is open."""
        for account, of_kind in self.kinds.items():
            if of_kind == FINAL[kind] and self.states[account] == "open":
                return account
        return ""

    def issued(self, allocation: int, status: str) -> int:
        return sum(
            moved.quantity
            for moved in self.movements.values()
            if moved.allocation == allocation and moved.status == status
        )

    def chosen(self, asked: Asked) -> list[int]:
        """Return the serials that an order takes: the named ones, or the lowest that are free."""
        if asked.ranges:
            return sorted(asked.named())
        kept = self.reserved()
        bars = asked.kind != "mandatory_cancellation"
        free = [
            serial
            for serial in self.held(asked.source)
            if serial not in kept
            and not (bars and self.barred([serial]))
            and asked.project in {None, self.unit[serial][0]}
            and asked.vintage in {None, self.unit[serial][1]}
        ]
        return free[: asked.quantity]

    # Reasons to refuse

    def against_order(self, asked: Asked, person: int, key: str, content: Sent) -> set[str]:
        kind, source, target = asked.kind, asked.source, asked.target
        if self.states.get(source, "applied") == "applied" or not self.sees(person, source):
            return {"NotFound"}
        if not self.may("propose", kind, person, source):
            return {"NotEntitled"}
        if (person, key) in self.keys:
            return set() if self.keys[person, key][0] == content else {"KeyUsedOtherwise"}
        found = set() if asked.texts else {"Required"}
        found |= self.against_sides(kind, source, target)
        if target == source:
            found.add("SameAccount")
        if kind in NEVER_TWO and self.same_waits(kind, source, target):
            found.add("SameKindPending")
        return found | self.against_serials(asked)

    def against_sides(self, kind: str, source: str | None, target: str) -> set[str]:
        found = set()
        if source is not None and self.kinds[source] not in HOLDING:
            found.add("AccountKindForbids")
        if source is not None and kind not in LEAVES[self.states[source]]:
            found.add("AccountStateForbids")
        if self.states.get(target, "applied") == "applied":
            return found | {"UnknownAccount"}
        if self.kinds[target] not in ({FINAL[kind]} if kind in FINAL else HOLDING):
            found.add("AccountKindForbids")
        if self.states[target] not in ENTERED:
            found.add("AccountStateForbids")
        return found

    def same_waits(self, kind: str, source: str | None, target: str) -> bool:
        return any(
            (moved.kind, moved.source, moved.target) == (kind, source, target)
            for moved in self.waiting().values()
        )

    def against_serials(self, asked: Asked) -> set[str]:
        if not asked.ranges and asked.quantity is None:
            return {"NothingChosen"}
        taken = [serial for serial in self.chosen(asked) if serial in self.unit]
        found = self.against_named(asked) if asked.ranges else set()
        if not asked.ranges and len(taken) < (asked.quantity or 0):
            found.add("NotEnoughCredits")
        # Credits up to 2020 and later ones never retire together.
        if asked.kind == "retirement" and len({self.unit[n][1] <= 2020 for n in taken}) > 1:
            found.add("PeriodsMixed")
        return found

    def against_named(self, asked: Asked) -> set[str]:
        named = asked.named()
        found = {
            "SerialsTwice": len(set(named)) != len(named),
            "SerialsNeverIssued": any(serial not in self.owner for serial in named),
            "SerialsNotHeld": any(self.owner.get(n, asked.source) != asked.source for n in named),
            "SerialsReserved": bool(self.reserved() & set(named)),
            "SerialsBarred": asked.kind != "mandatory_cancellation" and self.barred(named),
            "AttributeDiffers": any(
                asked.project not in {None, self.unit[n][0]} for n in named if n in self.unit
            ),
            "QuantityDiffers": asked.quantity not in {None, len(named)},
        }
        return {reason for reason, stands in found.items() if stands}

    def against_issuance(self, allocation: int, quantity: int, person: int, key: str) -> set[str]:
        if not self.may("propose", "issuance", person, ""):
            return {"NotEntitled"}
        if allocation not in self.allocations:
            return {"UnknownDecision"}
        account, _, _, limit = self.allocations[allocation]
        if (person, key) in self.keys:
            same = self.keys[person, key][0] == (allocation, quantity)
            return set() if same else {"KeyUsedOtherwise"}
        found = self.against_issuing_to(account)
        if self.same_waits("issuance", None, account):
            found.add("SameKindPending")
        used = self.issued(allocation, "completed") + self.issued(allocation, "proposed")
        return found | ({"LimitExceeded"} if used + quantity > limit else set())

    def against_issuing_to(self, account: str) -> set[str]:
        # The one who issues knows the account, also one that is not yet open.
        return set() if self.states[account] in ENTERED else {"AccountStateForbids"}

    def against_decision(self, identifier: int, event: str, person: int) -> set[str]:
        """List what stands against approving, rejecting or withdrawing a proposal."""
        moved = self.movements.get(identifier)
        if moved is None:
            return {"NotFound"}
        owner = moved.source or moved.target
        arrived = moved.status == "completed" and self.sees(person, moved.target)
        if not (self.sees(person, owner) or arrived):
            return {"NotFound"}
        same = {"approve": "completed", "reject": "rejected", "withdraw": "withdrawn"}[event]
        if moved.status == same and moved.decider == person:
            return set()
        found = set()
        if not self.may({"withdraw": "propose"}.get(event, event), moved.kind, person, owner):
            found.add("NotEntitled")
        if moved.status != "proposed":
            found.add("NotAllowedInStatus")
        if event == "approve" and moved.proposer == person:
            found.add("OwnProposal")
        return found

    def against_execution(self, moved: Movement, now: datetime) -> set[str]:
        """List what ends a proposal in place of its approval."""
        if now >= moved.expires:
            return {"ProposalTooOld"}
        if moved.source is None:
            return self.against_issuing_to(moved.target)
        found = self.against_sides(moved.kind, moved.source, moved.target)
        barred = moved.kind != "mandatory_cancellation" and self.barred(moved.serials)
        return found | ({"SerialsBarred"} if barred else set())

    def against_state(self, account: str, state: str, person: int) -> set[str]:
        # The closure is begun and given up on an application, which others write.
        on_application = (self.states[account], state) in {
            ("open", "closure_pending"),
            ("closure_pending", "open"),
        }
        if not on_application and self.roles.get(person) not in {"operator", "approver"}:
            return {"NotEntitled"}
        found = set() if state in STATES[self.states[account]] else {"MoveNotAllowed"}
        if state in {"closure_pending", "closed"} and self.states[account] != "applied":
            found |= set() if self.kinds[account] == "entity" else {"AccountKindForbids"}
        waits = [
            moved for moved in self.waiting().values() if account in {moved.source, moved.target}
        ]
        if state in {"closure_pending", "closed"} and waits:
            found.add("TransactionsPending")
        if state == "closed" and self.held(account):
            found.add("NotEmpty")
        return found

    def against_rights(self, account: str, rights: dict[int, str]) -> set[str]:
        acting = [right for right in rights.values() if right != "read"]
        enough = len(acting) > 1 and set(acting) not in ({"propose"}, {"approve"})
        found = set() if enough else {"RepresentativesMissing"}
        found |= {"AdministratorCannotRepresent"} if rights.keys() & self.roles.keys() else set()
        return found | ({"AccountStateForbids"} if self.states[account] == "closed" else set())

    # What is done

    def propose(self, identifier: int, moved: Movement, key: str, content: Sent) -> None:
        known = self.keys.setdefault((moved.proposer, key), (content, identifier))
        assert known[1] == identifier, "the same key gave another transaction"
        self.movements.setdefault(identifier, moved)

    def end(self, identifier: int, status: str, person: int | None) -> None:
        moved = self.movements[identifier]
        if moved.status != "proposed":
            return
        self.movements[identifier] = replace(moved, status=status, decider=person)
        if status != "completed":
            return
        if moved.source is None:
            assert moved.allocation is not None
            _, project, vintage, _ = self.allocations[moved.allocation]
            new = range(len(self.owner) + 1, len(self.owner) + 1 + moved.quantity)
            self.unit |= dict.fromkeys(new, (project, vintage))
            self.owner |= dict.fromkeys(new, moved.target)
        else:
            assert {self.owner[serial] for serial in moved.serials} == {moved.source}
            self.owner |= dict.fromkeys(moved.serials, moved.target)

    def due(self, now: datetime) -> list[int]:
        return sorted(i for i, moved in self.waiting().items() if moved.expires <= now)
