"""What the ledger says for corresponding adjustments: flows, and the two ways to count them.

A first transfer is counted in the year of its event where a report asks what happened in a year,
and in the year of its vintage where the balance is adjusted (decision 2/CMA.3, annex, paragraph 8).
Both count the same units. Whoever takes one definition of the first transfer for the one and
another for the other counts nothing or too much, so that is an error and never zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.domain.adjustments import NOTHING, Period, Year
from app.domain.amounts import shown
from app.domain.article6_errors import DefinitionsDiffer, OthersBeyondTransferred, PopulationsDiffer
from app.domain.nomenclature import LABELS, ActionType, Definition, Purpose, Subtype

_DEFINED_BY: Final = {
    Subtype.AUTHORIZATION: Definition.AUTHORIZATION,
    Subtype.ISSUANCE: Definition.ISSUANCE,
    Subtype.USE_OR_CANCELLATION: Definition.USE_OR_CANCELLATION,
}


@dataclass(frozen=True, slots=True)
class Flow:
    """Tonnes of ITMOs that one kind of action moved, as the registry sums them up.

    Args:
        approach, definition: the cooperative approach, and its definition of the first transfer.
        sector: the number of the sectoral scope of the project, 0 when it is not known.
        first_transferring: the Party where the mitigation outcomes occurred.
        using: the Party that used them, empty for other actions than uses.
        year: of the action; `calendar_year` is the one of the NDC that a use is for, or 0.
    """

    approach: str
    definition: Definition | None
    sector: int
    first_transferring: str
    using: str
    type: ActionType
    subtype: Subtype | None
    purpose: Purpose
    vintage: int
    calendar_year: int
    year: int
    quantity: int


def first_transfers(flows: Iterable[Flow], party: str) -> list[Flow]:
    """Return what a Party first transferred.

    Raises:
        DefinitionsDiffer: some of it not by the definition of its approach.
    """
    found = [
        flow
        for flow in flows
        if flow.type is ActionType.FIRST_TRANSFER and flow.first_transferring == party
    ]
    for flow in found:
        _check_definition(flow)
    return found


def uses(flows: Iterable[Flow], party: str) -> list[Flow]:
    """Return what a Party used towards its NDC."""
    return [flow for flow in flows if flow.type is ActionType.USE and flow.using == party]


def figures(
    flows: Iterable[Flow], period: Period, party: str, *, known: int | None = None, unit: int = 1
) -> dict[int, Year]:
    """Return the figures of every year of a period, without emissions.

    Args:
        known: count what was done until the end of this year only, as it was reported then.
        unit: how many tonnes are one of the unit in which to count.

    Raises:
        DefinitionsDiffer: as `first_transfers`.
    """
    told = [flow for flow in flows if known is None or flow.year <= known]
    transferred = first_transfers(told, party)
    total = by_vintage(transferred)
    others = by_vintage(flow for flow in transferred if not flow.purpose.covers_ndc)
    used = _sums((flow.calendar_year, flow) for flow in uses(told, party))
    return {
        year: Year(
            year,
            first_transferred=total.get(year, NOTHING) / unit,
            others=others.get(year, NOTHING) / unit,
            used=used.get(year, NOTHING) / unit,
        )
        for year in period.years
    }


def events(flows: Iterable[Flow], period: Period, party: str, *, unit: int = 1) -> dict[int, Year]:
    """Return the same units as `figures` does, counted in the years in which it was done.

    Years outside the period are there where something of the period was done in them.

    Raises:
        DefinitionsDiffer: as `first_transfers`.
    """
    told = list(flows)
    moved = [flow for flow in first_transfers(told, party) if flow.vintage in period.years]
    total = by_event(moved)
    others = by_event(flow for flow in moved if not flow.purpose.covers_ndc)
    used = by_event(flow for flow in uses(told, party) if flow.calendar_year in period.years)
    return {
        year: Year(
            year,
            first_transferred=total.get(year, NOTHING) / unit,
            others=others.get(year, NOTHING) / unit,
            used=used.get(year, NOTHING) / unit,
        )
        for year in sorted({*period.years, *total, *used})
    }


def by_event(flows: Iterable[Flow]) -> dict[int, Fraction]:
    """Return quantities by the year in which something was done."""
    return _sums((flow.year, flow) for flow in flows)


def by_vintage(flows: Iterable[Flow]) -> dict[int, Fraction]:
    """Return quantities by the year in which the mitigation occurred."""
    return _sums((flow.vintage, flow) for flow in flows)


def late(flows: Iterable[Flow], party: str, year: int) -> dict[int, Fraction]:
    """Return what a Party first transferred in a year of each earlier vintage: it restates it."""
    return by_vintage(
        flow for flow in first_transfers(flows, party) if flow.year == year > flow.vintage
    )


def reconcile(events: Mapping[int, Fraction], vintages: Mapping[int, Fraction]) -> None:
    """Refuse two counts of first transfers that are not of the same units.

    So it is where one count takes the first international transfer and the other the
    authorization or the issuance: nothing by year of event, but everything by vintage.

    Raises:
        PopulationsDiffer: the sums differ.
    """
    counted, expected = sum(events.values(), NOTHING), sum(vintages.values(), NOTHING)
    if counted != expected:
        raise PopulationsDiffer(shown(counted), shown(expected))


def check_others(year: Year) -> None:
    """Refuse more for other purposes than was first transferred at all.

    Raises:
        OthersBeyondTransferred
    """
    if year.others > year.first_transferred:
        raise OthersBeyondTransferred(year.year, field="others")


def _check_definition(flow: Flow) -> None:
    """Refuse a first transfer by another event than the approach and the purpose know.

    For use towards an NDC that is the first international transfer (paragraph 2 (a)), for other
    purposes what the approach defines (2 (b)). Cancellations for overall mitigation, and what goes
    to the Adaptation Fund, are first transfers whatever the definition (4/CMA.6, 16 and 17).
    """
    if flow.subtype in _DEFINED_BY:
        is_right = flow.purpose.covers_other and _DEFINED_BY[flow.subtype] is flow.definition
    else:
        is_right = flow.subtype is not Subtype.TO_ANOTHER_PARTY or flow.purpose.covers_ndc
    if not is_right:
        raise DefinitionsDiffer(
            flow.approach,
            LABELS[flow.definition] if flow.definition else "",
            LABELS[flow.subtype] if flow.subtype else "",
        )


def _sums(pairs: Iterable[tuple[int, Flow]]) -> dict[int, Fraction]:
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for year, flow in pairs:
        sums[year] += flow.quantity
    return dict(sorted(sums.items()))
