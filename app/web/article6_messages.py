"""Sentences for refusals about authorizations, actions and reports under Article 6.2."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import article6_errors
from app.domain.authorizations import STANDING_NAMES, Standing
from app.domain.errors import Refusal
from app.domain.nomenclature import NAMES, Definition
from app.domain.serials import Range
from app.web.pages import number
from app.web.words import text

AUTHORIZATIONS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    article6_errors.MalformedApproach: lambda r: _(
        "“%(text)s” is not the code of a cooperative approach, such as CA0004.", text=r.text
    ),
    article6_errors.ApproachTaken: lambda r: _(
        "Another cooperative approach has the code %(text)s.", text=r.text
    ),
    article6_errors.CodeFixed: lambda _r: _(
        "The code is official. It stays, because the identifiers of ITMOs begin with it."
    ),
    article6_errors.MalformedAuthorization: lambda _r: _(
        "Use letters from A to Z, digits, spaces and hyphens only, such as JPN 2025-1."
    ),
    article6_errors.AuthorizationTaken: lambda r: _(
        "There is an authorization %(identifier)s already.", identifier=r.identifier
    ),
    article6_errors.MalformedParties: lambda r: _(
        "“%(text)s” is not the code of a Party. Codes have three letters, such as JPN.",
        text=r.text,
    ),
    article6_errors.NotAYear: lambda r: _(
        "“%(text)s” is not a year. Enter four digits, such as 2025.", text=r.text
    ),
    article6_errors.YearsReversed: lambda r: _(
        "The last year (%(last)s) lies before the first (%(first)s).", first=r.first, last=r.last
    ),
    article6_errors.VintageTooEarly: lambda r: _(
        "Vintage %(vintage)s cannot be authorized; the first is %(first)s.",
        vintage=r.vintage,
        first=r.vintage_min,
    ),
    article6_errors.DefinitionFixed: lambda r: _(
        "One definition holds for the whole approach, and it is “%(definition)s”.",
        definition=text(NAMES[Definition(r.definition)]),
    ),
    article6_errors.NotApplicable: lambda _r: _(
        "Leave this empty: it does not apply to what was chosen above."
    ),
    article6_errors.EffectiveTooEarly: lambda r: _(
        "It cannot take effect before %(earliest)s.", earliest=r.earliest
    ),
    article6_errors.EndsBeforeItBegins: lambda _r: _(
        "The last day lies before the day from which the authorization holds."
    ),
    article6_errors.MalformedItmoRegistry: lambda r: _(
        "“%(text)s” is not the code of a Party's registry, such as JPN01.", text=r.text
    ),
    article6_errors.DateInFuture: lambda _r: _("This day is still to come."),
    article6_errors.QuantityBelowTransferred: lambda r: _(
        "%(transferred)s tCO₂ came under this authorization already, and they stay. Enter no less.",
        transferred=number(r.transferred),
    ),
    article6_errors.VersionUnchanged: lambda _r: _(
        "This says what the version before says. Change something first."
    ),
    article6_errors.VersionPending: lambda _r: _(
        "A version of this authorization waits for approval. It is decided on first."
    ),
    article6_errors.VersionDecided: lambda r: _(
        "This version was decided on meanwhile: %(standing)s.",
        standing=text(STANDING_NAMES[Standing(r.standing)]),
    ),
    article6_errors.AuthorizationRevoked: lambda _r: _(
        "This authorization was revoked. Nothing follows a revocation."
    ),
    article6_errors.TooManyEntities: lambda r: _(
        "Name no more than %(count)s entities.", count=number(r.entities_max)
    ),
    article6_errors.TooManyFilesHere: lambda r: _(
        "No more than %(count)s documents belong to one version.", count=number(r.files_max)
    ),
}

HOLDS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    article6_errors.NotItmos: lambda r: _(
        "Serial numbers %(serials)s are not all ITMOs of a cooperative approach.",
        serials=r.serials,
    ),
}

REPORTS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    article6_errors.YearNotOver: lambda r: _(
        "The year %(year)s is not over. Its annual information is frozen after 31 December (UTC).",
        year=r.year,
    ),
    article6_errors.DatePassed: lambda _r: _("Enter today or a later day."),
    article6_errors.PreCheckFailed: lambda r: _(
        "The pre-check finds errors: %(count)s. Nothing is frozen before they are mended.",
        count=number(r.errors),
    ),
    article6_errors.SubmissionTooEarly: lambda r: _(
        "The edition names %(on)s as its day of submission. Submit it from that day on.", on=r.on
    ),
    article6_errors.EditionSuperseded: lambda r: _(
        "There is a later version, %(version)s. Submit that one.", version=r.version
    ),
    article6_errors.EditionDamaged: lambda _r: _(
        "What is kept of this edition is not what was frozen: its digest does not fit. "
        "Tell the system administrator."
    ),
}

ACTIONS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    article6_errors.NotAuthorized: lambda r: _(
        "No authorization covers serial numbers %(serials)s. Choose other credits.",
        **_serials(r),
    ),
    article6_errors.PurposeNotCovered: lambda r: _(
        "Authorization %(identifier)s, which covers serial numbers %(serials)s, is for other "
        "purposes.",
        identifier=r.identifier,
        **_serials(r),
    ),
    article6_errors.PartyNotCovered: lambda r: _(
        "Authorization %(identifier)s does not cover the Party %(party)s.",
        identifier=r.identifier,
        party=r.party,
    ),
    article6_errors.AuthorizationOver: lambda r: _(
        "The last day of authorization %(identifier)s for this has passed.",
        identifier=r.identifier,
    ),
    article6_errors.OwnOutcomes: lambda r: _(
        "Serial numbers %(serials)s came about in this country, where the lower emissions count "
        "already. They are not retired towards its own NDC; they may be cancelled.",
        **_serials(r),
    ),
    article6_errors.FlaggedInconsistent: lambda r: _(
        "Serial numbers %(serials)s are flagged as inconsistent and not used towards the NDC "
        "until that is cleared up.",
        **_serials(r),
    ),
    article6_errors.AlreadyEnded: lambda r: _(
        "Serial numbers %(serials)s were used or cancelled. They never move again.",
        **_serials(r),
    ),
    article6_errors.DefinitionMissing: lambda r: _(
        "Authorization %(identifier)s does not say when its ITMOs are first transferred. Record "
        "the definition of the cooperative approach first.",
        identifier=r.identifier,
    ),
    article6_errors.QuantityExhausted: lambda r: _(
        "Authorization %(identifier)s covers %(quantity)s tCO₂, and only %(remaining)s of it "
        "remain.",
        identifier=r.identifier,
        quantity=number(r.quantity),
        remaining=number(r.remaining),
    ),
    article6_errors.ActionTwice: lambda _r: _(
        "Somebody else's approval reached some of these ITMOs first. Look at them again."
    ),
}


def _serials(refusal: Any) -> dict[str, str]:
    return {"serials": str(Range(refusal.first, refusal.last))}


ARTICLE_6: Final = {**AUTHORIZATIONS, **HOLDS, **REPORTS, **ACTIONS}
