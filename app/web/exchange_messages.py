"""Sentences for refusals about other registries and what crosses between them."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import exchange_errors
from app.domain.errors import Refusal
from app.domain.exchange import CODE_NAMES, STATUS_NAMES, Code, Status
from app.web.pages import number
from app.web.words import text


def why(code: str) -> str:
    """Return what a code of the exchange means, with the code."""
    return str(_("%(code)s: %(text)s", code=code, text=text(CODE_NAMES[Code(code)])))


def _status(refusal: exchange_errors.NotInOrder) -> str:
    return text(STATUS_NAMES[Status(refusal.status)])


EXCHANGE: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    exchange_errors.NotInOrder: lambda r: _(
        "This cannot be done any more: the status is “%(status)s”.", status=_status(r)
    ),
    exchange_errors.MessageRefused: lambda r: _(
        "The message was not looked at. %(why)s", why=why(r.reason)
    ),
    exchange_errors.TooManyMessages: lambda r: _(
        "Too many messages that cannot be shown to be a registry’s came from the network "
        "%(network)s. More of them are refused without an entry for up to a minute.",
        network=r.network,
    ),
    exchange_errors.MessageRejected: lambda r: _(
        "What the message asks for was rejected. %(why)s", why=why(r.reason)
    ),
    exchange_errors.RejectedThere: lambda r: _(
        "The receiving registry rejected the transfer. %(why)s", why=why(r.reason)
    ),
    exchange_errors.NotAnsweredInTime: lambda _r: _(
        "The receiving registry did not answer in time. Nothing has moved."
    ),
    exchange_errors.NotConnected: lambda r: _(
        "This registry exchanges nothing with a registry “%(registry)s”. Check the two letters "
        "with which the account number begins.",
        registry=r.registry,
    ),
    exchange_errors.RegistrySuspended: lambda r: _(
        "The exchange with registry “%(registry)s” is suspended at present. Try again later.",
        registry=r.registry,
    ),
    exchange_errors.SameRegistry: lambda _r: _("Both accounts are in this registry."),
    exchange_errors.AlreadySent: lambda _r: _(
        "The other registry was asked already, so this cannot be taken back. It ends by its "
        "answer, or by itself when none comes in time."
    ),
    exchange_errors.MalformedKey: lambda _r: _(
        "Enter the public key as %(count)s hexadecimal digits.", count=number(64)
    ),
    exchange_errors.MalformedAddress: lambda _r: _(
        "Enter the address such as https://registry.example, without a name, a password or a query."
    ),
    exchange_errors.AddressWithoutTls: lambda _r: _(
        "Enter an address that begins with https://. Messages go without TLS only to a registry "
        "on the same machine."
    ),
    exchange_errors.OwnRegistry: lambda _r: _("A registry does not exchange with itself."),
    exchange_errors.UnderReconciliation: lambda _r: _(
        "A reconciliation with another registry barred these serial numbers. Two administrators "
        "resolve that first."
    ),
}
