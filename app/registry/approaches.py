"""Verbs on cooperative approaches: record one for each partner country, give it its real code."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.article6_errors import ApproachTaken, CodeFixed, MalformedApproach
from app.domain.errors import NotFound
from app.domain.form_errors import ChangedMeanwhile
from app.domain.nomenclature import APPROACH
from app.domain.roles import Duty
from app.domain.text import Text, normalise
from app.registry import logs, people
from app.store import approaches
from app.store.databases import AnyRow
from app.store.tables import Approach


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be said of an approach later: its code and when its initial report came."""

    code: str
    code_is_official: bool
    initial_report_on: date | None


def record(
    session: Session,
    facts: Facts,
    *,
    partner: str,
    name: Text,
    note: Text | None = None,
    actor: int,
) -> Approach:
    """Record the approach with a partner country, or bring its name and note up to date.

    The code and the report of one that is recorded stay: people may have corrected them.

    Raises:
        NotEntitled, MalformedApproach, ApproachTaken
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    found = approaches.of_partner(session, partner)
    if found is None:
        found = Approach(partner=partner, **_columns(session, facts, None))
    found.name_en, found.name_ja = name.en, name.ja
    found.note_en, found.note_ja = (note.en, note.ja) if note else (None, None)
    session.add(found)
    session.flush()
    return found


def change(
    session: Session, code: str, facts: Facts, *, seen: str, actor: int, now: datetime
) -> str:
    """Replace a stand-in by the real code, or note the initial report; returns the code.

    Identifiers of ITMOs begin with the code, so an official one never changes (decision 6/CMA.4,
    annex I, paragraph 33).

    Args:
        seen: the fingerprint of what was there when the change was begun.

    Raises:
        NotEntitled, NotFound
        ChangedMeanwhile: somebody else changed it.
        MalformedApproach, ApproachTaken, CodeFixed: at the field "approach_code".
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    query = select(Approach).where(Approach.code == code)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound("approach")
    said = _columns(session, facts, found)
    if all(getattr(found, name) == value for name, value in said.items()):
        return found.code
    if seen != fingerprint(found):
        raise ChangedMeanwhile
    if found.code_is_official and (said["code"] != found.code or not facts.code_is_official):
        raise CodeFixed(field="approach_code")
    for name, value in said.items():
        setattr(found, name, value)
    session.flush()
    reported = found.initial_report_on.isoformat() if found.initial_report_on else ""
    logs.done(
        session,
        "change approach",
        found.code,
        actor=actor,
        now=now,
        before=code,
        is_official=str(found.code_is_official),
        initial_report_on=reported,
    )
    return found.code


def fingerprint(found: Approach | AnyRow) -> str:
    """Return what tells this state of an approach from another."""
    said = (found.code, found.code_is_official, found.initial_report_on)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _columns(session: Session, facts: Facts, found: Approach | None) -> dict[str, object]:
    code = normalise(facts.code).upper()
    if not APPROACH.fullmatch(code):
        raise MalformedApproach(code[:40], field="approach_code")
    other = session.scalars(select(Approach).where(Approach.code == code)).one_or_none()
    if other is not None and other is not found:
        raise ApproachTaken(code, field="approach_code")
    return {
        "code": code,
        "code_is_official": facts.code_is_official,
        "initial_report_on": facts.initial_report_on,
    }
