"""Refusals: the rules say no. Each carries facts; the web edge turns them into sentences.

`field` names the form field at which the message stands, so one refusal serves both sides of a
movement. Refusals are not frozen: a frozen exception cannot take a traceback inside
`@contextmanager` (Python issue 99856).
"""

import dataclasses
from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):
    """The registry's rules say no, and the person can act on it."""

    field: str = dataclasses.field(default="", kw_only=True)

    @property
    def code(self) -> str:
        """The name under which this refusal is logged."""
        return type(self).__name__

    def facts(self) -> dict[str, str]:
        """Return every fact of the refusal as text, for logs and for sentences."""
        return {item.name: str(getattr(self, item.name)) for item in dataclasses.fields(self)}

    def __str__(self) -> str:
        return f"{self.code}({', '.join(f'{k}={v}' for k, v in self.facts().items() if v)})"


@dataclass(eq=False)
class NotFound(Exception):
    """There is no such thing, or the one who asks may not know that there is."""

    what: str = ""


# What was typed


@dataclass(eq=False)
class Required(Refusal):
    """The field is empty."""


@dataclass(eq=False)
class TooLong(Refusal):
    """The text is longer than the registry keeps."""

    length_max: int


@dataclass(eq=False)
class NotAWholeNumber(Refusal):
    """A quantity must be a whole number of tonnes, 1 or more (UK check 3008)."""

    text: str


@dataclass(eq=False)
class NumberTooLarge(Refusal):
    """The number is beyond 2^63 - 1, the last serial number there can be."""

    text: str


@dataclass(eq=False)
class NotADate(Refusal):
    """The text is not a date of the calendar."""

    text: str


@dataclass(eq=False)
class UnknownChoice(Refusal):
    """The value is not one of those offered."""

    text: str


@dataclass(eq=False)
class MalformedSerial(Refusal):
    """The text is not a serial number, a range of them, or a printed block."""

    text: str


@dataclass(eq=False)
class MalformedItmo(Refusal):
    """The text is not laid out as the unique identifier of an ITMO."""

    text: str


@dataclass(eq=False)
class VintageWithoutItmo(Refusal):
    """Credits of this vintage are not ITMOs, so none of them has such an identifier."""

    vintage: int


@dataclass(eq=False)
class RangeBackwards(Refusal):
    """The last serial number lies before the first (DES 2014)."""

    first: int
    last: int


@dataclass(eq=False)
class MalformedAccountNumber(Refusal):
    """The text is not laid out as an account number."""

    text: str


@dataclass(eq=False)
class UnknownAccountKind(Refusal):
    """The kind code in the account number does not exist (DES 2006)."""

    text: str


@dataclass(eq=False)
class WrongCheckDigits(Refusal):
    """The check digits do not fit: the number was mistyped (UK checks 1001 and 2001)."""

    text: str


# Accounts


@dataclass(eq=False)
class UnknownAccount(Refusal):
    """No open account bears this number; also said of one applied for and not yet open."""

    number: str


@dataclass(eq=False)
class SameAccount(Refusal):
    """Source and target are one account (UK check 2508)."""

    number: str


@dataclass(eq=False)
class AccountStateForbids(Refusal):
    """The account's state permits no such movement (UK checks 1003 to 1012, 2003 to 2018)."""

    number: str
    state: str


@dataclass(eq=False)
class AccountKindForbids(Refusal):
    """An account of this kind takes no part in such a movement (UK checks 1007 and 2007)."""

    number: str
    kind: str


@dataclass(eq=False)
class MoveNotAllowed(Refusal):
    """An account cannot go from its present state to the one asked for."""

    before: str
    after: str


@dataclass(eq=False)
class NotEmpty(Refusal):
    """The account still holds credits."""

    held: int


@dataclass(eq=False)
class TransactionsPending(Refusal):
    """Transactions of the account are waiting for a decision."""

    pending: int


@dataclass(eq=False)
class RepresentativesMissing(Refusal):
    """An account needs two persons who together may propose and approve (EU 2019/1122 Art. 20)."""


@dataclass(eq=False)
class AlreadyDone(Refusal):
    """What is asked for is so already."""


# Credits


@dataclass(eq=False)
class NothingChosen(Refusal):
    """Neither a quantity nor serial numbers were given."""


@dataclass(eq=False)
class NotEnoughCredits(Refusal):
    """More is asked for than is held, unreserved and unbarred (UK check 3005)."""

    asked: int
    available: int


@dataclass(eq=False)
class SerialsNeverIssued(Refusal):
    """The range holds serial numbers that were never issued (DES 4002)."""

    first: int
    last: int


@dataclass(eq=False)
class SerialsNotHeld(Refusal):
    """The account does not hold every serial number of the range."""

    first: int
    last: int


@dataclass(eq=False)
class SerialsReserved(Refusal):
    """A proposal that waits for a decision has reserved part of the range."""

    first: int
    last: int


@dataclass(eq=False)
class SerialsBarred(Refusal):
    """Part of the range is barred by the administrator."""

    first: int
    last: int


@dataclass(eq=False)
class SerialsTwice(Refusal):
    """Two of the ranges named overlap."""

    first: int
    last: int


@dataclass(eq=False)
class QuantityDiffers(Refusal):
    """The quantity given is not that of the serial numbers named."""

    asked: int
    named: int


@dataclass(eq=False)
class AttributeDiffers(Refusal):
    """The proposal restates an attribute of its credits wrongly (DES 4004)."""

    attribute: str
    given: str
    actual: str


@dataclass(eq=False)
class PeriodsMixed(Refusal):
    """One retirement takes credits of two NDC periods (DES 4005): each goes by itself."""


@dataclass(eq=False)
class TooManyBlocks(Refusal):
    """More blocks would move than one transaction may carry (data exchange limit)."""

    blocks_max: int


# Transactions


@dataclass(eq=False)
class NotAllowedInStatus(Refusal):
    """The transaction's status knows no such event; what has ended has ended (DES 3005, 3007)."""

    status: str
    event: str


@dataclass(eq=False)
class OwnProposal(Refusal):
    """The proposer never approves (four eyes)."""


@dataclass(eq=False)
class NotEntitled(Refusal):
    """The person's rights do not cover the action."""

    action: str


@dataclass(eq=False)
class KeyUsedOtherwise(Refusal):
    """The key of this proposal was used for another one (DES 3001)."""


@dataclass(eq=False)
class ReasonRequired(Refusal):
    """A rejection or a change of state needs its reason in words."""


@dataclass(eq=False)
class SameKindPending(Refusal):
    """One of the same kind waits already for the same account (UK checks 1006 and 3013)."""

    kind: str


@dataclass(eq=False)
class ProposalTooOld(Refusal):
    """The proposal passed its limit before it was approved."""

    limit: str


@dataclass(eq=False)
class SerialsChanged(Refusal):
    """Other serial numbers would move than those that were shown and signed."""


# Joint Committee decisions


@dataclass(eq=False)
class LimitExceeded(Refusal):
    """More is asked for than the Joint Committee decided (UK checks 3011 and 3500)."""

    limit: int
    issued: int
    pending: int
    asked: int


@dataclass(eq=False)
class UnknownProject(Refusal):
    """No project bears this reference (DES 2017)."""

    reference: str


@dataclass(eq=False)
class UnknownDecision(Refusal):
    """No decision of the Joint Committee bears this reference."""

    reference: str


@dataclass(eq=False)
class VintageOutsidePeriod(Refusal):
    """The vintage is no year of the monitoring period."""

    vintage: int
    first: int
    last: int


@dataclass(eq=False)
class UnitClassMismatch(Refusal):
    """Only reductions from 2021 on can be ITMOs; earlier ones are JCM credits (2/CMA.3, annex)."""

    unit_class: str
    vintage: int


# News


@dataclass(eq=False)
class NewsPublished(Refusal):
    """It was published meanwhile: when that was stays as it is."""


@dataclass(eq=False)
class NewsWithdrawn(Refusal):
    """It was withdrawn: what it says is not changed any more."""
