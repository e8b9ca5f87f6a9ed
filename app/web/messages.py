"""A sentence for every refusal, in the language of the page."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import (
    accounts,
    article6_errors,
    disclosure_errors,
    errors,
    exchange_errors,
    form_errors,
    ledger,
    people_errors,
    trust_errors,
)
from app.domain.accounts import KIND_NAMES, STATE_NAMES
from app.domain.bands import is_own
from app.domain.errors import Refusal
from app.domain.ledger import STATUS_NAMES
from app.domain.projects import UNIT_CLASS_NAMES, UnitClass
from app.domain.serials import Range
from app.web.adjustment_messages import ADJUSTMENTS
from app.web.article6_messages import ARTICLE_6
from app.web.country import example_account
from app.web.disclosure_messages import DISCLOSURE
from app.web.exchange_messages import EXCHANGE
from app.web.form_messages import FORMS
from app.web.open_data_messages import OPEN_DATA
from app.web.pages import number
from app.web.people_messages import PEOPLE
from app.web.reconciliation_messages import MOVED_ON as RECONCILED
from app.web.reconciliation_messages import RECONCILIATION
from app.web.trust_messages import TRUST
from app.web.upload_messages import UPLOADS
from app.web.words import text

#: Refusals because the world moved on since the page was shown, not because of what was typed.
MOVED_ON: Final = (
    errors.AlreadyDone,
    errors.KeyUsedOtherwise,
    errors.NotAllowedInStatus,
    errors.ProposalTooOld,
    errors.SameKindPending,
    errors.SerialsReserved,
    errors.SerialsChanged,
    errors.NewsPublished,
    errors.NewsWithdrawn,
    people_errors.ProposerStopped,
    people_errors.ClaimedByOther,
    people_errors.RequestEnded,
    people_errors.RequestOpen,
    people_errors.AlreadyBegun,
    form_errors.ApplicationOpen,
    form_errors.ApplicationEnded,
    form_errors.ChangedMeanwhile,
    form_errors.DocumentRequestEnded,
    trust_errors.AlreadyApproved,
    trust_errors.AdditionPending,
    trust_errors.AdditionEnded,
    trust_errors.AlreadyReturned,
    trust_errors.NotHeldAnyMore,
    trust_errors.TooLateToReturn,
    disclosure_errors.EditionStands,
    disclosure_errors.TablesChanged,
    article6_errors.EditionDamaged,
    article6_errors.EditionSuperseded,
    article6_errors.VersionPending,
    article6_errors.VersionDecided,
    article6_errors.AuthorizationRevoked,
    article6_errors.FiguresChanged,
    article6_errors.ActionTwice,
    exchange_errors.AlreadySent,
    exchange_errors.NotInOrder,
    *RECONCILED,
)


def sentence(refusal: Refusal) -> str:
    """Return what the person reads: what is wrong and, where it helps, what to do."""
    return _SENTENCES[type(refusal)](refusal)


def status(refusal: Refusal) -> int:
    """Return the status of an answer: 409 when the world moved on, otherwise 422."""
    return 409 if isinstance(refusal, MOVED_ON) else 422


def _serials(refusal: Any) -> dict[str, str]:
    return {"serials": str(Range(refusal.first, refusal.last))}


def _state(refusal: errors.AccountStateForbids) -> str:
    return text(STATE_NAMES[accounts.State(refusal.state)])


_TYPED: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.Required: lambda _r: _("This field is required."),
    errors.TooLong: lambda r: _(
        "Use no more than %(length)s characters.", length=number(r.length_max)
    ),
    errors.NotAWholeNumber: lambda _r: _(
        "Enter a whole number of tonnes, 1 or more, for example 1500."
    ),
    errors.NumberTooLarge: lambda _r: _("The number is too large."),
    errors.NotADate: lambda _r: _("Enter a date that exists."),
    errors.UnknownChoice: lambda r: _(
        "“%(text)s” is not one of the choices. Choose one from the list.", text=r.text
    ),
    errors.MalformedSerial: lambda r: _(
        "“%(text)s” is not a serial number. Enter a number such as 12, a range such as 12-40, "
        "or a printed serial number.",
        text=r.text,
    ),
    errors.MalformedItmo: lambda r: _(
        "“%(text)s” is not the identifier of an ITMO. Enter its five parts as in "
        "CA0004-JPN01-MNG-1-7104-2021.",
        text=r.text,
    ),
    errors.VintageWithoutItmo: lambda r: _(
        "Credits of vintage %(vintage)s are not ITMOs; ITMOs begin with 2021.", vintage=r.vintage
    ),
    errors.RangeBackwards: lambda r: _(
        "The last serial number (%(last)s) is smaller than the first (%(first)s).",
        first=r.first,
        last=r.last,
    ),
    errors.MalformedAccountNumber: lambda _r: _(
        "Enter the account number as it is printed, for example %(number)s.",
        number=example_account(),
    ),
    errors.UnknownAccountKind: lambda _r: _(
        "There is no such type of account. Check the three digits after the country code."
    ),
    errors.WrongCheckDigits: lambda _r: _(
        "The check digits do not fit. Check the account number for a mistyped digit."
    ),
    errors.NothingChosen: lambda _r: _("Enter a quantity or serial numbers."),
    errors.ReasonRequired: lambda _r: _("Enter the reason."),
}

_ACCOUNTS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.UnknownAccount: lambda _r: _("There is no open account with this number."),
    errors.SameAccount: lambda _r: _("The account to transfer to must be a different account."),
    errors.AccountStateForbids: lambda r: _(
        "The state of account %(account)s (%(state)s) does not permit this.",
        account=r.number,
        state=_state(r),
    ),
    errors.AccountKindForbids: lambda r: _(
        "Account %(account)s (%(kind)s) cannot take part in this movement.",
        account=r.number,
        kind=text(KIND_NAMES[accounts.Kind(r.kind)]),
    ),
    errors.MoveNotAllowed: lambda r: _(
        "An account cannot go from “%(before)s” to “%(after)s”.",
        before=text(STATE_NAMES[accounts.State(r.before)]),
        after=text(STATE_NAMES[accounts.State(r.after)]),
    ),
    errors.NotEmpty: lambda r: _(
        "The account still holds %(tonnes)s tCO₂. Move the credits first.", tonnes=number(r.held)
    ),
    errors.TransactionsPending: lambda r: _(
        "Transactions of this account are still waiting for a decision: %(count)s.",
        count=number(r.pending),
    ),
    errors.RepresentativesMissing: lambda _r: _(
        "The account needs at least two representatives who together may propose and approve."
    ),
    errors.AlreadyDone: lambda _r: _("This has been done already. Nothing was changed."),
}

_CREDITS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.NotEnoughCredits: lambda r: _(
        "%(asked)s tCO₂ were asked for, but only %(available)s tCO₂ are available.",
        asked=number(r.asked),
        available=number(r.available),
    ),
    errors.SerialsNeverIssued: lambda r: (
        _("Serial numbers %(serials)s have not been issued.", **_serials(r))
        if is_own(r.first)
        else _("Not all of serial numbers %(serials)s are in this registry.", **_serials(r))
    ),
    errors.SerialsNotHeld: lambda r: _(
        "The account does not hold all of serial numbers %(serials)s.", **_serials(r)
    ),
    errors.SerialsReserved: lambda r: _(
        "Some of serial numbers %(serials)s are reserved by a proposal that waits for approval.",
        **_serials(r),
    ),
    errors.SerialsBarred: lambda r: _(
        "Some of serial numbers %(serials)s are barred by the registry administrator.",
        **_serials(r),
    ),
    errors.SerialsTwice: lambda r: _(
        "Serial numbers %(serials)s are named more than once.", **_serials(r)
    ),
    errors.QuantityDiffers: lambda r: _(
        "The quantity is %(asked)s, but the serial numbers named are %(named)s.",
        asked=number(r.asked),
        named=number(r.named),
    ),
    errors.AttributeDiffers: lambda r: _(
        "“%(given)s” does not fit these credits; the registry records “%(actual)s”.",
        given=r.given,
        actual=r.actual,
    ),
    errors.PeriodsMixed: lambda _r: _(
        "One retirement cannot take credits of two NDC periods. Retire each period by itself."
    ),
    errors.TooManyBlocks: lambda r: _(
        "More than %(count)s blocks would move. Divide the movement into smaller ones.",
        count=number(r.blocks_max),
    ),
}

_TRANSACTIONS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.NotAllowedInStatus: lambda r: _(
        "This cannot be done any more: the status is “%(status)s”.",
        status=text(STATUS_NAMES[ledger.Status(r.status)]),
    ),
    errors.OwnProposal: lambda _r: _("You proposed this yourself. Another person must approve it."),
    errors.NotEntitled: lambda _r: _("Your rights do not cover this action."),
    errors.KeyUsedOtherwise: lambda _r: _(
        "This form was already sent with other content. Open a new form."
    ),
    errors.SameKindPending: lambda r: _(
        "One of the same type (%(kind)s) is already waiting for a decision.",
        kind=text(ledger.KIND_NAMES[ledger.Kind(r.kind)]),
    ),
    errors.SerialsChanged: lambda _r: _(
        "Other serial numbers would move now than those you were shown. Check the proposal again."
    ),
    errors.ProposalTooOld: lambda _r: _("The proposal expired before it was approved."),
}

_DECISIONS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.LimitExceeded: lambda r: _(
        "The Joint Committee decided on %(limit)s tCO₂. %(issued)s are issued and %(pending)s are "
        "pending, so %(asked)s more cannot be issued.",
        limit=number(r.limit),
        issued=number(r.issued),
        pending=number(r.pending),
        asked=number(r.asked),
    ),
    errors.UnknownProject: lambda r: _(
        "There is no project with the reference “%(reference)s”.", reference=r.reference
    ),
    errors.UnknownDecision: lambda r: _(
        "There is no decision of the Joint Committee with the reference “%(reference)s”.",
        reference=r.reference,
    ),
    errors.VintageOutsidePeriod: lambda r: _(
        "Vintage %(vintage)s lies outside the monitoring period (%(first)s to %(last)s).",
        vintage=r.vintage,
        first=r.first,
        last=r.last,
    ),
    errors.UnitClassMismatch: lambda r: _(
        "Credits of vintage %(vintage)s cannot be of the class “%(unit_class)s”.",
        vintage=r.vintage,
        unit_class=text(UNIT_CLASS_NAMES[UnitClass(r.unit_class)]),
    ),
}

_NEWS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.NewsPublished: lambda _r: _(
        "This was published meanwhile. When that was cannot be changed; what it says can."
    ),
    errors.NewsWithdrawn: lambda _r: _("This was withdrawn. It cannot be changed any more."),
}

_SENTENCES: Final = {
    **_TYPED,
    **_ACCOUNTS,
    **_CREDITS,
    **_TRANSACTIONS,
    **_DECISIONS,
    **_NEWS,
    **PEOPLE,
    **TRUST,
    **OPEN_DATA,
    **FORMS,
    **DISCLOSURE,
    **ARTICLE_6,
    **ADJUSTMENTS,
    **UPLOADS,
    **EXCHANGE,
    **RECONCILIATION,
}
