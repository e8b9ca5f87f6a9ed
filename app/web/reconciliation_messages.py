"""Sentences for refusals about reconciliation."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import reconciliation_errors as errors
from app.domain.errors import Refusal
from app.web.pages import number

RECONCILIATION: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    errors.ReconciliationUnderWay: lambda r: _(
        "Reconciliation %(run)s of the same books is still under way.", run=r.run
    ),
    errors.ReconciliationEnded: lambda r: _(
        "Nothing of reconciliation %(run)s is left to be resolved.", run=r.run
    ),
    errors.ResolutionMissing: lambda r: _(
        "Nobody has proposed how to resolve reconciliation %(run)s.", run=r.run
    ),
    errors.ResolutionChanged: lambda _r: _(
        "Another resolution is proposed by now. Read it before you confirm it."
    ),
    errors.OwnResolution: lambda _r: _(
        "You proposed this resolution yourself. Another administrator must confirm it."
    ),
    errors.SecondBookShort: lambda r: _(
        "The second book of the registry has only %(has)s tCO₂ of what would move "
        "(%(moves)s tCO₂). Nothing was moved; a reconciliation has to find out why.",
        has=number(r.has),
        moves=number(r.moves),
    ),
}

#: Because the world moved on since the page was shown.
MOVED_ON: Final = (
    errors.ReconciliationUnderWay,
    errors.ReconciliationEnded,
    errors.ResolutionMissing,
    errors.ResolutionChanged,
)
