"""Refusals about other registries and what crosses between them."""

from dataclasses import dataclass

from app.domain.errors import Refusal


@dataclass(eq=False)
class NotInOrder(Refusal):
    """A crossing is in a status in which this cannot happen."""

    status: str
    event: str


@dataclass(eq=False)
class MessageRefused(Refusal):
    """A message of another registry was not looked at; nothing moved."""

    #: See `app.domain.exchange.Code`.
    reason: str
    #: The number of the message that is due, where that is what is wrong.
    expected: int | None = None
    number: int | None = None


@dataclass(eq=False)
class TooManyMessages(Refusal):
    """So many messages of nobody known came from one network that they are not logged any more."""

    network: str


@dataclass(eq=False)
class MessageRejected(Refusal):
    """The rules of this registry say no to what a message asks for."""

    #: See `app.domain.exchange.Code`.
    reason: str
    detail: str = ""


@dataclass(eq=False)
class RejectedThere(Refusal):
    """The other registry said no to a transfer; its code says why."""

    reason: str


@dataclass(eq=False)
class NotAnsweredInTime(Refusal):
    """The other registry did not answer before the time limit."""


@dataclass(eq=False)
class NotConnected(Refusal):
    """This registry exchanges nothing with a registry of that code."""

    registry: str


@dataclass(eq=False)
class RegistrySuspended(Refusal):
    """The exchange with that registry is suspended (DES 1503, 1504)."""

    registry: str


@dataclass(eq=False)
class SameRegistry(Refusal):
    """Both accounts are in this registry (DES 4007)."""

    number: str


@dataclass(eq=False)
class AlreadySent(Refusal):
    """The other registry was asked already; it alone, or the time limit, decides now."""


@dataclass(eq=False)
class MalformedKey(Refusal):
    """A public key is not 32 bytes in hexadecimal digits."""


@dataclass(eq=False)
class MalformedAddress(Refusal):
    """Letters cannot be sent to such an address."""

    url: str


@dataclass(eq=False)
class AddressWithoutTls(Refusal):
    """Letters would go to another machine where anybody on the way can read them."""

    url: str


@dataclass(eq=False)
class OwnRegistry(Refusal):
    """A registry does not exchange with itself."""


@dataclass(eq=False)
class UnderReconciliation(Refusal):
    """A reconciliation barred these numbers; two administrators resolve that first."""

    run: str
