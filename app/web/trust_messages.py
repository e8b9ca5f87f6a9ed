"""Sentences for refusals about trusted accounts, transfers that wait, and sending credits back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import trust_errors
from app.domain.errors import Refusal
from app.domain.serials import Range
from app.web.pages import moment, number

_TRANSFERS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    trust_errors.AboveLimit: lambda r: _(
        "No more than %(limit)s tCO₂ may go to an account that is not trusted. Add it to the "
        "trusted accounts on the page of your account first, or transfer less.",
        limit=number(r.limit),
    ),
    trust_errors.NotTrusted: lambda r: _(
        "Transfers go to trusted accounts only, and %(account)s is none. Add it to the trusted "
        "accounts on the page of your account first.",
        account=r.number,
    ),
    trust_errors.AlreadyApproved: lambda r: _(
        "This was approved already, and moves at %(time)s.",
        time=moment(datetime.fromisoformat(r.execute_at)),
    ),
    trust_errors.ApproverStopped: lambda _r: _(
        "The person who approved this may not approve any more."
    ),
}

_LIST: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    trust_errors.SameHolder: lambda _r: _(
        "This account belongs to the same holder, so it is trusted without being added."
    ),
    trust_errors.TrustedAlready: lambda _r: _("This account is on the list already."),
    trust_errors.AdditionPending: lambda _r: _(
        "This account was proposed already and waits for approval."
    ),
    trust_errors.AdditionEnded: lambda _r: _(
        "This cannot be done any more: the entry was decided or removed in the meantime."
    ),
}

_RETURNS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    trust_errors.NotReturnable: lambda _r: _(
        "Only a completed transfer can be returned, whole, by the account that received it."
    ),
    trust_errors.AlreadyReturned: lambda r: _(
        "These credits were returned already, or that is proposed: %(number)s.", number=r.number
    ),
    trust_errors.TooLateToReturn: lambda r: _(
        "Credits can be returned within %(days)s days of their transfer. That time has passed.",
        days=r.days,
    ),
    trust_errors.NotHeldAnyMore: lambda r: _(
        "The account does not hold all of these credits any more (%(serials)s), so they cannot be "
        "returned.",
        serials=str(Range(r.first, r.last)),
    ),
}

TRUST: Final = {**_TRANSFERS, **_LIST, **_RETURNS}
