"""Sentences for refusals about editions of the information disclosure."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import disclosure_errors
from app.domain.errors import Refusal

DISCLOSURE: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    disclosure_errors.DayNotOver: lambda _r: _(
        "Choose a day that is over: until then its figures can change."
    ),
    disclosure_errors.EditionStands: lambda r: _(
        "There is an edition of this day already: %(number)s. Withdraw it first.", number=r.number
    ),
    disclosure_errors.TablesChanged: lambda _r: _(
        "The tables have changed since they were shown. Check them as they stand now."
    ),
}
