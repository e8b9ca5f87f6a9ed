"""Questions for the site map: which records have a page of their own."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import Edition, Methodology, News, PartnerCountry, Project

_PROJECTS = select(Project.reference).order_by(Project.reference)
_METHODOLOGIES = select(Methodology.reference).distinct().order_by(Methodology.reference)
_PARTNERS = select(PartnerCountry.alpha2).order_by(PartnerCountry.alpha2)


def references(session: Session, now: datetime) -> dict[str, list[str]]:
    """Return what names each project, methodology, country, and published news and edition."""
    news = (
        select(News.id)
        .where(News.published_at <= now, News.withdrawn_at.is_(None))
        .order_by(News.id)
    )
    editions = (
        select(Edition.number)
        .where(Edition.published_at <= now, Edition.withdrawn_at.is_(None))
        .order_by(Edition.number)
    )
    asked = {
        "projects": _PROJECTS,
        "methodologies": _METHODOLOGIES,
        "partners": _PARTNERS,
        "news": news,
        "editions": editions,
    }
    connection = session.connection()
    return {
        word: [str(one) for one in connection.execute(query).scalars()]
        for word, query in asked.items()
    }
