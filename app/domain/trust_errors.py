"""Refusals about trusted accounts, transfers that wait, and credits that are sent back."""

from dataclasses import dataclass

from app.domain.errors import Refusal

# What the policy of the registry asks of a transfer


@dataclass(eq=False)
class AboveLimit(Refusal):
    """More than the policy lets go to a target that is not trusted (EU 2019/1122 Art. 23)."""

    limit: int


@dataclass(eq=False)
class NotTrusted(Refusal):
    """The policy lets transfers go to trusted targets only, and this is none."""

    number: str


@dataclass(eq=False)
class AlreadyApproved(Refusal):
    """The transfer was approved and waits for its time."""

    execute_at: str


@dataclass(eq=False)
class ApproverStopped(Refusal):
    """Who approved the transfer may not approve any more now that its time has come."""


# The list of trusted accounts


@dataclass(eq=False)
class SameHolder(Refusal):
    """The account is the holder's own, and trusted by that alone."""

    number: str


@dataclass(eq=False)
class TrustedAlready(Refusal):
    """The account is on the list."""

    number: str


@dataclass(eq=False)
class AdditionPending(Refusal):
    """The account was proposed for the list and waits for approval."""

    number: str


@dataclass(eq=False)
class AdditionEnded(Refusal):
    """This entry of the list is not, or not any more, where that could be done with it."""


# Sending back


@dataclass(eq=False)
class NotReturnable(Refusal):
    """Only a completed transfer is sent back, whole, from its target to its source."""


@dataclass(eq=False)
class AlreadyReturned(Refusal):
    """The transfer was sent back, or that is proposed (UK check 3019)."""

    number: str


@dataclass(eq=False)
class TooLateToReturn(Refusal):
    """The transfer was completed too long ago (UK check 3020)."""

    days: int


@dataclass(eq=False)
class NotHeldAnyMore(Refusal):
    """Part of what arrived has moved on since."""

    first: int
    last: int
