"""Questions about the NDC periods of a Party, and the account that each makes with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.domain.adjustments import Account, Indicator, Method, Period, Year
from app.domain.amounts import restored
from app.store.tables import Contribution


def of_party(session: Session, party: str) -> Sequence[Contribution]:
    """Return the NDC periods of a Party with their years, the earliest first."""
    return session.scalars(_periods(party)).all()


def locked(session: Session, party: str) -> Sequence[Contribution]:
    """Return the same as they stand now, and let nobody else change them meanwhile."""
    fresh = _periods(party).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).all()


def by_first_year(session: Session, party: str, first_year: int) -> Contribution | None:
    """Return the NDC period of a Party that begins in a year."""
    return session.scalars(_periods(party).filter_by(first_year=first_year)).one_or_none()


def period(found: Contribution) -> Period:
    """Return the years of an NDC period."""
    return Period(found.first_year, found.last_year)


def account(found: Contribution, ledger: Mapping[int, Year] | None = None) -> Account:
    """Return what was saved of an NDC period, with what the ledger says of its years.

    Args:
        ledger: as `app.domain.adjustment_figures.figures` returns it, in the unit of the NDC.
    """
    ledger = ledger or {}
    saved = {year.year: year for year in found.years}
    years = []
    for number in period(found).years:
        year = ledger.get(number, Year(number))
        kept = saved.get(number)
        if kept is not None:
            emissions, trajectory = restored(kept.emissions), restored(kept.trajectory)
            year = replace(year, emissions=emissions, trajectory=trajectory)
        years.append(year)
    return Account(
        period(found),
        Method(found.method),
        years,
        restored(found.target),
        Indicator(found.indicator),
    )


def _periods(party: str) -> Select[Contribution]:
    return (
        select(Contribution)
        .where(Contribution.party == party)
        .options(selectinload(Contribution.years))
        .order_by(Contribution.first_year)
    )
