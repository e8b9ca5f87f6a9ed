"""Sentences for refusals about corresponding adjustments."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import article6_errors
from app.domain.adjustments import METHOD_NAMES, Method
from app.domain.errors import Refusal
from app.web.words import text

ADJUSTMENTS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    article6_errors.NotAnAmount: lambda r: _(
        "“%(text)s” is not an amount. Enter digits with a decimal point, such as 1145.3, with no "
        "more than 6 decimals.",
        text=r.text,
    ),
    article6_errors.YearTwice: lambda r: _("%(year)s is there twice.", year=r.year),
    article6_errors.YearOutsidePeriod: lambda r: _(
        "%(year)s is not a year of the NDC period from %(first)s to %(last)s.",
        year=r.year,
        first=r.first,
        last=r.last,
    ),
    article6_errors.PeriodTooLong: lambda r: _(
        "An NDC period has no more than %(count)s years here.", count=r.years_max
    ),
    article6_errors.PeriodsOverlap: lambda r: _(
        "Some of these years belong to another NDC period of the Party, from %(first)s to "
        "%(last)s.",
        first=r.first,
        last=r.last,
    ),
    article6_errors.MethodFixed: lambda r: _(
        "One method holds through the whole NDC period, and it is “%(method)s”.",
        method=text(METHOD_NAMES[Method(r.method)]),
    ),
    article6_errors.FiguresChanged: lambda _r: _(
        "Somebody else saved other figures meanwhile. Look at them and enter yours again."
    ),
    article6_errors.EmissionsMissing: lambda r: _(
        "Enter the emissions of %(year)s: without them nothing can be said of the period.",
        year=r.year,
    ),
    article6_errors.OthersBeyondTransferred: lambda r: _(
        "In %(year)s more is authorized for other purposes than was first transferred.",
        year=r.year,
    ),
    article6_errors.DefinitionsDiffer: lambda r: _(
        "First transfers of %(approach)s do not match its definition: it says “%(definition)s”, "
        "and “%(trigger)s” is recorded. No balance is computed until that is mended.",
        approach=r.approach,
        definition=r.definition or "–",
        trigger=r.trigger,
    ),
    article6_errors.PopulationsDiffer: lambda r: _(
        "First transfers by year of the event (%(by_event)s) and by vintage (%(by_vintage)s) are "
        "not of the same units. No summary is made until that is mended.",
        by_event=r.by_event,
        by_vintage=r.by_vintage,
    ),
}
