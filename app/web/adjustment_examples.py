"""A worked example for the calculator: one Party that first transfers, and one that uses."""

from typing import Final

from werkzeug.datastructures import MultiDict

from app.domain.adjustments import Method
from app.domain.amounts import TONNES

_FIRST: Final = 2021
_FIGURES: Final = {
    "emissions": (1000, 990, 980, 970, 960, 950, 940, 930, 920, 910),
    # The using Party's 250, and 30 for other international mitigation purposes.
    "transferred": (0, 10, 20, 30, 40, 50, 50, 40, 30, 10),
    "other_emissions": (500,) * 10,
    "other_used": (0, 0, 0, 0, 20, 20, 40, 40, 60, 60),
}
_VALUES: Final = {
    "first_year": str(_FIRST),
    "last_year": str(_FIRST + 9),
    "unit": TONNES,
    "from": str(_FIRST),
    "name": "A",
    "method": Method.TRAJECTORY.value,
    "target": "930",
    "other_name": "B",
    "other_method": Method.MULTI_YEAR.value,
    "other_target": "4800",
}


def example() -> "MultiDict[str, str]":
    """Return the example as an address would say it.

    With the trajectory A meets its target of 930, with 920; with the average it does not, with 938.
    """
    given: MultiDict[str, str] = MultiDict(_VALUES)
    for column, figures in _FIGURES.items():
        given.setlist(column, [str(figure) for figure in figures])
    for column in ("trajectory", "used", "other_trajectory", "other_transferred"):
        given.setlist(column, [""] * 10)
    return given
