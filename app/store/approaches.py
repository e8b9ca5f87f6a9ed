"""Questions about cooperative approaches: all of them, and one by its code or its partner."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.tables import Approach, PartnerCountry


def everyone(session: Session) -> Sequence[AnyRow]:
    """Return every approach with its partner country, in the order of their codes."""
    return session.connection().execute(_listed().order_by(Approach.code)).all()


def by_code(session: Session, code: str) -> AnyRow | None:
    """Return one approach with its partner country."""
    return session.connection().execute(_listed().where(Approach.code == code)).one_or_none()


def of_partner(session: Session, alpha2: str) -> Approach | None:
    """Return the approach with a partner country."""
    return session.scalars(select(Approach).where(Approach.partner == alpha2)).one_or_none()


def _listed() -> Select[AnyRow]:
    return select(
        Approach.__table__,
        PartnerCountry.alpha3,
        PartnerCountry.name_en.label("partner_en"),
        PartnerCountry.name_ja.label("partner_ja"),
    ).join(PartnerCountry, PartnerCountry.alpha2 == Approach.partner)
