"""Verbs on projects: record partner countries, methodologies and projects as published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.countries import PartnerCountry as PartnerCountryValue
from app.domain.projects import Stage
from app.domain.roles import Duty
from app.domain.text import searchable
from app.registry import people
from app.store.tables import Methodology, Participant, PartnerCountry, Project, SectoralScope


@dataclass(frozen=True, slots=True)
class ParticipantName:
    """A project participant as published."""

    name: str
    is_japanese: bool
    is_focal_point: bool = False


def record_country(session: Session, country: PartnerCountryValue, *, actor: int) -> None:
    """Record a partner country, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    session.merge(
        PartnerCountry(
            alpha2=country.alpha2,
            alpha3=country.alpha3,
            name_en=country.name.en,
            name_ja=country.name.ja,
            bilateral_document_on=country.bilateral_document_on,
            date_is_certain=country.date_is_certain,
            note_en=country.note.en if country.note else None,
            note_ja=country.note.ja if country.note else None,
        )
    )
    session.flush()


def record_scope(session: Session, number: int, name_en: str, name_ja: str, *, actor: int) -> None:
    """Record a sectoral scope, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    session.merge(SectoralScope(number=number, name_en=name_en, name_ja=name_ja))
    session.flush()


def record_methodology(
    session: Session,
    reference: str,
    version: str,
    *,
    partner: str,
    title_en: str | None = None,
    title_ja: str | None = None,
    sectoral_scope: int | None = None,
    approved_on: date | None = None,
    proponent: str | None = None,
    title_is_official: bool = False,
    actor: int,
) -> Methodology:
    """Record one version of a methodology, or bring it up to date.

    Args:
        title_is_official: otherwise the title is a short description of our own.
    """
    people.require(session, actor, Duty.RECORD_DECISIONS)
    query = select(Methodology).where(
        Methodology.reference == reference, Methodology.version == version
    )
    methodology = session.scalars(query).one_or_none() or Methodology(
        reference=reference, version=version, partner=partner
    )
    methodology.title_en = title_en
    methodology.title_ja = title_ja
    methodology.sectoral_scope = sectoral_scope
    methodology.approved_on = approved_on
    methodology.proponent = proponent
    methodology.title_is_official = title_is_official
    methodology.search_text = _searched(session, methodology)
    session.add(methodology)
    session.flush()
    return methodology


def _searched(session: Session, methodology: Methodology) -> str:
    """Return the words by which a methodology is found: those of its country and scope too."""
    country = session.get_one(PartnerCountry, methodology.partner)
    scope = session.get(SectoralScope, methodology.sectoral_scope or 0)
    return searchable(
        methodology.reference,
        methodology.title_en or "",
        methodology.title_ja or "",
        methodology.proponent or "",
        country.name_en,
        country.name_ja,
        *((scope.name_en, scope.name_ja) if scope else ()),
    )


def record_project(
    session: Session,
    reference: str,
    *,
    partner: str,
    title_en: str,
    title_ja: str | None = None,
    stage: Stage,
    registered_on: date | None = None,
    expected_kilotonnes_per_year: float | None = None,
    methodologies: Sequence[Methodology] = (),
    participants: Sequence[ParticipantName] = (),
    actor: int,
) -> Project:
    """Record a project as published, or bring it up to date."""
    people.require(session, actor, Duty.RECORD_DECISIONS)
    query = select(Project).where(Project.reference == reference)
    project = session.scalars(query).one_or_none() or Project(reference=reference)
    country = session.get_one(PartnerCountry, partner)
    project.partner = partner
    project.title_en = title_en
    project.title_ja = title_ja
    project.stage = stage
    project.registered_on = registered_on
    project.expected_kilotonnes_per_year = expected_kilotonnes_per_year
    project.methodologies = list(methodologies)
    project.search_text = searchable(
        reference,
        title_en,
        title_ja or "",
        country.name_en,
        country.name_ja,
        *(participant.name for participant in participants),
    )
    project.participants = [
        Participant(
            position=position,
            name=participant.name,
            is_japanese=participant.is_japanese,
            is_focal_point=participant.is_focal_point,
        )
        for position, participant in enumerate(participants, start=1)
    ]
    session.add(project)
    session.flush()
    return project
