"""Sentences for refusals of the interface for programs."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import open_data_errors
from app.domain.errors import Refusal
from app.web.pages import number

OPEN_DATA: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    open_data_errors.UnknownParameter: lambda r: _(
        "There is no parameter “%(name)s” here. The description of the API lists those there are.",
        name=r.field,
    ),
    open_data_errors.ParameterTwice: lambda r: _(
        "The parameter “%(name)s” is given several times. Give it once.", name=r.field
    ),
    open_data_errors.NotAsDescribed: lambda r: _(
        "“%(name)s” is not written as the description of the API says.", name=r.field
    ),
    open_data_errors.OutOfBounds: lambda r: _(
        "“%(name)s” must lie between %(lowest)s and %(highest)s.",
        name=r.field,
        lowest=number(r.lowest),
        highest=number(r.highest),
    ),
    open_data_errors.BrokenCursor: lambda _r: _(
        "This cursor does not belong to this question. Begin again without it, and go on with the "
        "address that each answer gives as “next”."
    ),
}
